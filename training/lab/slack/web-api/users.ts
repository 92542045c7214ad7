import { z } from 'zod'
import type { SlackUser, WireObject } from '../records.ts'
import { page, required, takePage } from './arguments.ts'
import { defineMethod, refuse, type Call, type Method } from './method.ts'

function userWire(call: Call, user: SlackUser): WireObject {
  return {
    id: user.id,
    team_id: call.state.team.id,
    name: user.name,
    deleted: false,
    real_name: user.realName,
    tz: 'Etc/UTC',
    tz_offset: 0,
    is_admin: false,
    is_bot: user.isBot,
    is_app_user: false,
    updated: call.state.ids.seconds(),
    profile: {
      real_name: user.realName,
      display_name: user.name,
      // An address is shown only to apps that may read addresses.
      ...(call.app.scopes.has('users:read.email') && !user.isBot ? { email: user.email } : {}),
      ...(user.isBot ? { bot_id: user.botId, api_app_id: user.appId } : {}),
    },
  }
}

const info = defineMethod({
  name: 'users.info',
  tier: 'tier4',
  scope: 'users:read',
  args: z.looseObject({ user: required }),
  run: (call, args) => {
    const user = call.state.users.get(args.user)
    return user ? { ok: true, user: userWire(call, user) } : refuse('user_not_found')
  },
})

const list = defineMethod({
  name: 'users.list',
  tier: 'tier2',
  scope: 'users:read',
  args: z.looseObject(page),
  run: (call, args) => {
    const paged = takePage([...call.state.users.values()], Math.min(args.limit || 1000, 1000), args.cursor)
    if (!paged) return refuse('invalid_cursor')
    return {
      ok: true,
      members: paged.items.map((user) => userWire(call, user)),
      cache_ts: call.state.ids.seconds(),
      response_metadata: { next_cursor: paged.nextCursor },
    }
  },
})

const lookupByEmail = defineMethod({
  name: 'users.lookupByEmail',
  tier: 'tier3',
  scope: 'users:read.email',
  args: z.looseObject({ email: required }),
  run: (call, args) => {
    const user = [...call.state.users.values()].find((candidate) => !candidate.isBot && candidate.email === args.email)
    return user ? { ok: true, user: userWire(call, user) } : refuse('users_not_found')
  },
})

/** users.*. */
export const userMethods: readonly Method[] = [info, list, lookupByEmail]
