import { z } from 'zod'
import { checkBlocks, refuseWith } from '../blocks/check.ts'
import type { Refusal, WireBlock, WireObject } from '../records.ts'
import { json, optionalText } from './arguments.ts'
import { refuse } from './method.ts'

/** The arguments every writing method shares. */
export const contentArguments = {
  text: optionalText,
  markdown_text: optionalText,
  blocks: json,
  attachments: json,
  metadata: json,
}

export interface GivenContent {
  readonly text?: string | undefined
  readonly markdown_text?: string | undefined
  readonly blocks?: unknown
  readonly attachments?: unknown
  readonly metadata?: unknown
}

/** Checked content. Fields that were not given are absent, so that an edit keeps what it does not mention. */
export interface Content {
  readonly text?: string
  readonly blocks?: WireBlock[]
  readonly attachments?: WireObject[]
  readonly metadata?: WireObject
}

const maxMarkdown = 12_000
const maxMetadataBytes = 16_384
const Attachments = z.array(z.looseObject({ blocks: z.unknown() })).max(100)
const Metadata = z.looseObject({ event_type: z.string().max(255), event_payload: z.record(z.string(), z.unknown()) })

/** Checks what a message is to say. Refused as Slack refuses it: blocks, attachments, metadata, conflicts, nothing at all. */
export function checkContent(given: GivenContent): { readonly ok: true; readonly content: Content } | Refusal {
  if (given.markdown_text !== undefined) return checkMarkdown(given, given.markdown_text)
  const blocks = given.blocks === undefined ? undefined : checkBlocks(given.blocks, 'message')
  if (blocks && !blocks.ok) return blocks
  const attachments = given.attachments === undefined ? undefined : checkAttachments(given.attachments)
  if (attachments && !attachments.ok) return attachments
  const metadata = given.metadata === undefined ? undefined : checkMetadata(given.metadata)
  if (metadata && !metadata.ok) return metadata
  if (!given.text && !blocks?.blocks.length && !attachments?.attachments.length) return refuse('no_text')
  return {
    ok: true,
    content: {
      ...(given.text === undefined ? {} : { text: given.text }),
      ...(blocks ? { blocks: blocks.blocks } : {}),
      ...(attachments ? { attachments: attachments.attachments } : {}),
      ...(metadata ? { metadata: metadata.metadata } : {}),
    },
  }
}

function checkMarkdown(
  given: GivenContent,
  markdown: string,
): { readonly ok: true; readonly content: Content } | Refusal {
  if (given.text || given.blocks !== undefined) return refuse('markdown_text_conflict')
  if (markdown.length > maxMarkdown) return refuse('msg_too_long')
  if (markdown === '') return refuse('no_text')
  return { ok: true, content: { text: markdown, blocks: [{ type: 'markdown', text: markdown }] } }
}

function checkAttachments(given: unknown): { readonly ok: true; readonly attachments: WireObject[] } | Refusal {
  const parsed = Attachments.safeParse(given)
  if (!parsed.success)
    return refuse(Array.isArray(given) && given.length > 100 ? 'too_many_attachments' : 'invalid_attachments')
  for (const [index, attachment] of parsed.data.entries()) {
    if (attachment.blocks === undefined) continue
    const blocks = checkBlocks(attachment.blocks, 'message', `/attachments/${index}/blocks`)
    if (!blocks.ok) return { ...blocks, error: 'invalid_attachments' }
  }
  return { ok: true, attachments: parsed.data }
}

/** Checks message metadata: an event type and a payload object, at most 16 KB. */
export function checkMetadata(given: unknown): { readonly ok: true; readonly metadata: WireObject } | Refusal {
  const parsed = Metadata.safeParse(given)
  if (!parsed.success)
    return refuseWith(
      'invalid_metadata_format',
      parsed.error.issues.map((issue) => issue.message),
    )
  if (Buffer.byteLength(JSON.stringify(given)) > maxMetadataBytes) return refuse('metadata_too_large')
  return { ok: true, metadata: parsed.data }
}
