import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { ago, clip, utc } from '../kit/plain-text.ts'
import { evictionSignals } from './evictions.ts'
import { podEntities } from './pod-state.ts'
import type { ContainerState, PodState } from './pod-state.ts'
import { problemEntities, readProblem } from './problem.ts'

const WAITS = new Set(['ContainerCreating', 'PodInitializing', 'running', 'Completed'])

interface Trouble {
  readonly key: string
  readonly text: string
  readonly severity: 1 | 2 | 3
  readonly container: ContainerState | null
  /** The cluster's own words behind it. */
  readonly message: string
}

/** What exit codes by themselves say; 128 and a signal's number, or the shell's. */
const EXITS: Readonly<Record<number, string>> = { 126: 'not executable', 127: 'command not found', 134: 'aborted', 137: 'killed by SIGKILL', 139: 'segmentation fault', 143: 'ended by SIGTERM' }

function exitText({ exitCode, reason, message }: NonNullable<ContainerState['lastTermination']>): string {
  const meaning = EXITS[exitCode]
  return `exit ${exitCode} (${reason}${meaning === undefined ? '' : `, ${meaning}`})${message === null ? '' : `: ${clip(message, 160)}`}`
}

/** What is wrong with one pod, the worst first; nothing when it is fine. */
function troubleOf(state: PodState): Trouble | null {
  const oom = state.containers.find((container) => container.lastTermination?.reason === 'OOMKilled')
  if (oom !== undefined) {
    const limit = oom.memoryLimit === null ? ', no memory limit of its own' : ` at its ${oom.memoryLimit} memory limit`
    return { key: `OOMKilled ${oom.name}`, text: `container ${oom.name} was OOMKilled (exit 137)${limit}${oom.state === 'running' ? '' : `, now ${oom.state}`}`, severity: 3, container: oom, message: '' }
  }
  const waiting = state.containers.find((container) => !WAITS.has(container.state))
  if (waiting !== undefined && state.status !== 'Completed' && state.status !== 'Terminating' && state.status !== 'Evicted') {
    const last = waiting.lastTermination
    const message = waiting.message === null ? '' : `: ${clip(readProblem(waiting.message).text, 200)}`
    return { key: `${waiting.state} ${waiting.name}`, text: `container ${waiting.name} is in ${waiting.state}${last === null ? '' : `, last ${exitText(last)}`}${last !== null && waiting.state.startsWith('CrashLoop') ? '' : message}`, severity: 3, container: waiting, message: waiting.message ?? '' }
  }
  const message = state.message ?? ''
  const said = state.message === null ? '' : `: ${clip(readProblem(state.message).text, 200)}`
  if (state.status === 'Pending' && state.message !== null) return { key: 'Pending', text: `not scheduled${said}`, severity: 3, container: null, message }
  if (state.status === 'Evicted' || state.status === 'Failed') return { key: `${state.status} ${/low on resource: (\S+)\./.exec(message)?.[1] ?? ''}`, text: `${state.status}${state.node === null ? '' : ` by node ${state.node}`}${said}`, severity: 2, container: null, message }
  const crashed = state.containers.find((container) => (container.lastTermination?.exitCode ?? 0) !== 0)
  if (crashed?.lastTermination != null) return { key: `exit ${crashed.name}`, text: `container ${crashed.name} restarted after ${exitText(crashed.lastTermination)}`, severity: 2, container: crashed, message: crashed.lastTermination.message ?? '' }
  const unready = state.containers.find((container) => container.state === 'running' && !container.ready)
  if (unready !== undefined) return { key: `unready ${unready.name}`, text: `container ${unready.name} runs but is not ready (readiness probe)`, severity: 2, container: unready, message }
  return null
}

interface Troubled {
  readonly state: PodState
  readonly trouble: Trouble
}

/** Whether a pod is in trouble now. */
export function isTroubled(state: PodState): boolean {
  return troubleOf(state) !== null
}

/**
 * Signals of pods, the same trouble of one workload folded into one, after what several share (evictions, a node); `healthy` when there
 * is none. What is as it is for more than a day before `now` is seldom the incident of the hour; what ended then and runs since is quiet.
 */
export function podSignals(states: readonly PodState[], where: string, now?: Date): Signal[] {
  const troubled = states.flatMap((state): Troubled[] => {
    const trouble = troubleOf(state)
    return trouble === null ? [] : [{ state, trouble }]
  })
  const groups = Map.groupBy(troubled, ({ state, trouble }) => `${state.namespace}/${state.workload ?? state.pod} ${trouble.key}`)
  const signals = [...groups.values()].map((group) => groupSignal(group, states, now)).sort((a, b) => b.severity - a.severity)
  const mixed = mixedImages(states)
  if (signals.length > 0 || states.length === 0) return [...evictionsOf(troubled, now), ...sharedNode(troubled, states), ...signals, ...mixed]
  const about = distinctEntities(states.flatMap(podEntities).filter((entity) => entity.kind === 'workload' || entity.kind === 'namespace')).slice(0, 20)
  const [only] = states
  const text = states.length === 1 && only !== undefined ? `Pod ${only.pod} (${only.namespace}) is ${only.status === 'Running' ? 'running and ready' : only.status}${only.node === null ? '' : ` on node ${only.node}`}, without a failed restart.` : `All ${states.length} pods in ${where} are running and ready, without a failed restart.`
  return [...mixed, { kind: 'healthy', text, severity: 0, entities: about }]
}

