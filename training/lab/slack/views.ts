import { z } from 'zod'
import { checkBlocks, describeIssues, refuseWith } from './blocks/check.ts'
import { plainText } from './blocks/text.ts'
import { identified } from './posting.ts'
import type { InstalledApp, Refusal, SlackView } from './records.ts'
import type { WorkspaceState } from './state.ts'

/** An open view and the person it is open for. */
export type OpenView = SlackView & { readonly openedBy: string }

type Content = Pick<
  SlackView,
  | 'type'
  | 'blocks'
  | 'private_metadata'
  | 'callback_id'
  | 'external_id'
  | 'clear_on_close'
  | 'notify_on_close'
  | 'title'
  | 'close'
  | 'submit'
>
type Shown = { readonly ok: true; readonly view: SlackView } | Refusal

const wireObject = z.record(z.string(), z.unknown())

const givenView = z.strictObject({
  type: z.enum(['modal', 'home']),
  title: plainText(24).pipe(wireObject).optional(),
  close: plainText(24).pipe(wireObject).nullish(),
  submit: plainText(24).pipe(wireObject).nullish(),
  blocks: z.unknown(),
  private_metadata: z.string().max(3000).default(''),
  callback_id: z.string().max(255).default(''),
  external_id: z.string().max(255).default(''),
  clear_on_close: z.boolean().default(false),
  notify_on_close: z.boolean().default(false),
  submit_disabled: z.boolean().optional(),
})

/** Parses a view as an app gives it; refused as `invalid_arguments` with each fault named, as Slack does for views. */
function checkView(given: unknown, type: 'modal' | 'home'): { readonly ok: true; readonly content: Content } | Refusal {
  const parsed = givenView.safeParse(given, { reportInput: true })
  if (!parsed.success) return refuseWith('invalid_arguments', describeIssues(parsed.error.issues, '/view'))
  const { title, close, submit, submit_disabled: _ignored, ...view } = parsed.data
  if (view.type !== type) return refuseWith('invalid_arguments', [`must be a ${type} view [json-pointer:/view/type]`])
  const checked = checkBlocks(view.blocks, type, '/view/blocks')
  if (!checked.ok) return { ...checked, error: 'invalid_arguments' }
  const asks = checked.blocks.some((candidate) => candidate.type === 'input')
  if (type === 'modal' && title === undefined)
    return refuseWith('invalid_arguments', ['missing required field: title [json-pointer:/view]'])
  if (type === 'modal' && asks && !submit)
    return refuseWith('invalid_arguments', ['missing required field: submit [json-pointer:/view]'])
  return {
    ok: true,
    content: {
      ...view,
      blocks: checked.blocks,
      ...(title ? { title } : {}),
      close: close ?? null,
      submit: submit ?? null,
    },
  }
}

function freshHash(state: WorkspaceState): string {
  return `${state.ids.seconds()}.${crypto.randomUUID().slice(0, 8)}`
}

function buildView(
  state: WorkspaceState,
  app: InstalledApp,
  content: Content,
  id: string,
  previous: SlackView | undefined,
): SlackView {
  return {
    ...content,
    id,
    team_id: state.team.id,
    blocks: identified(state, content.blocks),
    state: { values: {} },
    hash: freshHash(state),
    root_view_id: previous?.root_view_id ?? id,
    previous_view_id: previous?.id ?? null,
    app_id: app.id,
    bot_id: app.botId,
    app_installed_team_id: state.team.id,
  }
}

/** A view as it goes over the wire. */
export function withoutOpener(view: SlackView & { readonly openedBy?: string }): SlackView {
  const { openedBy: _own, ...wire } = view
  return wire
}

/** Opens a modal for a user, on top of `previous` if given. Used by views.open and views.push and by answers to a submission. */
export function showModal(
  state: WorkspaceState,
  app: InstalledApp,
  user: string,
  given: unknown,
  previous?: SlackView,
): Shown {
  const checked = checkView(given, 'modal')
  if (!checked.ok) return checked
  const view = buildView(state, app, checked.content, state.ids.id('V'), previous)
  state.views.set(view.id, { ...view, openedBy: user })
  state.announce({ kind: 'view', user, view })
  return { ok: true, view }
}

/** Replaces an open modal's content in place. */
export function replaceModal(state: WorkspaceState, existing: OpenView, given: unknown): Shown {
  const checked = checkView(given, 'modal')
  if (!checked.ok) return checked
  Object.assign(existing, checked.content, {
    blocks: identified(state, checked.content.blocks),
    hash: freshHash(state),
  })
  const view = withoutOpener(existing)
  state.announce({ kind: 'view', user: existing.openedBy, view })
  return { ok: true, view }
}

/** Publishes an app's Home for a user. */
export function publishHome(state: WorkspaceState, app: InstalledApp, user: string, given: unknown): Shown {
  const checked = checkView(given, 'home')
  if (!checked.ok) return checked
  const view = buildView(state, app, checked.content, state.homeViews.get(user)?.id ?? state.ids.id('V'), undefined)
  state.homeViews.set(user, view)
  state.announce({ kind: 'view', user, view })
  return { ok: true, view }
}
