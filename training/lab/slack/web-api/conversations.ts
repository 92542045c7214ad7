import { z } from 'zod'
import type { SlackChannel, SlackMessage, WireObject } from '../records.ts'
import { directChannel, findMessage, messagesOf, threadOf } from '../state.ts'
import { flag, optionalText, page, required, takePage } from './arguments.ts'
import { defineMethod, refuse, type Call, type Method } from './method.ts'
import { reachChannel } from './reach.ts'

/** A channel as conversations.info returns it to this app. */
function channelWire(call: Call, channel: SlackChannel): WireObject {
  const common = {
    id: channel.id,
    created: channel.createdAt,
    is_archived: channel.archived,
    is_org_shared: false,
    context_team_id: call.state.team.id,
  }
  if (channel.kind === 'im') return { ...common, is_im: true, user: channel.withUser, is_user_deleted: false }
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === 'private',
    is_general: channel.name === 'general',
    is_shared: channel.externallyShared,
    is_ext_shared: channel.externallyShared,
    is_member: channel.members.has(call.app.botUserId),
    num_members: channel.members.size,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  }
}

function withoutMetadata(message: SlackMessage, include: boolean | undefined): SlackMessage {
  if (include || message.metadata === undefined) return message
  const { metadata: _left, ...rest } = message
  return rest
}

const span = { oldest: optionalText, latest: optionalText, inclusive: flag, include_all_metadata: flag, ...page }

function within(
  message: SlackMessage,
  args: { oldest?: string | undefined; latest?: string | undefined; inclusive?: boolean | undefined },
): boolean {
  const ts = Number(message.ts)
  const oldest = Number(args.oldest || 0)
  const latest = Number(args.latest || Number.POSITIVE_INFINITY)
  return args.inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest
}

const history = defineMethod({
  name: 'conversations.history',
  tier: 'tier3',
  args: z.looseObject({ channel: required, ...span }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'history')
    if (!reached.ok) return reached
    const top = messagesOf(call.state, reached.channel.id).filter(
      (message) =>
        message.thread_ts === undefined || message.thread_ts === message.ts || message.subtype === 'thread_broadcast',
    )
    const paged = takePage(
      top.filter((message) => within(message, args)).toReversed(),
      Math.min(args.limit || 100, 999),
      args.cursor,
    )
    if (!paged) return refuse('invalid_cursor')
    const messages = paged.items.map((message) => withoutMetadata(message, args.include_all_metadata))
    return {
      ok: true,
      messages,
      has_more: paged.nextCursor !== '',
      pin_count: 0,
      response_metadata: { next_cursor: paged.nextCursor },
    }
  },
})

const replies = defineMethod({
  name: 'conversations.replies',
  tier: 'tier3',
  args: z.looseObject({ channel: required, ts: required, ...span }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'history')
    if (!reached.ok) return reached
    const asked = findMessage(call.state, reached.channel.id, args.ts)
    if (!asked) return refuse('thread_not_found')
    // The root is always there; the span chooses among the replies.
    const thread = threadOf(call.state, reached.channel.id, asked.ts).filter(
      (message) => message.ts === asked.ts || within(message, args),
    )
    const paged = takePage(thread, Math.min(args.limit || 1000, 1000), args.cursor)
    if (!paged) return refuse('invalid_cursor')
    const messages = paged.items.map((message) => withoutMetadata(message, args.include_all_metadata))
    return {
      ok: true,
      messages,
      has_more: paged.nextCursor !== '',
      response_metadata: { next_cursor: paged.nextCursor },
    }
  },
})

const info = defineMethod({
  name: 'conversations.info',
  tier: 'tier3',
  args: z.looseObject({ channel: required }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'read')
    return reached.ok ? { ok: true, channel: channelWire(call, reached.channel) } : reached
  },
})

const kindOfType: Record<string, SlackChannel['kind']> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
}

const list = defineMethod({
  name: 'conversations.list',
  tier: 'tier2',
  args: z.looseObject({ types: z.string().default('public_channel'), exclude_archived: flag, ...page }),
  run: (call, args) => {
    const kinds = new Set(args.types.split(',').map((type) => kindOfType[type.trim()]))
    const visible = [...call.state.channels.values()].filter(
      (channel) =>
        kinds.has(channel.kind) &&
        (channel.kind === 'public' || channel.members.has(call.app.botUserId)) &&
        !(args.exclude_archived && channel.archived),
    )
    const paged = takePage(visible, Math.min(args.limit || 100, 1000), args.cursor)
    if (!paged) return refuse('invalid_cursor')
    return {
      ok: true,
      channels: paged.items.map((channel) => channelWire(call, channel)),
      response_metadata: { next_cursor: paged.nextCursor },
    }
  },
})

const join = defineMethod({
  name: 'conversations.join',
  tier: 'tier3',
  scope: 'channels:join',
  args: z.looseObject({ channel: required }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'read')
    if (!reached.ok) return reached
    if (reached.channel.kind !== 'public') return refuse('method_not_supported_for_channel_type')
    if (reached.channel.archived) return refuse('is_archived')
    const already = reached.channel.members.has(call.app.botUserId)
    reached.channel.members.add(call.app.botUserId)
    return {
      ok: true,
      channel: channelWire(call, reached.channel),
      ...(already ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } } : {}),
    }
  },
})

const members = defineMethod({
  name: 'conversations.members',
  tier: 'tier4',
  args: z.looseObject({ channel: required, ...page }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel, 'read')
    if (!reached.ok) return reached
    const paged = takePage([...reached.channel.members], Math.min(args.limit || 100, 1000), args.cursor)
    if (!paged) return refuse('invalid_cursor')
    return { ok: true, members: paged.items, response_metadata: { next_cursor: paged.nextCursor } }
  },
})

const open = defineMethod({
  name: 'conversations.open',
  tier: 'tier3',
  scope: 'im:write',
  args: z.looseObject({ users: optionalText, channel: optionalText, return_im: flag }),
  run: (call, args) => {
    const [user, ...others] = (args.users ?? '').split(',').filter((id) => id !== '')
    if (others.length > 0)
      return refuse('not_supported', { detail: 'The lab opens direct messages with one person only.' })
    const channel =
      user === undefined
        ? undefined
        : call.state.users.has(user)
          ? directChannel(call.state, user, call.app.botUserId)
          : undefined
    if (!channel) return refuse(user === undefined ? 'channel_not_found' : 'user_not_found')
    return { ok: true, channel: args.return_im ? channelWire(call, channel) : { id: channel.id } }
  },
})

/** conversations.*. */
export const conversationMethods: readonly Method[] = [history, replies, info, list, join, members, open]
