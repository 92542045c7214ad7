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

/** A deployment as a change (context when older than two weeks), or, when it crashed or failed, as an unhealthy state. */
export function deploymentSignal(summary: DeploymentSummary, now: Date): Signal {
  const about = deploymentEntities(summary)
  const what = sourceText(summary)
  const source = what === '' ? '' : `: ${what}`
  if (isBroken(summary.status)) {
    return makeSignal('state', 3, `${summary.service}: deployment ${summary.deployment} of ${utc(summary.createdAt)} is ${summary.status}${source}.`, { about, at: summary.statusAt ?? summary.createdAt })
  }
  const kind = summary.reason === 'rollback' ? 'rolled back' : summary.reason === 'variables' ? 'redeployed after a change of variables' : summary.reason === 'redeploy' ? 'redeployed' : 'deployed'
  const recent = now.getTime() - new Date(summary.createdAt).getTime() < RECENT_MILLISECONDS
  return makeSignal('change', recent ? 1 : 0, `${summary.service} was ${kind} at ${utc(summary.createdAt)} (deployment ${summary.deployment}, ${summary.status})${source}.`, { about, at: summary.createdAt })
}
