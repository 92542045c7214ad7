import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebClient } from '@slack/web-api'
import { z } from 'zod'
import type { Place } from '../../../core/alert.ts'
import { TransientError } from '../../../core/errors.ts'
import type { Store } from '../../../core/store.ts'
import type { Clock } from '../../../core/time.ts'
import type { Message } from '../render/message.ts'
import { asForemanError, callRepeatably, refusalCode, throttledSeconds } from '../slack-calls.ts'
import type { Patience } from '../slack-calls.ts'

/** One post of a run. `plain` is what goes out when Slack refuses the blocks. */
export interface Post {
  /** The operation key: the same key is never posted twice. */
  readonly key: string
  readonly runId: string
  readonly to: Pick<Place, 'channel'> & { readonly threadTs?: string }
  readonly message: Message
  readonly plain: Message
}

/** Posts, or finds what was posted under this key before; resolves with its channel id and `ts`. */
export type PostOnce = (post: Post) => Promise<{ channel: string; ts: string }>

const eventType = 'foreman_run'
const Sent = z.object({ channel: z.string(), ts: z.string() })
const Attempt = z.looseObject({ attempt: z.string() })
const Metadata = z.looseObject({ event_type: z.literal(eventType), event_payload: z.looseObject({ key: z.string() }) })
const badBlocks = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long'])
const pageSize = 200

/**
 * Posts through the store's outbox. Every post carries its key as message metadata, so that a try whose answer was lost
 * (the process died, Slack answered 500 after accepting) finds its post in the thread instead of making another.
 * Throws `TransientError` when it must be tried again later, `PermanentError` or `ConfigurationError` when that cannot help.
 */
export function createPostOnce({ client, store, clock, patience }: { client: WebClient; store: Pick<Store, 'outboxBegin' | 'outboxSent'>; clock: Clock; patience: Patience }): PostOnce {
  const deliver = async (post: Post, lookFirst: boolean): Promise<{ channel: string; ts: string }> => {
    let mayBeThere = lookFirst
    for (const pause of [...patience.pausesMs, undefined]) {
      try {
        const found = mayBeThere ? await findPost(client, post, patience) : undefined
        return found ?? await send(client, post)
      } catch (error) {
        const failure = asForemanError(error, 'a post')
        const throttledMs = (throttledSeconds(error) ?? 0) * 1000
        if (!(failure instanceof TransientError) || pause === undefined || throttledMs > patience.longestThrottleMs) throw failure
        mayBeThere ||= throttledMs === 0
        await sleep(Math.max(pause, throttledMs))
      }
    }
    throw new TransientError('Slack did not take a post.')
  }

  return async (post) => {
    const attempt = randomUUID()
    const entry = await store.outboxBegin({ key: post.key, runId: post.runId, payload: { ...post.to, attempt }, createdAt: clock.now().toISOString() })
    const sent = Sent.safeParse(parseReference(entry.reference))
    if (entry.state === 'sent' && sent.success) return sent.data
    const posted = await deliver(post, Attempt.safeParse(entry.payload).data?.attempt !== attempt)
    await store.outboxSent(post.key, JSON.stringify(posted))
    return posted
  }
}

async function send(client: WebClient, post: Post): Promise<{ channel: string; ts: string }> {
  try {
    return await sendMessage(client, post, post.message)
  } catch (error) {
    if (!badBlocks.has(refusalCode(error) ?? '')) throw error
    return sendMessage(client, post, post.plain)
  }
}

async function sendMessage(client: WebClient, { key, runId, to }: Post, message: Message): Promise<{ channel: string; ts: string }> {
  const answer = await client.chat.postMessage({
    channel: to.channel,
    ...(to.threadTs !== undefined && { thread_ts: to.threadTs }),
    text: message.text,
    blocks: [...message.blocks],
    metadata: { event_type: eventType, event_payload: { run_id: runId, key } },
    unfurl_links: false,
    unfurl_media: false,
  })
  return Sent.parse(answer)
}

/** Looks for the post in its thread, or among the newest messages of the channel when it begins a thread. */
async function findPost(client: WebClient, { key, to }: Post, patience: Patience): Promise<{ channel: string; ts: string } | undefined> {
  let cursor: string | undefined
  do {
    const page = { channel: to.channel, include_all_metadata: true, limit: pageSize, ...(cursor !== undefined && { cursor }) }
    const { threadTs } = to
    const answer = threadTs === undefined
      ? await callRepeatably('a look at the channel', () => client.conversations.history(page), patience)
      : await callRepeatably('a look at the thread', () => client.conversations.replies({ ...page, ts: threadTs }), patience)
    const mine = answer.messages?.find((message) => Metadata.safeParse(message.metadata).data?.event_payload.key === key)
    if (mine?.ts !== undefined) return { channel: to.channel, ts: mine.ts }
    cursor = threadTs === undefined ? undefined : answer.response_metadata?.next_cursor
  } while (cursor !== undefined && cursor !== '')
  return undefined
}

/** The outbox keeps one string: here the channel's id and the message's `ts`. */
function parseReference(reference: string | null): unknown {
  try {
    return reference === null ? null : JSON.parse(reference)
  } catch {
    return null
  }
}
