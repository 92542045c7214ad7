import { directChannel, findChannel } from '../state.ts'
import type { Refusal, SlackChannel } from '../records.ts'
import { refuse, refuseScope, type Call } from './method.ts'

const readScopes = { public: 'channels', private: 'groups', im: 'im' } as const

/** What an app wants with a channel: read its messages, know it, write in it, or link to it (which needs no scope). */
export type Purpose = 'history' | 'read' | 'write' | 'link'

/**
 * The channel an app names, if it may have it for this purpose; else `channel_not_found` (unknown, or private and not a
 * member), `not_in_channel`, `is_archived` or `missing_scope`. A user id as channel is the direct message with that user.
 */
export function reachChannel(
  call: Call,
  reference: string,
  purpose: Purpose,
): { readonly ok: true; readonly channel: SlackChannel } | Refusal {
  const { state, app } = call
  const person = purpose === 'write' ? state.users.get(reference) : undefined
  const channel =
    person && !person.isBot ? directChannel(state, person.id, app.botUserId) : findChannel(state, reference)
  if (!channel) return refuse('channel_not_found')
  const member = channel.members.has(app.botUserId)
  if (!member && channel.kind !== 'public') return refuse('channel_not_found')
  if (purpose === 'write') {
    if (channel.archived) return refuse('is_archived')
    if (!member && !app.scopes.has('chat:write.public')) return refuse('not_in_channel')
    return { ok: true, channel }
  }
  if (purpose === 'link') return { ok: true, channel }
  const scope = `${readScopes[channel.kind]}:${purpose}`
  if (!app.scopes.has(scope)) return refuseScope(app, scope)
  if (purpose === 'history' && !member) return refuse('not_in_channel')
  return { ok: true, channel }
}
