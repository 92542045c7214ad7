import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import { clip, utc } from '../kit/plain-text.ts'
import type { ContainerStatus, Pod } from './client.ts'

const Termination = z.object({ reason: z.string(), exitCode: z.number().int(), at: z.string().nullable(), message: z.string().nullable() })

/** A container as it is now, and how it last ended. */
const ContainerState = z.object({
  name: z.string(),
  image: z.string(),
  ready: z.boolean(),
  restarts: z.number().int(),
  state: z.string().describe('running, or the reason for waiting or having ended'),
  message: z.string().nullable(),
  lastTermination: Termination.nullable(),
  memoryLimit: z.string().nullable(),
})
export type ContainerState = z.infer<typeof ContainerState>

/** A pod in short; `status` is what kubectl prints as STATUS. */
export const PodState = z.object({
  pod: z.string(),
  namespace: z.string(),
  workload: z.string().nullable(),
  status: z.string(),
  ready: z.string(),
  restarts: z.number().int(),
  node: z.string().nullable(),
  createdAt: z.string(),
  containers: z.array(ContainerState),
  message: z.string().nullable().describe('why it is not scheduled or was evicted'),
  unreadySince: z.string().nullable(),
})
export type PodState = z.infer<typeof PodState>

/** The state of a pod, derived from its status as kubectl does. */
export function podState(pod: Pod): PodState {
  const limitOf = (name: string): string | null => [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((container) => container.name === name)?.resources?.limits?.['memory'] ?? null
  const inits = (pod.status?.initContainerStatuses ?? []).map((status) => containerState(status, limitOf(status.name)))
  const mains = (pod.status?.containerStatuses ?? []).map((status) => containerState(status, limitOf(status.name)))
  const ready = pod.status?.conditions?.find((condition) => condition.type === 'Ready')
  const unscheduled = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled' && condition.status === 'False')
  return {
    pod: pod.metadata?.name ?? '',
    namespace: pod.metadata?.namespace ?? '',
    workload: workloadOf(pod),
    status: statusOf(pod, inits, mains),
    ready: `${mains.filter((container) => container.ready).length}/${pod.spec?.containers.length ?? mains.length}`,
    restarts: [...inits, ...mains].reduce((sum, container) => sum + container.restarts, 0),
    node: pod.spec?.nodeName ?? null,
    createdAt: timeText(pod.metadata?.creationTimestamp) ?? '',
    containers: [...inits.filter((container) => container.state !== 'Completed'), ...mains],
    message: pod.status?.message ?? unscheduled?.message ?? null,
    unreadySince: ready?.status === 'False' ? timeText(ready.lastTransitionTime) : null,
  }
}

function containerState(status: ContainerStatus, memoryLimit: string | null): ContainerState {
  const { waiting, terminated, running } = status.state ?? {}
  const last = status.lastState?.terminated
  const ended = terminated ?? last
  return {
    name: status.name,
    image: status.image,
    ready: status.ready,
    restarts: status.restartCount,
    state: running === undefined ? (waiting?.reason ?? terminated?.reason ?? (terminated === undefined ? 'Unknown' : terminated.exitCode === 0 ? 'Completed' : 'Error')) : 'running',
    message: waiting?.message ?? terminated?.message ?? null,
    lastTermination: ended === undefined ? null : {
      reason: ended.reason ?? (ended.exitCode === 0 ? 'Completed' : 'Error'),
      exitCode: ended.exitCode,
      at: timeText(ended.finishedAt),
      message: ended.message ?? null,
    },
    memoryLimit,
  }
}

function statusOf(pod: Pod, inits: readonly ContainerState[], mains: readonly ContainerState[]): string {
  if (pod.metadata?.deletionTimestamp !== undefined) return 'Terminating'
  const init = inits.find((container) => container.state !== 'running' && container.state !== 'Completed')
  if (init !== undefined && pod.status?.phase === 'Pending') return `Init:${init.state}`
  const stuck = mains.find((container) => container.state !== 'running' && container.state !== 'Completed')
  if (pod.status?.reason !== undefined) return pod.status.reason
  return stuck?.state ?? (pod.status?.phase === 'Succeeded' ? 'Completed' : (pod.status?.phase ?? 'Unknown'))
}

/** The name of what runs the pod: the Deployment behind its ReplicaSet, or its owner itself; null for a bare pod. */
export function workloadOf(pod: Pod): string | null {
  const owner = pod.metadata?.ownerReferences?.find((reference) => reference.controller !== false)
  if (owner === undefined) return null
  const hash = pod.metadata?.labels?.['pod-template-hash']
  if (owner.kind !== 'ReplicaSet') return owner.name
  return hash !== undefined && owner.name.endsWith(`-${hash}`) ? owner.name.slice(0, -hash.length - 1) : owner.name.replace(/-[a-z0-9]{5,10}$/, '')
}

/** An API time as ISO 8601 without fractions, or null. */
export function timeText(time: Date | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString().replace(/\.000Z$/, 'Z')
}

/** One line about a pod, its unhappy containers beneath. */
export function podText(state: PodState): string {
  const head = `${state.pod}${state.namespace === '' ? '' : ` (${state.namespace})`} ${state.status} ready ${state.ready} restarts ${state.restarts} node ${state.node ?? 'none'} created ${utc(state.createdAt)}`
  const containers = state.containers.filter((container) => !container.ready || container.lastTermination !== null).map(containerText)
  const message = state.message === null ? [] : [`  message: ${clip(state.message, 300)}`]
  return [head, ...message, ...containers].join('\n')
}

function containerText(container: ContainerState): string {
  const last = container.lastTermination
  const ended = last === null ? '' : `; last ended ${last.reason} exit ${last.exitCode}${last.at === null ? '' : ` at ${utc(last.at)}`}${last.message === null ? '' : ` (${clip(last.message, 200)})`}`
  return `  container ${container.name} [${container.image}] ${container.state}${container.message === null ? '' : `: ${clip(container.message, 200)}`}${ended}`
}

/** The entities a pod names. */
export function podEntities(state: PodState): Entity[] {
  return [
    { kind: 'pod', value: state.pod, ...(state.createdAt === '' ? {} : { at: state.createdAt }) },
    { kind: 'namespace', value: state.namespace },
    ...(state.workload === null ? [] : [{ kind: 'workload' as const, value: state.workload }]),
    ...(state.node === null ? [] : [{ kind: 'node' as const, value: state.node }]),
  ]
}
