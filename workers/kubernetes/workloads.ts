import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import { fail } from '../../src/core/errors.ts'
import type { Signal } from '../../src/core/signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
import type { DaemonSet, Deployment, KubernetesClient, PodSpec, StatefulSet } from './client.ts'
import { fieldChanges } from './managed-fields.ts'
import type { FieldChange } from './managed-fields.ts'
import { timeText } from './pod-state.ts'

/** A Deployment, StatefulSet or DaemonSet in numbers. */
export const Workload = z.object({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  name: z.string(),
  namespace: z.string(),
  desired: z.number().int(),
  ready: z.number().int(),
  updated: z.number().int(),
  available: z.number().int(),
  images: z.array(z.string()),
  revision: z.string().nullable(),
  createdAt: z.string(),
  observed: z.boolean().describe('false: the controller has not seen the last change yet'),
  conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string(), at: z.string().nullable() })),
})
export type Workload = z.infer<typeof Workload>

/** A workload with what describing it needs besides. */
export interface FullWorkload extends Workload {
  readonly labelSelector: string
  readonly template: PodSpec | undefined
  /** How new pods replace old ones, in words. */
  readonly strategy: string
  readonly paused: boolean
  /** Who changed the specification, and what of it. */
  readonly changes: readonly FieldChange[]
}

/** Of 500 objects each. */
const MOST_PAGES = 4

/** All workloads of the scope, at most 2,000 of each kind: `truncated` says when there are more. */
export async function listWorkloads(client: KubernetesClient, namespace: string | undefined): Promise<{ workloads: FullWorkload[]; truncated: boolean }> {
  const scope = client.scopes.list(namespace)
  const [deployments, statefulSets, daemonSets] = await Promise.all([
    client.deployments({ scope, pages: MOST_PAGES }), client.statefulSets({ scope, pages: MOST_PAGES }), client.daemonSets({ scope, pages: MOST_PAGES }),
  ])
  return {
    workloads: [
      ...deployments.items.map((item) => scaled('Deployment', item)),
      ...statefulSets.items.map((item) => scaled('StatefulSet', item)),
      ...daemonSets.items.map((item) => daemon(item)),
    ],
    truncated: deployments.truncated || statefulSets.truncated || daemonSets.truncated,
  }
}

/** The workload of that name. Fails as not_found with the names there are, or as invalid_input when two namespaces have it. */
export async function findWorkload(client: KubernetesClient, name: string, namespace: string | undefined): Promise<FullWorkload> {
  const { workloads } = await listWorkloads(client, namespace)
  const found = workloads.filter((workload) => workload.name === name)
  const [only] = found
  if (only === undefined) {
    return fail('not_found', clip(`No Deployment, StatefulSet or DaemonSet is called ${name} in ${client.scopes.list(namespace).text}. There are: ${workloads.map((workload) => workload.name).join(', ') || 'none'}.`, 600))
  }
  if (found.length > 1) fail('invalid_input', clip(`${name} exists in the namespaces ${found.map((workload) => workload.namespace).join(', ')}: say which.`, 600))
  return only
}

function scaled(kind: 'Deployment' | 'StatefulSet', item: Deployment | StatefulSet): FullWorkload {
  return {
    ...common(item),
    kind,
    desired: item.spec?.replicas ?? 1,
    ready: item.status?.readyReplicas ?? 0,
    updated: item.status?.updatedReplicas ?? 0,
    available: item.status?.availableReplicas ?? item.status?.readyReplicas ?? 0,
  }
}

function daemon(item: DaemonSet): FullWorkload {
  return {
    ...common(item),
    kind: 'DaemonSet',
    desired: item.status?.desiredNumberScheduled ?? 0,
    ready: item.status?.numberReady ?? 0,
    updated: item.status?.updatedNumberScheduled ?? 0,
    available: item.status?.numberAvailable ?? 0,
  }
}

