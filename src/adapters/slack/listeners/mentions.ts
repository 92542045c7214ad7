import type { App } from '@slack/bolt'
import type { Alert, Place } from '../../../core/alert.ts'
import { ask, reply } from './asking.ts'
import { EventBody, MessageEvent, isReply, messageClaims } from './delivered-event.ts'
import type { ListenerParts } from './parts.ts'
import { errorText } from './tell.ts'

/** Mentions: a question; in a thread of ours a follow-up; under somebody's message a question about it. */
export function listenToMentions(app: App, parts: ListenerParts): void {
  app.event('app_mention', async ({ event, body }) => {
    const parsed = MessageEvent.safeParse(event)
    const { event_id: eventId, team_id: team, is_ext_shared_channel: shared } = EventBody.parse(body)
    if (!parsed.success || parsed.data.user === undefined || parsed.data.bot_id !== undefined) return
    const message = parsed.data
    const user = parsed.data.user
    const place: Place = { team: team ?? message.team ?? '', channel: message.channel, threadTs: message.thread_ts ?? message.ts }
    if (shared === true) return parts.background.run('a note to a person', () => parts.tell.whisper({ user, place }, 'This channel is shared with another company, so I do not answer in it.'))
    const text = message.text.replaceAll(`<@${parts.botUserId}>`, '').trim()
    const question = { text, user, place, claims: messageClaims(eventId, message) }
    try {
      if (!isReply(message)) return await ask(parts, { source: 'mention', ...question })
      if (await parts.store.runInThread(place)) return await reply(parts, question)
      await ask(parts, { source: 'mention', ...question, about: await firstMessage(parts, place) })
    } catch (error) {
      parts.log.error({ error: String(error) }, 'A mention was not taken')
      parts.background.run('a note to a person', () => parts.tell.whisper({ user, place }, errorText(error)))
    }
  })
}

/** What stands at the top of a thread, so that "why?" under an alert is a question about that alert. Undefined when it cannot be read. */
async function firstMessage({ client, recognisePost, log }: ListenerParts, { team, channel, threadTs }: Place): Promise<Pick<Alert, 'title' | 'text' | 'sentry'> | undefined> {
  try {
    const { messages } = await client.conversations.replies({ channel, ts: threadTs, limit: 1 })
    const first = messages?.[0]
    if (!first) return undefined
    const recognised = recognisePost({ ...first, channel }, { team, eventId: undefined })
    if (recognised.outcome === 'alert') return recognised.alert
    const text = (first.text ?? '').slice(0, 4000)
    return text === '' ? undefined : { title: text.slice(0, 300), text }
  } catch (error) {
    log.warn({ error: String(error) }, 'The first message of a thread could not be read')
    return undefined
  }
}
