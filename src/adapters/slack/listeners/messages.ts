import type { App } from '@slack/bolt'
import { ask, reply } from './asking.ts'
import { EventBody, MessageEvent, isReply, messageClaims } from './delivered-event.ts'
import type { ListenerParts } from './parts.ts'

/** What people write; edits, joins and the like are subtypes and start nothing. */
const written = new Set([undefined, 'file_share', 'thread_broadcast'])

/** Messages in channels and direct messages: Sentry's posts become alerts, replies in our threads follow-ups. */
export function listenToMessages(app: App, parts: ListenerParts): void {
  app.event('message', async ({ event, body }) => {
    const parsed = MessageEvent.safeParse(event)
    const envelope = EventBody.parse(body)
    if (!parsed.success) return
    const message = parsed.data
    const team = envelope.team_id ?? message.team ?? ''
    // A channel shared with another company: what we know is not theirs to read.
    if (envelope.is_ext_shared_channel === true) return parts.log.info({ channel: message.channel }, 'A message in a channel shared with another company was left')
    if (message.bot_id !== undefined) await fromApp(parts, event, { team, eventId: envelope.event_id })
    else if (message.user !== undefined && written.has(message.subtype)) await fromPerson(parts, { ...message, user: message.user }, team, envelope.event_id)
  })
}

/** Another app's post. What cannot be stored is thrown, so that Slack sends it again: no person would. */
async function fromApp(parts: ListenerParts, event: unknown, delivery: { team: string; eventId: string | undefined }): Promise<void> {
  const recognised = parts.recognisePost(event, delivery)
  if (recognised.outcome === 'ignored') return parts.log.debug({ reason: recognised.reason }, 'A post of another app starts nothing')
  const { alert, claims } = recognised
  const admission = await parts.desk.admit(alert, claims)
  parts.log.info({ outcome: admission.outcome, title: alert.title }, 'An alert came in')
  const { place } = alert
  if (admission.outcome === 'joined' && place) parts.background.run('a note in a thread', () => parts.tell.joined(place, admission))
}

async function fromPerson(parts: ListenerParts, message: MessageEvent & { user: string }, team: string, eventId: string | undefined): Promise<void> {
  const { channel, ts, user } = message
  const direct = message.channel_type === 'im'
  const place = { team, channel, threadTs: message.thread_ts ?? ts }
  const mention = /^\s*<@([A-Z0-9]+)/.exec(message.text)?.[1]
  // A mention of us comes as `app_mention` too, and is taken there; words to somebody else are not for us.
  if (!direct && (message.text.includes(`<@${parts.botUserId}`) || mention !== undefined)) return
  const text = message.text.replaceAll(`<@${parts.botUserId}>`, '').trim()
  const claims = messageClaims(eventId, message)
  const ours = isReply(message) && await parts.store.runInThread(place) !== null
  if (ours) await reply(parts, { text, user, place, claims })
  else if (direct) await ask(parts, { source: 'mention', text, user, place, claims })
}
