import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import { distinctEntities } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from '../kit/extract-entities.ts'
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
})
type ContainerState = z.infer<typeof ContainerState>

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
})
export type PodState = z.infer<typeof PodState>

/** The state of a pod, derived from its status as kubectl does. */
export function podState(pod: Pod): PodState {
  const inits = (pod.status?.initContainerStatuses ?? []).map((status) => containerState(status))
  const mains = (pod.status?.containerStatuses ?? []).map((status) => containerState(status))
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
  }
}

function containerState(status: ContainerStatus): ContainerState {
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

const WAITS = new Set(['ContainerCreating', 'PodInitializing', 'running', 'Completed'])

interface Trouble {
  readonly key: string
  readonly text: string
  readonly severity: 1 | 2 | 3
  readonly container: ContainerState | null
}

/** What is wrong with one pod, the worst first; nothing when it is fine. */
function troubleOf(state: PodState): Trouble | null {
  const oom = state.containers.find((container) => container.lastTermination?.reason === 'OOMKilled')
  if (oom !== undefined) return { key: `OOMKilled ${oom.name}`, text: `container ${oom.name} was OOMKilled (exit 137)${oom.state === 'running' ? '' : `, now ${oom.state}`}`, severity: 3, container: oom }
  const waiting = state.containers.find((container) => !WAITS.has(container.state))
  if (waiting !== undefined && state.status !== 'Completed' && state.status !== 'Terminating') {
    const last = waiting.lastTermination
    const how = last === null ? '' : `, last exit ${last.exitCode} (${last.reason})`
    return { key: `${waiting.state} ${waiting.name}`, text: `container ${waiting.name} is in ${waiting.state}${how}${waiting.message === null ? '' : `: ${clip(waiting.message, 160)}`}`, severity: 3, container: waiting }
  }
  if (state.status === 'Pending' && state.message !== null) return { key: 'Pending', text: `not scheduled: ${clip(state.message, 200)}`, severity: 3, container: null }
  if (state.status === 'Evicted' || state.status === 'Failed') return { key: state.status, text: `${state.status}${state.message === null ? '' : `: ${clip(state.message, 200)}`}`, severity: 2, container: null }
  const crashed = state.containers.find((container) => (container.lastTermination?.exitCode ?? 0) !== 0)
  if (crashed !== undefined) return { key: `exit ${crashed.name}`, text: `container ${crashed.name} restarted after exit ${crashed.lastTermination?.exitCode ?? 0} (${crashed.lastTermination?.reason ?? 'Error'})`, severity: 2, container: crashed }
  const unready = state.containers.find((container) => container.state === 'running' && !container.ready)
  if (unready !== undefined) return { key: `unready ${unready.name}`, text: `container ${unready.name} runs but is not ready (readiness probe)`, severity: 2, container: unready }
  return null
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

/** Signals of pods, the same trouble of one workload folded into one; `healthy` when there is none. */
export function podSignals(states: readonly PodState[], where: string): Signal[] {
  const groups = Map.groupBy(
    states.flatMap((state) => {
      const trouble = troubleOf(state)
      return trouble === null ? [] : [{ state, trouble }]
    }),
    ({ state, trouble }) => `${state.namespace}/${state.workload ?? state.pod} ${trouble.key}`,
  )
  const signals = [...groups.values()].map((group) => groupSignal(group, states)).sort((a, b) => b.severity - a.severity)
  if (signals.length > 0 || states.length === 0) return signals
  const about = distinctEntities(states.flatMap(podEntities).filter((entity) => entity.kind === 'workload' || entity.kind === 'namespace')).slice(0, 20)
  return [{ kind: 'healthy', text: `All ${states.length} pods in ${where} are running and ready, without a failed restart.`, severity: 0, entities: about }]
}

function groupSignal(group: readonly { state: PodState; trouble: Trouble }[], states: readonly PodState[]): Signal {
  const { state, trouble } = group[0] ?? { state: states[0], trouble: null }
  if (state === undefined || trouble === null) throw new Error('A group of pods is never empty')
  const siblings = states.filter((other) => other.namespace === state.namespace && other.workload === state.workload).length
  const restarts = group.reduce((sum, entry) => sum + entry.state.restarts, 0)
  const times = group.flatMap((entry) => entry.trouble.container?.lastTermination?.at ?? []).sort()
  const last = times.at(-1)
  const { container } = trouble
  return {
    kind: 'state',
    text: clip(`${state.workload ?? state.pod} (${state.namespace}): ${group.length} of ${siblings} pods: ${trouble.text}; ${restarts} restarts${last === undefined ? '' : `, last at ${utc(last)}`}.`, 400),
    severity: trouble.severity,
    ...(last === undefined ? {} : { at: last }),
    count: Math.max(restarts, group.length),
    entities: distinctEntities([
      ...(state.workload === null ? [] : [{ kind: 'workload' as const, value: state.workload }]),
      { kind: 'namespace', value: state.namespace },
      ...group.slice(0, 3).map((entry) => ({ kind: 'pod' as const, value: entry.state.pod })),
      ...(container === null ? [] : [{ kind: 'container' as const, value: container.name }, ...(/image/i.test(container.state) ? [{ kind: 'image' as const, value: container.image }] : [])]),
      ...extractEntities(`${trouble.text} ${container?.message ?? ''} ${state.message ?? ''}`),
    ]).slice(0, 20),
  }
}
