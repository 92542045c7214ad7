import { z } from 'zod'
import { authorFields, identified } from '../posting.ts'
import type { SlackChannel, SlackMessage } from '../records.ts'
import { findMessage } from '../state.ts'
import { flag, optionalText, required } from './arguments.ts'
import { checkContent, contentArguments } from './message-content.ts'
import { defineMethod, refuse, type Call, type Method } from './method.ts'
import { reachChannel } from './reach.ts'

const maxText = 40_000
const maxEditedText = 4_000

/** Text cut at 40,000 characters, and the warning the answer then carries. */
function truncate(text: string): { text: string; warning: Record<string, unknown> } {
  if (text.length <= maxText) return { text, warning: {} }
  return {
    text: text.slice(0, maxText),
    warning: { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } },
  }
}

/** The message an app may change: `message_not_found`, or `foreign` when somebody else wrote it. */
function ownMessage(
  call: Call,
  channel: SlackChannel,
  ts: string,
  foreign: string,
): { readonly ok: true; readonly message: SlackMessage } | ReturnType<typeof refuse> {
  const message = findMessage(call.state, channel.id, ts)
  if (!message) return refuse('message_not_found')
  if (message.app_id !== call.app.id) return refuse(foreign)
  return { ok: true, message }
}

const postMessage = defineMethod({
  name: 'chat.postMessage',
  tier: 'per-channel',
  scope: 'chat:write',
  args: z.looseObject({ channel: required, thread_ts: optionalText, reply_broadcast: flag, ...contentArguments }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'write')
    if (!reached.ok) return reached
    const checked = checkContent(args)
    if (!checked.ok) return checked
    const threadTs = args.thread_ts || undefined
    const root = threadTs === undefined ? undefined : findMessage(call.state, reached.channel.id, threadTs)
    if (threadTs !== undefined && !root) return refuse('thread_not_found')
    const { text, warning } = truncate(checked.content.text ?? '')
    const message = call.posting.post(reached.channel, {
      ...checked.content,
      author: authorFields(call.state, call.app),
      text,
      // A reply to a reply lands in the reply's own thread.
      ...(root ? { threadTs: root.thread_ts ?? root.ts } : {}),
      broadcast: args.reply_broadcast ?? false,
    })
    return { ok: true, channel: reached.channel.id, ts: message.ts, message, ...warning }
  },
})

const update = defineMethod({
  name: 'chat.update',
  tier: 'tier3',
  scope: 'chat:write',
  args: z.looseObject({ channel: required, ts: required, ...contentArguments }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'write')
    if (!reached.ok) return reached
    const own = ownMessage(call, reached.channel, args.ts, 'cant_update_message')
    if (!own.ok) return own
    if (own.message.streaming_state === 'in_progress') return refuse('streaming_state_conflict')
    if ((args.text ?? '').length > maxEditedText) return refuse('msg_too_long')
    const checked = checkContent(args)
    if (!checked.ok) return checked
    const { blocks, ...rest } = checked.content
    const message = call.posting.change(reached.channel, own.message, {
      ...rest,
      ...(blocks ? { blocks: identified(call.state, blocks) } : {}),
      edited: { user: call.app.botUserId, ts: call.state.ids.ts() },
    })
    return { ok: true, channel: reached.channel.id, ts: message.ts, text: message.text, message }
  },
})

const remove = defineMethod({
  name: 'chat.delete',
  tier: 'tier3',
  scope: 'chat:write',
  args: z.looseObject({ channel: required, ts: required }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'write')
    if (!reached.ok) return reached
    const own = ownMessage(call, reached.channel, args.ts, 'cant_delete_message')
    if (!own.ok) return own
    call.posting.remove(reached.channel, own.message)
    return { ok: true, channel: reached.channel.id, ts: args.ts }
  },
})

const postEphemeral = defineMethod({
  name: 'chat.postEphemeral',
  tier: 'tier4',
  scope: 'chat:write',
  args: z.looseObject({ channel: required, user: required, thread_ts: optionalText, ...contentArguments }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'write')
    if (!reached.ok) return reached
    if (!reached.channel.members.has(args.user)) return refuse('user_not_in_channel')
    const checked = checkContent(args)
    if (!checked.ok) return checked
    const draft = {
      ...checked.content,
      author: authorFields(call.state, call.app),
      text: truncate(checked.content.text ?? '').text,
    }
    const message = call.posting.whisper(
      reached.channel,
      args.user,
      args.thread_ts ? { ...draft, threadTs: args.thread_ts } : draft,
    )
    return { ok: true, message_ts: message.ts }
  },
})

const getPermalink = defineMethod({
  name: 'chat.getPermalink',
  tier: 'special',
  args: z.looseObject({ channel: required, message_ts: required }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'link')
    if (!reached.ok) return reached
    const message = findMessage(call.state, reached.channel.id, args.message_ts)
    if (!message) return refuse('message_not_found')
    const inThread =
      message.thread_ts !== undefined && message.thread_ts !== message.ts
        ? `?thread_ts=${message.thread_ts}&cid=${reached.channel.id}`
        : ''
    const permalink = `https://${call.state.team.domain}.slack.com/archives/${reached.channel.id}/p${message.ts.replace('.', '')}${inThread}`
    return { ok: true, channel: reached.channel.id, permalink }
  },
})

/** chat.*, except the streaming methods. */
export const chatMethods: readonly Method[] = [postMessage, update, remove, postEphemeral, getPermalink]
