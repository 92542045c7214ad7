import { World } from '../../../src/core/world/world.ts'
import type { Organization, Person } from './cast.ts'
import { before } from './moments.ts'
import type { Random } from './random.ts'
import type { Service } from './service-record.ts'

/** A world being written: the acts of the builder add to it, `build` checks it. */
export interface Draft {
  readonly random: Random
  readonly now: string
  readonly organization: Organization
  readonly people: readonly Person[]
  readonly world: World
  readonly services: Map<string, Service>
}

/** The login of somebody of the cast. */
export function someone(draft: Draft): string {
  return draft.random.pick(draft.people).login
}

/** Some moment of the working day about `days` days before now. */
export function daysAgo(draft: Draft, days: number): string {
  const midnight = Date.parse(`${before(draft.now, `${days}d`).slice(0, 10)}T00:00:00Z`)
  const at = midnight + draft.random.int(8 * 3600, 17 * 3600) * 1000 + draft.random.int(0, 999)
  return new Date(Math.min(at, Date.parse(draft.now) - 3_600_000)).toISOString()
}

/** The Railway project every service of this company stands in. */
export function railwayProject(draft: Draft): World['railway']['projects'][number] {
  const project = draft.world.railway.projects[0]
  if (project === undefined) throw new Error('a draft always has one Railway project')
  return project
}

/** The repository called `name`; throws when nobody made it. */
export function repositoryOf(draft: Draft, name: string): World['github']['repositories'][number] {
  const found = draft.world.github.repositories.find((repository) => repository.name === name)
  if (!found) throw new Error(`no repository ${name} in this world`)
  return found
}

/** A company with its systems set up and nothing in them yet. */
export function createDraft(random: Random, now: string, organization: Organization, people: readonly Person[]): Draft {
  const createdAt = before(now, '720d5h13m')
  const world = World.parse({
    header: { version: 1, now, organization, people, services: [] },
    sentry: {
      organization: { id: String(random.int(4_000_000, 4_999_999)), slug: organization.slug, name: organization.name, createdAt },
      projects: [],
    },
    railway: {
      workspace: { id: random.uuid(), name: organization.name },
      projects: [
        {
          id: random.uuid(),
          name: organization.slug,
          createdAt,
          services: [],
          instances: [],
          environments: [
            { id: random.uuid(), name: 'production' },
            { id: random.uuid(), name: 'staging' },
          ],
        },
      ],
    },
    kubernetes: { cluster: `${organization.slug}-prod`, objects: [], metrics: { pods: [], nodes: [] } },
    github: { repositories: [] },
    supabase: {
      project: { ref: random.letters(20), name: organization.slug, organization: { id: random.letters(20), name: organization.name }, createdAt },
      schemaSql: '',
      dataSql: '',
    },
    logs: [],
    docs: {},
  })
  return { random, now, organization, people, world, services: new Map() }
}
