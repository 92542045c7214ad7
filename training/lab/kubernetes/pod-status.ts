import { count, field, list, text } from './fields.ts'

/** What kubectl shows of a pod: how many containers are ready, one word on its state, its restarts and the last one's time. */
export interface PodSummary {
  readonly ready: number
  readonly containers: number
  readonly status: string
  readonly restarts: number
  /** ISO 8601; empty when nothing restarted. */
  readonly lastRestart: string
}

function terminatedReason(state: unknown): string {
  const reason = text(state, 'terminated', 'reason')
  if (reason) return reason
  const signal = count(state, ['terminated', 'signal'])
  return signal === 0 ? `ExitCode:${count(state, ['terminated', 'exitCode'])}` : `Signal:${signal}`
}

/** Why a pod is still initialising, or undefined when its init containers are done. A sidecar that has started does not hold it up. */
function initialising(pod: unknown): string | undefined {
  const statuses = list(pod, 'status', 'initContainerStatuses')
  const specs = list(pod, 'spec', 'initContainers')
  for (const [index, status] of statuses.entries()) {
    const state = field(status, 'state')
    const terminated = field(state, 'terminated')
    if (terminated !== undefined && count(terminated, ['exitCode']) === 0) continue
    const isSidecar = specs.some((spec) => text(spec, 'name') === text(status, 'name') && text(spec, 'restartPolicy') === 'Always')
    if (isSidecar && field(status, 'started') === true) continue
    if (terminated !== undefined) return `Init:${terminatedReason(state)}`
    const waiting = text(state, 'waiting', 'reason')
    return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${specs.length || statuses.length}`
  }
  return undefined
}

/** The word for a pod whose init containers are done: the first container with something to say decides. */
function running(pod: unknown, otherwise: string): string {
  const statuses = list(pod, 'status', 'containerStatuses')
  let [status, alive] = [otherwise, false]
  for (const container of statuses.toReversed()) {
    const state = field(container, 'state')
    const waiting = text(state, 'waiting', 'reason')
    if (waiting) status = waiting
    else if (field(state, 'terminated') !== undefined) status = terminatedReason(state)
    else if (field(container, 'ready') === true && field(state, 'running') !== undefined) alive = true
  }
  if (status !== 'Completed' || !alive) return status
  const ready = list(pod, 'status', 'conditions').some((condition) => text(condition, 'type') === 'Ready' && text(condition, 'status') === 'True')
  return ready ? 'Running' : 'NotReady'
}

function isGated(pod: unknown): boolean {
  return list(pod, 'status', 'conditions').some((condition) => text(condition, 'type') === 'PodScheduled' && text(condition, 'reason') === 'SchedulingGated')
}

/** Summarises a pod by the rules of kubectl's own table printer. */
export function summarizePod(pod: unknown): PodSummary {
  const statuses = list(pod, 'status', 'containerStatuses')
  const own = text(pod, 'status', 'reason') || text(pod, 'status', 'phase') || 'Unknown'
  const settled = initialising(pod) ?? running(pod, isGated(pod) ? 'SchedulingGated' : own)
  const deleted = field(pod, 'metadata', 'deletionTimestamp') !== undefined
  const restarted = list(pod, 'status', 'initContainerStatuses').length > 0 && initialising(pod) !== undefined ? list(pod, 'status', 'initContainerStatuses') : statuses
  return {
    ready: statuses.filter((status) => field(status, 'ready') === true && field(status, 'state', 'running') !== undefined).length,
    containers: list(pod, 'spec', 'containers').length,
    status: deleted ? (own === 'NodeLost' ? 'Unknown' : 'Terminating') : settled,
    restarts: restarted.reduce<number>((sum, status) => sum + count(status, ['restartCount']), 0),
    lastRestart: restarted.map((status) => text(status, 'lastState', 'terminated', 'finishedAt')).toSorted().at(-1) ?? '',
  }
}
