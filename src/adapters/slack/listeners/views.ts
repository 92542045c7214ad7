import type { App } from '@slack/bolt'
import { z } from 'zod'
import { correctionCallback, readCorrection } from '../render/correction-modal.ts'
import { told } from './actions.ts'
import type { ListenerParts } from './parts.ts'

const Submission = z.looseObject({ user: z.looseObject({ id: z.string() }) })

/** The modal that asks what was wrong. */
export function listenToViews(app: App, parts: ListenerParts): void {
  app.view(correctionCallback, async ({ ack, view, body }) => {
    await ack()
    const { investigationId, place, text } = readCorrection(view)
    if (text === '') return
    const user = Submission.parse(body).user.id
    parts.background.run('a correction', () => told(parts, { user, place }, () => parts.feedback.correct({ investigationId, user, text }), 'Thanks: your correction is stored with the report.'))
  })
}
