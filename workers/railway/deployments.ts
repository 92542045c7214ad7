import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'

const Meta = z.looseObject({
  commitHash: z.string().nullish(), commitMessage: z.string().nullish(), commitAuthor: z.string().nullish(), branch: z.string().nullish(),
  repo: z.string().nullish(), image: z.string().nullish(), reason: z.string().nullish(),
})

/** What a deployment was made of; parsed from its loose `meta`. */
export const DeploymentMeta = z.unknown().transform((value) => Meta.safeParse(value ?? {}).data ?? {})

const Node = z.object({
  id: z.string(),
  status: z.string(),
  createdAt: z.string(),
  statusUpdatedAt: z.string().nullish(),
  meta: DeploymentMeta,
  serviceId: z.string().nullish(),
  creator: z.object({ name: z.string().nullish() }).nullish(),
})

/** The answer of the document list_deployments. */
export const Deployments = z.object({
  deployments: z.object({ pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }), edges: z.array(z.object({ node: Node })) }),
})

/** A deployment with the name of its service. */
export type Deployment = z.infer<typeof Node> & { readonly service: string }

/** A deployment as tools return it. */
export const DeploymentSummary = z.object({
  deployment: z.string(), service: z.string(), status: z.string(), createdAt: z.string(), statusAt: z.string().nullable(),
  commit: z.string().nullable(), message: z.string().nullable(), author: z.string().nullable(), branch: z.string().nullable(),
  image: z.string().nullable(), reason: z.string().nullable(),
})
export type DeploymentSummary = z.infer<typeof DeploymentSummary>

/** The part of a deployment that matters to a reader. */
export function summaryOf(deployment: Deployment): DeploymentSummary {
  const { meta } = deployment
  return {
    deployment: deployment.id,
    service: deployment.service,
    status: deployment.status,
    createdAt: deployment.createdAt,
    statusAt: deployment.statusUpdatedAt ?? null,
    commit: meta.commitHash ?? null,
    message: meta.commitMessage ?? null,
    author: meta.commitAuthor ?? deployment.creator?.name ?? null,
    branch: meta.branch ?? null,
    image: meta.image ?? null,
    reason: meta.reason ?? null,
  }
}

/** What a deployment was made of, in words. */
export function sourceText(summary: DeploymentSummary): string {
  const parts = [
    summary.commit === null ? null : `commit ${summary.commit}${summary.branch === null ? '' : ` on ${summary.branch}`}`,
    summary.message === null ? null : `"${clip(summary.message, 120)}"`,
    summary.author === null ? null : `by ${summary.author}`,
    summary.image === null ? null : `image ${summary.image}`,
    summary.reason === null || summary.reason === 'deploy' ? null : `reason ${summary.reason}`,
  ]
  return parts.filter((part) => part !== null).join(' ')
}

/** One line about a deployment. */
export function deploymentText(summary: DeploymentSummary): string {
  return `${utc(summary.createdAt)} ${summary.service} ${summary.status} ${summary.deployment} ${sourceText(summary)}`.trim()
}

/** The entities a deployment names. */
export function deploymentEntities(summary: DeploymentSummary): Entity[] {
  return [
    { kind: 'service', value: summary.service },
    { kind: 'deployment', value: summary.deployment, at: summary.createdAt, label: `${summary.service} ${summary.status}` },
    ...(summary.commit === null ? [] : [{ kind: 'commit' as const, value: summary.commit, at: summary.createdAt, ...(summary.message === null ? {} : { label: clip(summary.message, 100) }) }]),
    ...(summary.image === null ? [] : [{ kind: 'image' as const, value: summary.image }]),
    ...(summary.author === null ? [] : [{ kind: 'user' as const, value: summary.author }]),
    ...(summary.branch === null ? [] : [{ kind: 'branch' as const, value: summary.branch }]),
  ]
}

const BROKEN = new Set(['CRASHED', 'FAILED'])

/** Whether Railway gave this deployment up. */
export function isBroken(status: string): boolean {
  return BROKEN.has(status)
}

const RECENT_MILLISECONDS = 14 * 86_400_000

/** What a deployment was made of, as short as a signal wants it: a commit by its beginning. */
function shortSource({ commit, message, author, image, deployment }: DeploymentSummary): string {
  const parts = [
    commit === null ? null : `commit ${commit.slice(0, 12)}`, message === null ? null : `"${clip(message, 80)}"`, author === null ? null : `by ${author}`,
    image === null ? null : `image ${image}`, commit === null && image === null ? `deployment ${deployment}` : null,
  ]
  return parts.filter((part) => part !== null).join(' ')
}