function common(item: Deployment | StatefulSet | DaemonSet): Omit<FullWorkload, 'kind' | 'desired' | 'ready' | 'updated' | 'available'> {
  const { metadata, spec, status } = item
  const observed = status?.observedGeneration
  return {
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    images: (spec?.template.spec?.containers ?? []).map((container) => container.image ?? ''),
    revision: metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? null,
    createdAt: timeText(metadata?.creationTimestamp) ?? '',
    observed: observed === undefined || metadata?.generation === undefined || observed >= metadata.generation,
    conditions: (status?.conditions ?? []).map((condition) => ({
      type: condition.type, status: condition.status, reason: condition.reason ?? '', message: condition.message ?? '', at: timeText(condition.lastTransitionTime),
    })),
    labelSelector: Object.entries(spec?.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(','),
    template: spec?.template.spec,
    strategy: strategyText(spec),
    paused: spec !== undefined && 'paused' in spec && spec.paused,
    changes: fieldChanges(metadata?.managedFields, 'spec'),
  }
}

/** How a rollout goes about it: `RollingUpdate maxSurge 25% maxUnavailable 0`, `OnDelete`, `RollingUpdate partition 2`. */
function strategyText(spec: Deployment['spec'] | StatefulSet['spec'] | DaemonSet['spec']): string {
  const strategy = spec === undefined ? undefined : 'updateStrategy' in spec ? spec.updateStrategy : 'strategy' in spec ? spec.strategy : undefined
  const details = Object.entries(strategy?.rollingUpdate ?? {}).filter(([, value]) => value !== undefined).map(([name, value]) => `${name} ${String(value)}`)
  return [strategy?.type ?? 'RollingUpdate', ...details].join(' ')
}

/** The part of a workload that results show. */
export function workloadSummary({ labelSelector: _selector, template: _template, strategy: _strategy, paused: _paused, changes: _changes, ...summary }: FullWorkload): Workload {
  return summary
}

/** One line about a workload; failing conditions beneath. */
export function workloadText(workload: Workload): string {
  const bad = workload.conditions.filter(isBad).map((condition) => `  ${condition.type}=${condition.status} ${condition.reason}: ${clip(condition.message, 300)}`)
  return [
    `${workload.kind} ${workload.name} (${workload.namespace}) ready ${workload.ready}/${workload.desired} updated ${workload.updated} available ${workload.available}${workload.revision === null ? '' : ` revision ${workload.revision}`} images ${workload.images.join(', ')}`,
    ...bad,
  ].join('\n')
}

/** The entities a workload names. */
export function workloadEntities(workload: Workload): Entity[] {
  return [
    { kind: 'workload', value: workload.name },
    { kind: 'namespace', value: workload.namespace },
    ...workload.images.map((value) => ({ kind: 'image' as const, value })),
  ]
}

/** What stays so for more than a day is seldom the incident of the hour. */
const CHRONIC_MILLISECONDS = 86_400_000

/** What is unhealthy about a workload at `now`: replicas missing, scaled to nothing, a rollout that does not progress. */
export function workloadSignals(workload: Workload, now: Date): Signal[] {
  const entities = workloadEntities(workload).slice(0, 20)
  const stuck = workload.conditions.find((condition) => condition.type === 'Progressing' && condition.status === 'False')
  const name = `${workload.kind} ${workload.name} (${workload.namespace})`
  if (stuck !== undefined) {
    return [{ kind: 'state', text: clip(`${name}: the rollout of ${workload.images.join(', ')} does not progress${stuck.at === null ? '' : ` since ${utc(stuck.at)}`}, ${stuck.reason}; ${workload.ready} of ${workload.desired} replicas are ready.`, 400), severity: isChronic(stuck.at, now) ? 2 : 3, ...(stuck.at === null ? {} : { at: stuck.at }), entities }]
  }
  if (workload.desired === 0 && workload.kind !== 'DaemonSet') return [{ kind: 'state', text: `${name} is scaled to 0 replicas.`, severity: 2, entities }]
  if (workload.ready < workload.desired) {
    const since = workload.conditions.find((condition) => condition.type === 'Available' && condition.status === 'False')?.at ?? null
    return [{
      kind: 'state', severity: workload.ready === 0 && !isChronic(since, now) ? 3 : 2, ...(since === null ? {} : { at: since }), entities,
      text: `${name}: ${workload.ready} of ${workload.desired} replicas are ready${workload.updated < workload.desired ? `, ${workload.updated} run the newest revision` : ''}${since === null ? '' : `, unavailable since ${utc(since)}`}.`,
    }]
  }
  return []
}

function isChronic(since: string | null, now: Date): boolean {
  return since !== null && now.getTime() - Date.parse(since) > CHRONIC_MILLISECONDS
}

function isBad(condition: Workload['conditions'][number]): boolean {
  return (condition.type === 'ReplicaFailure') === (condition.status === 'True')
}
