import { z } from 'zod'

/** What is around an event: who sent it where, and its delivery id. */
export const EventBody = z.looseObject({
  event_id: z.string().optional().catch(undefined),
  team_id: z.string().optional().catch(undefined),
  is_ext_shared_channel: z.boolean().optional().catch(undefined),
})

/** A message as events and shortcuts carry it; `user` is absent on posts of old integrations. */
export const MessageEvent = z.looseObject({
  ts: z.string(),
  channel: z.string(),
  channel_type: z.string().optional(),
  subtype: z.string().optional(),
  thread_ts: z.string().optional(),
  text: z.string().catch(''),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  team: z.string().optional().catch(undefined),
})
export type MessageEvent = z.infer<typeof MessageEvent>

/** The keys under which one message is one message, by whichever event it came. */
export function messageClaims(eventId: string | undefined, { channel, ts }: { channel: string; ts: string }): string[] {
  return [...(eventId === undefined ? [] : [`slack-event:${eventId}`]), `slack-message:${channel}:${ts}`]
}

/** A reply in a thread, not its first message. */
export function isReply({ ts, thread_ts: threadTs }: { ts: string; thread_ts?: string | undefined }): boolean {
  return threadTs !== undefined && threadTs !== ts
}
