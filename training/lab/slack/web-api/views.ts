import { z } from 'zod'
import type { Answer, SlackView } from '../records.ts'
import { publishHome, replaceModal, showModal } from '../views.ts'
import { json, optionalText, required } from './arguments.ts'
import { defineMethod, refuse, type Call, type Method } from './method.ts'

function openedByTrigger(call: Call, trigger: string, given: unknown, previous?: SlackView): Answer {
  const exchanged = call.triggers.exchange(trigger, call.app.id)
  if ('error' in exchanged) return refuse(exchanged.error)
  return showModal(call.state, call.app, exchanged.user, given, previous)
}

const open = defineMethod({
  name: 'views.open',
  tier: 'tier4',
  args: z.looseObject({ trigger_id: required, view: json }),
  run: (call, args) => openedByTrigger(call, args.trigger_id, args.view),
})

const maxStack = 3

const push = defineMethod({
  name: 'views.push',
  tier: 'tier4',
  args: z.looseObject({ trigger_id: required, view: json }),
  run: (call, args) => {
    const mine = [...call.state.views.values()].filter((view) => view.app_id === call.app.id)
    if (mine.length >= maxStack) return refuse('push_limit_reached')
    return openedByTrigger(call, args.trigger_id, args.view, mine.at(-1))
  },
})

const update = defineMethod({
  name: 'views.update',
  tier: 'tier4',
  args: z.looseObject({ view_id: optionalText, external_id: optionalText, hash: optionalText, view: json }),
  run: (call, args) => {
    const existing = [...call.state.views.values()].find(
      (view) => view.id === args.view_id || (args.external_id !== undefined && view.external_id === args.external_id),
    )
    if (!existing || existing.app_id !== call.app.id) return refuse('not_found')
    if (args.hash && args.hash !== existing.hash) return refuse('hash_conflict')
    return replaceModal(call.state, existing, args.view)
  },
})

const publish = defineMethod({
  name: 'views.publish',
  tier: 'tier4',
  args: z.looseObject({ user_id: required, hash: optionalText, view: json }),
  run: (call, args) => {
    if (!call.state.users.has(args.user_id)) return refuse('user_not_found')
    const previous = call.state.homeViews.get(args.user_id)
    if (args.hash && previous && args.hash !== previous.hash) return refuse('hash_conflict')
    return publishHome(call.state, call.app, args.user_id, args.view)
  },
})

/** views.*. */
export const viewMethods: readonly Method[] = [open, push, update, publish]
