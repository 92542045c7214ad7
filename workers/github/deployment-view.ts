import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { utc } from '../kit/plain-text.ts'
import type { GithubClient, Repository } from './client.ts'
import type { DeploymentShape, DeploymentStatusShape } from './delivery-shapes.ts'

/** A deployment as the tools give it back; `state` is its last one. */
export const Deployment = z.object({
  id: z.number(), repository: z.string(), environment: z.string(), sha: z.string(), ref: z.string(), description: z.string().nullable(), creator: z.string(), createdAt: z.string(),
  state: z.string(), stateAt: z.string().nullable(), logUrl: z.string().nullable(),
})
export type Deployment = z.infer<typeof Deployment>

/** GitHub's deployment as ours, with the last of its statuses. */
export function deploymentOf({ fullName }: Repository, deployment: DeploymentShape, statuses: readonly DeploymentStatusShape[]): Deployment {
  const [last] = statuses.toSorted((a, b) => b.created_at.localeCompare(a.created_at))
  const { id, environment, sha, ref } = deployment
  return {
    id, repository: fullName, environment, sha, ref, description: deployment.description ?? null, creator: deployment.creator?.login ?? 'unknown', createdAt: deployment.created_at,
    state: last?.state ?? 'pending', stateAt: last?.created_at ?? null, logUrl: last?.log_url === '' ? null : (last?.log_url ?? null),
  }
}

/** GitHub's deployment as ours; its statuses are fetched. */
export async function withStatus(repository: Repository, deployment: DeploymentShape, client: GithubClient): Promise<Deployment> {
  return deploymentOf(repository, deployment, await client.deploymentStatuses(repository, deployment.id, 10))
}

/** The deployment as one line of text. */
export function deploymentLine({ id, repository, environment, sha, ref, creator, createdAt, state, stateAt, description }: Deployment): string {
  return `Deployment ${id} of ${sha.slice(0, 12)} (${ref}) to ${environment} [${repository}] by ${creator} at ${utc(createdAt)}: ${state}${stateAt === null ? '' : ` at ${utc(stateAt)}`}${description === null || description === '' ? '' : `, ${description}`}`
}

/** The deployment with its commit, environment, repository and creator. */
export function deploymentEntities({ id, repository, environment, sha, creator, createdAt }: Deployment): Entity[] {
  return [
    { kind: 'deployment', value: String(id), at: createdAt }, { kind: 'commit', value: sha }, { kind: 'environment', value: environment }, { kind: 'repository', value: repository }, { kind: 'user', value: creator },
  ]
}

/** What still runs where the newest deployment of a place failed. Deployments newest first, of one repository and environment or of several. */
export function stillRunning(deployments: readonly Deployment[]): Signal[] {
  const places = [...Map.groupBy(deployments, ({ repository, environment }) => `${repository} ${environment}`).values()]
  return places.flatMap((all) => {
    const live = all.findIndex(({ state }) => state === 'success')
    const failed = all.slice(0, live === -1 ? all.length : live).filter(isFailed)
    const [last, running] = [failed[0], all[live]]
    if (last === undefined || running === undefined) return []
    const text = `${running.environment} of ${running.repository} still runs ${running.sha.slice(0, 12)} (since ${utc(running.stateAt ?? running.createdAt)}): ${failed.length} newer deployments failed, the last of ${last.sha.slice(0, 12)} at ${utc(last.createdAt)}`
    return [makeSignal('state', 2, text, { at: failed.at(-1)?.createdAt, count: failed.length, about: [{ kind: 'commit', value: running.sha }, ...deploymentEntities(last)], says: '' })]
  })
}

function isFailed({ state }: Deployment): boolean {
  return /^(?:failure|error)$/.test(state)
}

/** The deployment as a change, or as an error where it failed. */
export function deploymentSignal(deployment: Deployment): Signal {
  const failed = isFailed(deployment)
  return makeSignal(failed ? 'error' : 'change', failed ? 2 : 1, deploymentLine(deployment), { at: deployment.stateAt ?? deployment.createdAt, about: deploymentEntities(deployment), says: deployment.description ?? '' })
}
