import { z } from 'zod'
import { checkBlocks } from '../blocks/check.ts'
import { authorFields, identified } from '../posting.ts'
import type { Answer, Refusal, SlackChannel, SlackMessage } from '../records.ts'
import { findMessage } from '../state.ts'
import { appendChunks, checkChunks, streamBlocks, type Chunk, type Stream } from '../streams.ts'
import { touchSession } from './agent-sessions.ts'
import { json, optionalText, required } from './arguments.ts'
import { checkMetadata } from './message-content.ts'
import { defineMethod, refuse, type Call, type Method } from './method.ts'
import { reachChannel } from './reach.ts'

const userId = /^[UW][A-Z0-9]{2,}$/
const streamArguments = { markdown_text: optionalText, chunks: json }

/** The chunks of a call; text and chunks in one call are refused. */
function givenChunks(args: {
  markdown_text?: string | undefined
  chunks?: unknown
}): { readonly ok: true; readonly chunks: Chunk[]; readonly mode: Stream['mode'] | undefined } | Refusal {
  if (args.markdown_text !== undefined && args.chunks !== undefined) return refuse('markdown_text_conflict')
  if (args.markdown_text !== undefined)
    return { ok: true, chunks: [{ type: 'markdown_text', text: args.markdown_text }], mode: 'text' }
  const checked = checkChunks(args.chunks)
  return checked.ok ? { ...checked, mode: args.chunks === undefined ? undefined : 'chunks' } : checked
}

/** In a channel a stream needs a person to stream to: a bot's alert has none. */
function recipientFault(
  channel: SlackChannel,
  args: { recipient_user_id?: string | undefined; recipient_team_id?: string | undefined },
): Refusal | undefined {
  if (channel.kind === 'im') return undefined
  if (!args.recipient_user_id) return refuse('missing_recipient_user_id')
  if (!args.recipient_team_id) return refuse('missing_recipient_team_id')
  if (!userId.test(args.recipient_user_id))
    return refuse('invalid_arguments', {
      response_metadata: { messages: [`[ERROR] must match ${userId.source} [json-pointer:/recipient_user_id]`] },
    })
  return undefined
}

const startStream = defineMethod({
  name: 'chat.startStream',
  tier: 'tier2',
  scope: 'chat:write',
  args: z.looseObject({
    channel: required,
    thread_ts: required,
    recipient_user_id: optionalText,
    recipient_team_id: optionalText,
    task_display_mode: z.enum(['timeline', 'plan']).default('timeline'),
    ...streamArguments,
  }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'write')
    if (!reached.ok) return reached
    const { channel } = reached
    const fault = recipientFault(channel, args)
    if (fault) return fault
    const root = findMessage(call.state, channel.id, args.thread_ts)
    if (!root) return refuse('thread_not_found')
    const given = givenChunks(args)
    if (!given.ok) return given
    const threadTs = root.thread_ts ?? root.ts
    const opening = {
      appId: call.app.id,
      channel: channel.id,
      threadTs,
      display: args.task_display_mode,
      startedAt: performance.now(),
      text: '',
      planTitle: '',
      blocks: [],
      stoppedByUser: false,
      closed: false,
    }
    const draft: Stream = { ...opening, ts: '', mode: given.mode ?? 'chunks', tasks: new Map() }
    const appended = appendChunks(draft, given.chunks)
    if (!appended.ok) return appended
    const message = call.posting.post(channel, {
      author: authorFields(call.state, call.app),
      text: draft.text,
      blocks: streamBlocks(draft),
      threadTs,
      streaming: true,
    })
    call.streams.set(message.ts, { ...draft, ts: message.ts })
    touchSession(call, channel.id, threadTs, 'processing', message.ts)
    return { ok: true, channel: channel.id, ts: message.ts }
  },
})

/** A stream this app may still write to, and its message; else why not. Slack gives up on a stream after about five minutes. */
function openStream(
  call: Call,
  reference: string,
  ts: string,
):
  | { readonly ok: true; readonly stream: Stream; readonly channel: SlackChannel; readonly message: SlackMessage }
  | Refusal {
  const reached = reachChannel(call, reference, 'write')
  if (!reached.ok) return reached
  const message = findMessage(call.state, reached.channel.id, ts)
  if (!message) return refuse('message_not_found')
  if (message.app_id !== call.app.id) return refuse('message_not_owned_by_app')
  const stream = call.streams.get(ts)
  if (stream?.stoppedByUser) return refuse('stopped_by_user')
  if (!stream || stream.closed) return refuse('message_not_in_streaming_state')
  if (performance.now() - stream.startedAt > call.streamLifeMs) {
    stream.closed = true
    message.streaming_state = 'completed'
    return refuse('message_not_in_streaming_state')
  }
  return { ok: true, stream, channel: reached.channel, message }
}

function append(
  stream: Stream,
  args: { markdown_text?: string | undefined; chunks?: unknown },
): { readonly ok: true } | Refusal {
  const given = givenChunks(args)
  if (!given.ok) return given
  if (given.mode !== undefined && given.mode !== stream.mode) return refuse('streaming_mode_mismatch')
  return appendChunks(stream, given.chunks)
}

const appendStream = defineMethod({
  name: 'chat.appendStream',
  tier: 'tier4',
  scope: 'chat:write',
  args: z.looseObject({ channel: required, ts: required, ...streamArguments }),
  run: (call, args): Answer => {
    const open = openStream(call, args.channel, args.ts)
    if (!open.ok) return open
    if (args.markdown_text === undefined && args.chunks === undefined) return refuse('no_text')
    const appended = append(open.stream, args)
    if (!appended.ok) return appended
    // Appending sends no message_changed: apps hear of a stream's content when it stops.
    Object.assign(open.message, { text: open.stream.text, blocks: identified(call.state, streamBlocks(open.stream)) })
    call.state.announce({ kind: 'message_changed', channel: open.channel.id, message: open.message })
    return { ok: true, channel: open.channel.id, ts: args.ts }
  },
})

const stopStream = defineMethod({
  name: 'chat.stopStream',
  tier: 'tier2',
  scope: 'chat:write',
  args: z.looseObject({
    channel: required,
    ts: required,
    blocks: json,
    metadata: json,
    session_status: z.enum(['active', 'processing', 'suspended', 'closed']).default('active'),
    ...streamArguments,
  }),
  run: (call, args) => {
    const open = openStream(call, args.channel, args.ts)
    if (!open.ok) return open
    const final = args.blocks === undefined ? undefined : checkBlocks(args.blocks, 'message')
    if (final && !final.ok) return final
    const metadata = args.metadata === undefined ? undefined : checkMetadata(args.metadata)
    if (metadata && !metadata.ok) return metadata
    const appended = append(open.stream, args)
    if (!appended.ok) return appended
    const { stream, channel } = open
    stream.closed = true
    const message = call.posting.change(channel, open.message, {
      text: stream.text,
      blocks: identified(call.state, [...streamBlocks(stream), ...(final?.blocks ?? [])]),
      streaming_state: 'completed',
      ...(metadata ? { metadata: metadata.metadata } : {}),
    })
    touchSession(call, channel.id, stream.threadTs, args.session_status)
    return { ok: true, channel: channel.id, ts: args.ts, message }
  },
})

/** chat.startStream, chat.appendStream and chat.stopStream, with their real refusals. */
export const chatStreamMethods: readonly Method[] = [startStream, appendStream, stopStream]
