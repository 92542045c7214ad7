import { z } from 'zod'
import type { SlackChannel, SlackMessage } from '../records.ts'
import { findMessage, type WorkspaceState } from '../state.ts'
import type { EventFeed } from '../events.ts'
import { required } from './arguments.ts'
import { defineMethod, refuse, type Call, type Method } from './method.ts'
import { reachChannel } from './reach.ts'

/** Adds or takes back one user's reaction and sends the event; answers Slack's error code when there is nothing to do. */
export function react(
  parts: { state: WorkspaceState; feed: EventFeed },
  change: 'added' | 'removed',
  channel: SlackChannel,
  message: SlackMessage,
  user: string,
  name: string,
): string | undefined {
  const reaction = message.reactions?.find((candidate) => candidate.name === name)
  const has = reaction?.users.includes(user) ?? false
  if (change === 'added') {
    if (has) return 'already_reacted'
    if (reaction) reaction.users.push(user)
    else message.reactions = [...(message.reactions ?? []), { name, users: [user] }]
  } else {
    if (!reaction || !has) return 'no_reaction'
    reaction.users = reaction.users.filter((other) => other !== user)
    message.reactions = (message.reactions ?? []).filter((candidate) => candidate.users.length > 0)
  }
  parts.state.announce({ kind: 'message_changed', channel: channel.id, message })
  const item = { type: 'message', channel: channel.id, ts: message.ts }
  parts.feed.inChannel(channel, {
    type: `reaction_${change}`,
    user,
    reaction: name,
    item,
    item_user: message.user,
    event_ts: parts.state.ids.ts(),
  })
  return undefined
}

function found(
  call: Call,
  args: { channel: string; timestamp: string },
): { readonly ok: true; readonly channel: SlackChannel; readonly message: SlackMessage } | ReturnType<typeof refuse> {
  const reached = reachChannel(call, args.channel, 'write')
  if (!reached.ok) return reached
  const message = findMessage(call.state, reached.channel.id, args.timestamp)
  return message ? { ok: true, channel: reached.channel, message } : refuse('message_not_found')
}

function reactionMethod(name: string, change: 'added' | 'removed', tier: Method['tier']): Method {
  return defineMethod({
    name,
    tier,
    scope: 'reactions:write',
    args: z.looseObject({ channel: required, timestamp: required, name: required }),
    run: (call, args) => {
      const target = found(call, args)
      if (!target.ok) return target
      if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(args.name)) return refuse('invalid_name')
      const error = react(call, change, target.channel, target.message, call.app.botUserId, args.name)
      return error === undefined ? { ok: true } : refuse(error)
    },
  })
}

const get = defineMethod({
  name: 'reactions.get',
  tier: 'tier3',
  scope: 'reactions:read',
  args: z.looseObject({ channel: required, timestamp: required }),
  run: (call, args) => {
    const target = found(call, args)
    if (!target.ok) return target
    const reactions = (target.message.reactions ?? []).map((reaction) => ({
      ...reaction,
      count: reaction.users.length,
    }))
    return { ok: true, type: 'message', channel: target.channel.id, message: { ...target.message, reactions } }
  },
})

/** reactions.*. */
export const reactionMethods: readonly Method[] = [
  reactionMethod('reactions.add', 'added', 'tier3'),
  reactionMethod('reactions.remove', 'removed', 'tier2'),
  get,
]