/** Where to read why Railway gave a deployment up. */
const READ_ON: Readonly<Record<string, string>> = { FAILED: 'its build log (railway_build_logs) says why', CRASHED: 'its deploy log (railway_deploy_logs) says why' }

/** The variables that were changed before a deployment, and by whom. */
export interface ChangedVariables {
  readonly names: readonly string[]
  readonly actor: string | null
}

/**
 * A deployment as a change (context when older than two weeks), or, when it crashed or failed, as an unhealthy state. One made for
 * a change of variables leads with those, where they are known: its commit is the one that ran before.
 */
export function deploymentSignal(summary: DeploymentSummary, now: Date, changed?: ChangedVariables): Signal {
  const about = deploymentEntities(summary)
  const source = shortSource(summary)
  const { service, status, createdAt, reason } = summary
  if (isBroken(status)) {
    return makeSignal('state', 3, `${service}: the deployment of ${utc(createdAt)} is ${status}: ${source}; ${READ_ON[status] ?? ''}.`, { about, says: '', at: summary.statusAt ?? createdAt })
  }
  if (reason === 'variables') return variablesSignal(summary, now, changed)
  const kind = reason === 'rollback' ? 'rolled back' : reason === 'redeploy' ? 'redeployed' : 'deployed'
  const recent = now.getTime() - new Date(createdAt).getTime() < RECENT_MILLISECONDS
  return makeSignal('change', recent ? 1 : 0, `${service} was ${kind} at ${utc(createdAt)} (${status}): ${source}.`, { about, says: '', at: createdAt })
}

function variablesSignal({ service, status, createdAt, commit, deployment }: DeploymentSummary, now: Date, changed?: ChangedVariables): Signal {
  const recent = now.getTime() - new Date(createdAt).getTime() < RECENT_MILLISECONDS
  const what = changed === undefined ? 'variables' : `${changed.names.join(', ')}${changed.actor === null ? '' : ` by ${changed.actor}`}`
  const about: Entity[] = [
    ...(changed?.names ?? []).map((value): Entity => ({ kind: 'variable', value, at: createdAt })), { kind: 'service', value: service }, { kind: 'deployment', value: deployment, at: createdAt },
    ...(changed?.actor ? [{ kind: 'user' as const, value: changed.actor }] : []),
  ]
  const code = commit === null ? '' : `; its commit ${commit.slice(0, 12)} ran before`
  return makeSignal('change', recent ? 1 : 0, `${service} was redeployed after a change of ${what} at ${utc(createdAt)} (${status})${code}.`, { about, says: '', at: createdAt })
}

/** For each service whose newest deployments failed: what it still runs instead. `deployments` newest first. */
export function stillRunning(deployments: readonly DeploymentSummary[]): Signal[] {
  return [...Map.groupBy(deployments, ({ service }) => service)].flatMap(([service, own]): Signal[] => {
    const live = own.findIndex(({ status }) => status !== 'FAILED' && status !== 'SKIPPED')
    const failed = own.slice(0, Math.max(live, 0)).filter(({ status }) => status === 'FAILED')
    const [running, first] = [own[live], failed.at(-1)]
    if (running === undefined || first === undefined || running.status !== 'SUCCESS') return []
    const about = [...deploymentEntities(first), ...deploymentEntities(running)]
    const runs = running.commit === null ? shortSource(running) : `commit ${running.commit.slice(0, 12)}`
    return [makeSignal('state', 3, `${service} still runs ${runs} of ${utc(running.createdAt)}: ${failed.length} deployments since then FAILED, the first at ${utc(first.createdAt)}: ${shortSource(first)}.`, {
      about, says: '', at: first.createdAt, count: failed.length,
    })]
  })
}

/** The signals of `within`, of the deployments `all` that were read: where several failed in a row, the first is the one that broke it. */
export function historySignals(all: readonly DeploymentSummary[], within: readonly DeploymentSummary[], now: Date, changed: ReadonlyMap<string, ChangedVariables>): Signal[] {
  const still = stillRunning(all)
  const broke = new Set(still.map(({ at }) => at))
  return [...still, ...within.map((deployment): Signal => {
    const signal = deploymentSignal(deployment, now, changed.get(deployment.deployment))
    return deployment.status === 'FAILED' && still.some(({ entities }) => entities[0]?.value === deployment.service) && !broke.has(deployment.createdAt) ? { ...signal, severity: 2 } : signal
  })]
}
