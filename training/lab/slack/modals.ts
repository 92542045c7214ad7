import { z } from 'zod'
import { chosen, elementsOf } from './elements.ts'
import type { Interactions } from './interactions.ts'
import type { InstalledApp, WireObject } from './records.ts'
import type { WorkspaceState } from './state.ts'
import { replaceModal, showModal, withoutOpener, type OpenView } from './views.ts'

/** What became of a submission: sent and accepted, refused with messages per block, or not answered in time. */
export type Submission =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'errors'; readonly errors: Readonly<Record<string, string>> }
  | { readonly outcome: 'not_acknowledged' }

export interface Modals {
  /** Submits an open modal with what was entered, by action id. Required and too long fields are refused before anything is sent, as Slack's client does. */
  submit(user: string, viewId: string, entered: Readonly<Record<string, string>>): Promise<Submission>
  /** Closes an open modal; the app hears of it if the view asks for that. */
  close(user: string, viewId: string): void
}

const ResponseAction = z.discriminatedUnion('response_action', [
  z.looseObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.looseObject({ response_action: z.literal('update'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('push'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('clear') }),
])

const Limits = z.looseObject({ min_length: z.number().default(0), max_length: z.number().default(3000) })

function fault(block: WireObject, element: WireObject, value: string | undefined): string | undefined {
  if (!value) return block['optional'] === true ? undefined : 'Please complete this required field.'
  if (element['type'] !== 'plain_text_input') return undefined
  const { min_length: min, max_length: max } = Limits.parse(element)
  if (value.length < min) return `Please enter at least ${min} characters.`
  return value.length > max ? `Please enter at most ${max} characters.` : undefined
}

/** The wire's state.values for what was entered. */
function stateValues(view: OpenView, entered: Readonly<Record<string, string>>): WireObject {
  const values: Record<string, WireObject> = {}
  for (const { blockId, element } of elementsOf(view.blocks)) {
    const actionId = element['action_id']
    if (typeof actionId !== 'string') continue
    const given = entered[actionId]
    const said = chosen(element, given)
    if (said && element['type'] !== 'button') values[blockId] = { ...values[blockId], [actionId]: said }
  }
  return values
}

/** The modals people have open. */
export function createModals(state: WorkspaceState, interactions: Interactions): Modals {
  const openView = (user: string, viewId: string): OpenView => {
    const view = state.views.get(viewId)
    if (!view || view.openedBy !== user)
      throw new Error(`${user} has no open view ${viewId}; state.views lists the open ones.`)
    return view
  }
  const appOf = (view: OpenView): InstalledApp => {
    const app = state.apps.get(view.app_id)
    if (!app) throw new Error(`No app ${view.app_id} is installed.`)
    return app
  }
  const dismiss = (user: string, viewId: string) => {
    state.views.delete(viewId)
    state.announce({ kind: 'view_closed', user, viewId })
  }

  const follow = (user: string, view: OpenView, body: unknown): Submission => {
    const action = ResponseAction.safeParse(body)
    if (!action.success) {
      dismiss(user, view.id)
      return { outcome: 'accepted' }
    }
    switch (action.data.response_action) {
      case 'errors':
        return { outcome: 'errors', errors: action.data.errors }
      case 'update':
        replaceModal(state, view, action.data.view)
        break
      case 'push':
        showModal(state, appOf(view), user, action.data.view, view)
        break
      case 'clear':
        for (const open of [...state.views.values()])
          if (open.root_view_id === view.root_view_id) dismiss(user, open.id)
        break
    }
    return { outcome: 'accepted' }
  }

  return {
    submit: async (user, viewId, entered) => {
      const view = openView(user, viewId)
      const errors: Record<string, string> = {}
      for (const block of view.blocks.filter((candidate) => candidate.type === 'input')) {
        for (const { blockId, element } of elementsOf([block])) {
          const problem = fault(block, element, entered[String(element['action_id'])])
          if (problem !== undefined) errors[blockId] = problem
        }
      }
      if (Object.keys(errors).length > 0) return { outcome: 'errors', errors }
      view.state = { values: stateValues(view, entered) }
      const answer = await interactions.view(appOf(view), user, 'view_submission', withoutOpener(view))
      return answer.acknowledged ? follow(user, view, answer.body) : { outcome: 'not_acknowledged' }
    },
    close: (user, viewId) => {
      const view = openView(user, viewId)
      dismiss(user, viewId)
      if (view.notify_on_close) void interactions.view(appOf(view), user, 'view_closed', withoutOpener(view))
    },
  }
}
