import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { Place } from '../../../core/alert.ts'

export const correctionCallback = 'report_correction'
const input = { block: 'correction', action: 'text' } as const
const Remembered = z.object({ investigationId: z.string(), place: Place })
const Submitted = z.looseObject({
  private_metadata: z.string(),
  state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), z.looseObject({ value: z.string().nullish() }))) }),
})

/** Asks what the cause really was; may be left empty. Remembers which report it is about. */
export function correctionModal(investigationId: string, place: Place): ModalView {
  return {
    type: 'modal',
    callback_id: correctionCallback,
    private_metadata: JSON.stringify({ investigationId, place } satisfies z.infer<typeof Remembered>),
    title: { type: 'plain_text', text: 'What was it really?' },
    submit: { type: 'plain_text', text: 'Send' },
    close: { type: 'plain_text', text: 'Not now' },
    blocks: [{
      type: 'input',
      block_id: input.block,
      optional: true,
      label: { type: 'plain_text', text: 'What is wrong with the report, and what was the cause?' },
      hint: { type: 'plain_text', text: 'Names, ids and numbers help most. The thumb is stored already.' },
      element: { type: 'plain_text_input', action_id: input.action, multiline: true, max_length: 3000 },
    }],
  }
}

/** A submitted modal: which report, where it stands, and the text, trimmed. Throws when it is not our modal. */
export function readCorrection(view: unknown): { investigationId: string; place: Place; text: string } {
  const { private_metadata: metadata, state } = Submitted.parse(view)
  const text = state.values[input.block]?.[input.action]?.value ?? ''
  return { ...Remembered.parse(JSON.parse(metadata)), text: text.trim() }
}
