import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient, Repository } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const Deployment = z.object({
  id: z.number(), repository: z.string(), environment: z.string(), sha: z.string(), ref: z.string(), description: z.string().nullable(), creator: z.string(), createdAt: z.string(),
  state: z.string(), stateAt: z.string().nullable(), logUrl: z.string().nullable(),
})
type Deployment = z.infer<typeof Deployment>

/** Deployments recorded on GitHub in a window, with their last status. */
export const listDeployments = defineTool<GithubClient>()({
  name: 'github_list_deployments',
  title: 'List deployments',
  useWhen: 'Use when you need to know which commit went to which environment, when, and whether that succeeded.',
  input: z.object({ repository: repositoryField, environment: entityField('environment', 'Environment name').optional(), ...windowFields, limit: limitField(15, 50), cursor: cursorField }),
  output: z.object({ deployments: z.array(Deployment) }),
  operations: [repositoryRead('deployments'), repositoryRead('deployments/{deployment}/statuses')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 3 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const query = { per_page: args.limit, page, ...(args.environment === undefined ? {} : { environment: args.environment }) }
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => (await client.deployments(repository, query)).map((deployment) => ({ repository, deployment }))))
    const within = lists.flat().filter(({ deployment }) => Date.parse(deployment.created_at) >= window.start.getTime() && Date.parse(deployment.created_at) < window.end.getTime())
      .sort((a, b) => b.deployment.created_at.localeCompare(a.deployment.created_at)).slice(0, args.limit)
    const deployments = await Promise.all(within.map(async ({ repository, deployment }) => withStatus(repository, deployment, client)))
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const nothing = `GitHub records no deployment between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { deployments },
      text: deployments.length === 0 ? `${nothing}.` : deployments.map(deploymentLine).join('\n'),
      entities: deployments.flatMap(deploymentEntities),
      signals: deployments.length === 0 ? [makeSignal('absence', 0, nothing)] : deployments.map(deploymentSignal),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

async function withStatus(repository: Repository, deployment: Awaited<ReturnType<GithubClient['deployments']>>[number], client: GithubClient): Promise<Deployment> {
  const statuses = await client.deploymentStatuses(repository, deployment.id)
  const [last] = statuses.toSorted((a, b) => b.created_at.localeCompare(a.created_at))
  const { id, environment, sha, ref } = deployment
  return {
    id, repository: repository.fullName, environment, sha, ref, description: deployment.description ?? null, creator: deployment.creator?.login ?? 'unknown', createdAt: deployment.created_at,
    state: last?.state ?? 'pending', stateAt: last?.created_at ?? null, logUrl: last?.log_url === '' ? null : (last?.log_url ?? null),
  }
}

function deploymentLine({ id, repository, environment, sha, ref, creator, createdAt, state, stateAt, description }: Deployment): string {
  return `Deployment ${id} of ${sha.slice(0, 12)} (${ref}) to ${environment} [${repository}] by ${creator} at ${utc(createdAt)}: ${state}${stateAt === null ? '' : ` at ${utc(stateAt)}`}${description === null || description === '' ? '' : `, ${description}`}`
}

function deploymentEntities({ id, repository, environment, sha, creator, createdAt }: Deployment): Entity[] {
  return [
    { kind: 'deployment', value: String(id), at: createdAt }, { kind: 'commit', value: sha }, { kind: 'environment', value: environment }, { kind: 'repository', value: repository }, { kind: 'user', value: creator },
  ]
}

function deploymentSignal(deployment: Deployment): Signal {
  const failed = /^(?:failure|error)$/.test(deployment.state)
  return makeSignal(failed ? 'error' : 'change', failed ? 2 : 1, deploymentLine(deployment), { at: deployment.stateAt ?? deployment.createdAt, about: deploymentEntities(deployment), says: deployment.description ?? '' })
}
