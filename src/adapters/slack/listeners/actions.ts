import type { App } from '@slack/bolt'
import { z } from 'zod'
import { feedbackActions, readThumb } from '../render/feedback-blocks.ts'
import { correctionModal } from '../render/correction-modal.ts'
import type { ListenerParts } from './parts.ts'
import { errorText } from './tell.ts'
import type { Asker } from './tell.ts'

const BlockActions = z.looseObject({
  team: z.looseObject({ id: z.string() }).nullish(),
  user: z.looseObject({ id: z.string() }),
  container: z.looseObject({ channel_id: z.string(), message_ts: z.string(), thread_ts: z.string().optional() }),
  actions: z.array(z.looseObject({ action_id: z.string(), value: z.string().optional() })).min(1),
  trigger_id: z.string(),
})
const thumbIds = new RegExp(`^(?:${feedbackActions.thumbs}|${feedbackActions.right}|${feedbackActions.wrong})$`)

/** Thumbs and "Add to task set" under a report. */
export function listenToActions(app: App, parts: ListenerParts): void {
  app.action(thumbIds, async ({ ack, body }) => {
    await ack()
    const { asker, value, trigger } = read(body)
    const thumb = readThumb(value)
    if (!thumb) return parts.log.warn({}, 'A thumb without an investigation was pressed')
    // The permission to open a modal lives three seconds, so it is used before anything else.
    if (!thumb.right) parts.background.run('opening a modal', () => parts.client.views.open({ trigger_id: trigger, view: correctionModal(thumb.investigationId, asker.place) }))
    parts.background.run('a thumb', () => told(parts, asker, () => parts.feedback.thumb({ ...thumb, user: asker.user }), thumb.right ? 'Thanks: noted as right.' : 'Thanks: noted as wrong.'))
  })
  app.action(feedbackActions.taskSet, async ({ ack, body }) => {
    await ack()
    const { asker, value } = read(body)
    parts.background.run('a flag', () => told(parts, asker, () => parts.feedback.flag({ investigationId: value, user: asker.user }), 'Proposed for the task set. A person reviews it before it counts.'))
  })
}

/** Does what a person asked for by a button, and tells them how it went. */
export async function told({ tell, log }: Pick<ListenerParts, 'tell' | 'log'>, asker: Asker, act: () => Promise<void>, done: string): Promise<void> {
  try {
    await act()
    await tell.whisper(asker, done)
  } catch (error) {
    log.warn({ error: String(error) }, 'Feedback was not stored')
    await tell.whisper(asker, errorText(error))
  }
}

function read(body: unknown): { asker: Asker; value: string; trigger: string } {
  const { team, user, container, actions, trigger_id: trigger } = BlockActions.parse(body)
  const place = { team: team?.id ?? '', channel: container.channel_id, threadTs: container.thread_ts ?? container.message_ts }
  return { asker: { user: user.id, place }, value: actions[0]?.value ?? '', trigger }
}
