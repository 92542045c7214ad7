import type { Context } from 'hono'
import type { SentryIssue, SentryWorld } from '../../../src/core/world/sentry.ts'
import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps } from '../service.ts'
import { createDatasets, type DatasetName, type Row } from './datasets.ts'
import { badRequest, notFound, paramsOf } from './responses.ts'
import type { TimeWindow } from './time-window.ts'

/** What every route of the simulated Sentry works on. */
export interface SentryState {
  readonly world: World
  readonly sentry: SentryWorld
  readonly rows: (name: DatasetName) => readonly Row[]
  now(): Date
}

export type SentryProject = SentryWorld['projects'][number]

/** The state of a Sentry over `world`. */
export function createState(world: World, { clock }: LabDeps): SentryState {
  return { world, sentry: world.sentry, rows: createDatasets(world), now: () => clock.now() }
}

/** The project with this slug or id; 404 without one. */
export function projectOf({ sentry }: SentryState, slugOrId: string): SentryProject {
  const project = sentry.projects.find((each) => each.slug === slugOrId || each.id === slugOrId)
  if (project === undefined) throw notFound()
  return project
}

/** The issue a path names by its number or its short id; 404 without one. */
export function issueOf({ sentry }: SentryState, id: string): SentryIssue {
  const issue = sentry.issues.find((each) => each.id === id || each.shortId.toUpperCase() === id.toUpperCase())
  if (issue === undefined) throw notFound()
  return issue
}

/** The slugs of the projects a request is about: `project` (ids or slugs, -1 for all) or `projectSlug`, else all. 400 for one that does not exist. */
export function projectFilter(c: Context, { sentry }: SentryState): ReadonlySet<string> {
  const params = paramsOf(c)
  const asked = [...params.getAll('project'), ...params.getAll('projectSlug')].filter((value) => value !== '' && value !== '-1')
  if (asked.length === 0) return new Set(sentry.projects.map((project) => project.slug))
  return new Set(asked.map((value) => {
    const project = sentry.projects.find((each) => each.id === value || each.slug === value)
    if (project === undefined) throw badRequest('Invalid project parameter. Values must be numbers or slugs of projects you can see.')
    return project.slug
  }))
}

/** The environments a request asks for; none means all. */
export function environmentFilter(c: Context): ReadonlySet<string> {
  return new Set(paramsOf(c).getAll('environment').filter((name) => name !== ''))
}

interface RowScope {
  readonly projects: ReadonlySet<string>
  readonly environments: ReadonlySet<string>
  readonly window: TimeWindow
}

/** The rows of a dataset inside a scope, newest first. Nothing after the world's now exists yet. */
export function rowsIn(state: SentryState, dataset: DatasetName, { projects, environments, window }: RowScope): Row[] {
  const end = Math.min(window.end, state.now().getTime())
  return state.rows(dataset).filter((row) =>
    row.at >= window.start && row.at <= end && projects.has(row.project)
    && (environments.size === 0 || (row.environment !== undefined && environments.has(row.environment))))
}
