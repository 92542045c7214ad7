import { z } from 'zod'

/** A non-empty string of at most `max` characters. */
export function text(max: number): z.ZodString {
  return z.string().min(1).max(max)
}

/** A plain_text object of at most `max` characters. */
export function plainText(max: number): z.ZodType {
  return z.strictObject({ type: z.literal('plain_text'), text: text(max), emoji: z.boolean().optional() })
}

/** A mrkdwn object of at most `max` characters. */
export function mrkdwn(max: number): z.ZodType {
  return z.strictObject({ type: z.literal('mrkdwn'), text: text(max), verbatim: z.boolean().optional() })
}

/** Either text object, of at most `max` characters. */
export function anyText(max: number): z.ZodType {
  return z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('plain_text'), text: text(max), emoji: z.boolean().optional() }),
    z.strictObject({ type: z.literal('mrkdwn'), text: text(max), verbatim: z.boolean().optional() }),
  ])
}

/** block_id and action_id: at most 255 characters. */
export const identifier = z.string().min(1).max(255)

/** A link as block fields take it: at most 3,000 characters. */
export const link = z.url().max(3000)

/** The confirmation dialog of an element. */
export const confirmation = z.strictObject({
  title: plainText(100).optional(),
  text: anyText(300),
  confirm: plainText(30).optional(),
  deny: plainText(30).optional(),
  style: z.enum(['primary', 'danger']).optional(),
})

/** One choice of a select, overflow menu, radio group or checkbox group. */
export const option = z.strictObject({
  text: anyText(75),
  value: z.string().max(150).optional(),
  description: anyText(75).optional(),
  url: link.optional(),
})

/** Where an image comes from: exactly one of a URL and a Slack file, checked by the block that has it. */
export const imageSource = { image_url: link.optional(), slack_file: z.looseObject({}).optional() }
