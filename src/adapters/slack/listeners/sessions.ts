import type { App } from '@slack/bolt'
import { z } from 'zod'
import { stop } from './asking.ts'
import { EventBody } from './delivered-event.ts'
import type { ListenerParts } from './parts.ts'

const Stopped = z.looseObject({ channel: z.string(), user: z.string(), thread_ts: z.string() })

/** Slack's own Stop button. Newer than Bolt's types, so it is heard by name. */
export function listenToSessions(app: App, parts: ListenerParts): void {
  app.event('agent_session_stopped', async ({ event, body }) => {
    const { channel, user, thread_ts: threadTs } = Stopped.parse(event)
    await stop(parts, { team: EventBody.parse(body).team_id ?? '', channel, threadTs }, user)
  })
}
