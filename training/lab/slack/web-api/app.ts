import { z } from 'zod'
import { checkBlocks } from '../blocks/check.ts'
import { json, required } from './arguments.ts'
import { defineMethod, refuse, type Method } from './method.ts'

const authTest = defineMethod({
  name: 'auth.test',
  tier: 'special',
  args: z.looseObject({}),
  run: ({ state, app }) => ({
    ok: true,
    url: `https://${state.team.domain}.slack.com/`,
    team: state.team.name,
    user: state.users.get(app.botUserId)?.name,
    team_id: state.team.id,
    user_id: app.botUserId,
    bot_id: app.botId,
    is_enterprise_install: false,
  }),
})

const openConnection = defineMethod({
  name: 'apps.connections.open',
  tier: 'tier1',
  token: 'app',
  args: z.looseObject({}),
  run: (call) =>
    call.app.requestUrl === undefined ? { ok: true, url: call.socketUrl(call.app) } : refuse('socket_mode_not_enabled'),
})

const botInfo = defineMethod({
  name: 'bots.info',
  tier: 'tier3',
  scope: 'users:read',
  args: z.looseObject({ bot: required }),
  run: ({ state }, args) => {
    const app = [...state.apps.values()].find((candidate) => candidate.botId === args.bot)
    return app
      ? {
          ok: true,
          bot: {
            id: app.botId,
            deleted: false,
            name: app.name,
            updated: state.ids.seconds(),
            app_id: app.id,
            user_id: app.botUserId,
            icons: {},
          },
        }
      : refuse('bot_not_found')
  },
})

const teamInfo = defineMethod({
  name: 'team.info',
  tier: 'tier3',
  scope: 'team:read',
  args: z.looseObject({}),
  run: ({ state }) => ({ ok: true, team: { ...state.team, email_domain: '', icon: {}, avatar_base_url: '' } }),
})

const validateBlocks = defineMethod({
  name: 'blocks.validate',
  tier: 'tier4',
  args: z.looseObject({ blocks: json }),
  run: (_call, args) => {
    const checked = checkBlocks(args.blocks, 'message')
    return checked.ok ? { ok: true } : checked
  },
})

/** What an app asks about itself and its surroundings. */
export const appMethods: readonly Method[] = [authTest, openConnection, botInfo, teamInfo, validateBlocks]
