import type { GithubWorld } from '../../../src/core/world/github.ts'
import type { KubernetesWorld } from '../../../src/core/world/kubernetes.ts'
import type { RailwayWorld } from '../../../src/core/world/railway.ts'
import type { SentryWorld } from '../../../src/core/world/sentry.ts'
import type { SupabaseWorld } from '../../../src/core/world/supabase.ts'
import type { WorldHeader } from '../../../src/core/world/world.ts'

const nowhere = '00000000-0000-4000-8000-000000000000'

/** A Sentry organisation with no project. */
export function emptySentry({ organization, now }: WorldHeader): SentryWorld {
  return {
    organization: { id: '1', slug: organization.slug, name: organization.name, createdAt: now },
    teams: [], projects: [], issues: [], releases: [], monitors: [], uptime: [], traces: [], alertRules: [], replays: [],
  }
}

/** A Railway workspace with one project in which nothing runs. */
export function emptyRailway({ organization, now }: WorldHeader): RailwayWorld {
  return {
    workspace: { id: nowhere, name: organization.name },
    projects: [{
      id: nowhere, name: organization.slug, description: '', createdAt: now,
      environments: [{ id: nowhere, name: 'production', ephemeral: false }],
      services: [], instances: [], deployments: [], volumes: [], activity: [], stagedChanges: [],
    }],
    platform: { stable: true },
  }
}

/** A cluster with no objects and no metrics server. */
export function emptyKubernetes({ organization }: WorldHeader): KubernetesWorld {
  return { cluster: organization.slug, version: 'v1.31.4', objects: [], metrics: null }
}

/** A GitHub organisation with no repository. */
export function emptyGithub(): GithubWorld {
  return { repositories: [] }
}

/** A healthy Supabase project with an empty database; its `project.json`, before defaults. */
export function emptySupabaseProject({ organization, now }: WorldHeader): unknown {
  return { ref: 'a'.repeat(20), name: organization.slug, organization: { id: organization.slug, name: organization.name }, createdAt: now }
}

/** The database of that project. */
export const emptyDatabase: Pick<SupabaseWorld, 'schemaSql' | 'dataSql'> = { schemaSql: '', dataSql: '' }
