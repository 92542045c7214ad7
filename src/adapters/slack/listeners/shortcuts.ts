import type { App } from '@slack/bolt'
import { z } from 'zod'
import { ask } from './asking.ts'
import type { ListenerParts } from './parts.ts'
import { errorText } from './tell.ts'

const MessageShortcut = z.looseObject({
  team: z.looseObject({ id: z.string() }).nullish(),
  user: z.looseObject({ id: z.string() }),
  channel: z.looseObject({ id: z.string() }),
  message: z.looseObject({ ts: z.string(), thread_ts: z.string().optional(), text: z.string().catch('') }),
  trigger_id: z.string(),
})

/** "Investigate this" on a message: an alert when Sentry posted it, otherwise a question about its text. */
export function listenToShortcuts(app: App, parts: ListenerParts): void {
  app.shortcut({ callback_id: 'investigate', type: 'message_action' }, async ({ ack, body }) => {
    await ack()
    const { team, user, channel, message, trigger_id: trigger } = MessageShortcut.parse(body)
    const place = { team: team?.id ?? '', channel: channel.id, threadTs: message.thread_ts ?? message.ts }
    parts.background.run('a shortcut', () => investigate(parts, { message: { ...message, channel: channel.id }, place, user: user.id, trigger }))
  })
}

interface Wish {
  readonly message: { readonly text: string; readonly channel: string }
  readonly place: { readonly team: string; readonly channel: string; readonly threadTs: string }
  readonly user: string
  readonly trigger: string
}

async function investigate(parts: ListenerParts, { message, place, user, trigger }: Wish): Promise<void> {
  const claims = [`slack-shortcut:${trigger}`]
  const recognised = parts.recognisePost(message, { team: place.team, eventId: undefined })
  if (recognised.outcome === 'ignored') return await ask(parts, { source: 'shortcut', text: message.text.trim(), user, place, claims })
  try {
    const admission = await parts.desk.admit({ ...recognised.alert, source: 'shortcut', user }, claims)
    await parts.tell.admission({ user, place }, admission)
  } catch (error) {
    parts.log.error({ error: String(error) }, 'A shortcut was not taken')
    await parts.tell.whisper({ user, place }, errorText(error))
  }
}