const A_DAY = 86_400_000

function groupSignal(group: readonly Troubled[], states: readonly PodState[], now: Date | undefined): Signal {
  const { state, trouble } = group[0] ?? { state: states[0], trouble: null }
  if (state === undefined || trouble === null) throw new Error('A group of pods is never empty')
  const siblings = states.filter((other) => other.namespace === state.namespace && other.workload === state.workload).length
  const restarts = group.reduce((sum, entry) => sum + entry.state.restarts, 0)
  const last = group.flatMap((entry) => entry.trouble.container?.lastTermination?.at ?? []).sort().at(-1)
  const since = group.flatMap((entry) => entry.state.unreadySince ?? (entry.trouble.container?.state === 'running' ? [] : entry.state.createdAt)).filter((at) => at !== '').sort()[0]
  const at = last ?? since
  const { container } = trouble
  const isOver = last !== undefined && now !== undefined && now.getTime() - Date.parse(last) > A_DAY && container?.state === 'running' && container.ready
  const isOld = at !== undefined && now !== undefined && now.getTime() - Date.parse(at) > A_DAY
  const { blamed } = readProblem(trouble.message)
  const when = last === undefined ? (since === undefined ? '' : `${state.status === 'Evicted' ? ', at' : ' since'} ${utc(since)}${isOld ? ` (${ago(since, now)})` : ''}`) : `; ${restarts} restarts, last at ${utc(last)}${isOver ? `, ${ago(last, now)} ago, and it runs since` : ''}`
  return {
    kind: 'state',
    text: clip(`${state.workload ?? state.pod} (${state.namespace}): ${group.length} of ${siblings} pods: ${trouble.text}${when}.`, 400),
    severity: isOver || (isOld && state.status === 'Evicted') ? 1 : isOld ? 2 : trouble.severity,
    ...(at === undefined ? {} : { at }),
    count: Math.max(restarts, group.length),
    entities: distinctEntities([
      ...blamed,
      ...(state.workload === null ? [] : [{ kind: 'workload' as const, value: state.workload }]),
      { kind: 'namespace', value: state.namespace },
      ...group.slice(0, 3).map((entry) => ({ kind: 'pod' as const, value: entry.state.pod })),
      ...(container === null ? [] : [{ kind: 'container' as const, value: container.name }, ...(/image/i.test(container.state) ? [{ kind: 'image' as const, value: container.image }] : [])]),
      ...(group.length === 1 && state.node !== null ? [{ kind: 'node' as const, value: state.node }] : []),
      ...problemEntities(`${trouble.text} ${trouble.message}`),
    ]).slice(0, 20),
  }
}

function evictionsOf(troubled: readonly Troubled[], now: Date | undefined): Signal[] {
  return evictionSignals(troubled.filter(({ state }) => state.status === 'Evicted').map(({ state, trouble }) => ({
    workload: state.workload ?? state.pod, namespace: state.namespace, node: state.node, message: trouble.message, count: 1, at: state.unreadySince ?? state.createdAt,
  })), now)
}

/** Troubled pods that all sit on one node, while there are well ones elsewhere: then it may be the node. Evictions say their node themselves. */
function sharedNode(troubled: readonly Troubled[], states: readonly PodState[]): Signal[] {
  const placed = troubled.filter(({ state }) => state.node !== null && state.status !== 'Evicted')
  const [node, ...others] = [...new Set(placed.flatMap(({ state }) => state.node ?? []))]
  const well = states.filter((state) => troubleOf(state) === null && state.node !== null && state.node !== node)
  if (node === undefined || others.length > 0 || placed.length < 2 || well.length < 2) return []
  const names = [...new Set(placed.map(({ state }) => state.workload ?? state.pod))]
  return [{
    kind: 'anomaly', severity: 2, count: placed.length, text: clip(`All ${placed.length} pods in trouble (${names.join(', ')}) are on node ${node}; ${well.length} pods on other nodes are well.`, 300),
    entities: distinctEntities([{ kind: 'node', value: node }, ...placed.flatMap(({ state }) => podEntities(state))]).slice(0, 20),
  }]
}

/** Workloads of which two versions run side by side: a rollout under way, or one that stopped half way. */
function mixedImages(states: readonly PodState[]): Signal[] {
  const alive = states.filter(({ workload, status }) => workload !== null && !['Terminating', 'Evicted', 'Completed', 'Failed', 'Succeeded'].includes(status))
  return [...Map.groupBy(alive, ({ namespace, workload }) => `${namespace}/${workload ?? ''}`).values()].flatMap((pods): Signal[] => {
    const images = Map.groupBy(pods, ({ containers }) => containers.map(({ image }) => image).join(' '))
    const [first] = pods
    if (images.size < 2 || first === undefined) return []
    const versions = [...images].map(([image, own]) => `${own.length} run ${image}${own.every((pod) => troubleOf(pod) !== null) ? ' (in trouble)' : ''}`)
    return [{
      kind: 'state', severity: 1, text: clip(`${first.workload ?? ''} (${first.namespace}) runs ${images.size} versions: ${versions.join(', ')}.`, 400),
      entities: distinctEntities([{ kind: 'workload', value: first.workload ?? '' }, { kind: 'namespace', value: first.namespace }, ...[...images.keys()].flatMap((names): Entity[] => names.split(' ').filter((name) => name !== '').map((value) => ({ kind: 'image', value })))]).slice(0, 20),
    }]
  })
}
