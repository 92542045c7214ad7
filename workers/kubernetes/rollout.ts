import type { FullWorkload } from './workloads.ts'

/** Where a rollout stands: what `kubectl rollout status` would wait for. */
export const rolloutPhases = ['complete', 'progressing', 'stuck', 'paused', 'unobserved'] as const
export type RolloutPhase = (typeof rolloutPhases)[number]

/** The phase of a workload's newest rollout, and one line that says so. */
export function rolloutOf(workload: FullWorkload): { phase: RolloutPhase; text: string } {
  const { desired, updated, available } = workload
  const stuck = workload.conditions.find((condition) => condition.type === 'Progressing' && condition.status === 'False')
  if (!workload.observed) return { phase: 'unobserved', text: 'rollout: the controller has not seen the last change yet' }
  if (workload.paused) return { phase: 'paused', text: `rollout: paused, ${updated} of ${desired} replicas run the newest revision` }
  if (stuck !== undefined) return { phase: 'stuck', text: `rollout: stuck, ${stuck.reason}; ${updated} of ${desired} replicas run the newest revision, ${available} are available` }
  if (updated < desired) {
    const waits = workload.strategy.startsWith('OnDelete') ? '; the strategy is OnDelete, so each pod is replaced only when somebody deletes it' : ''
    return { phase: 'progressing', text: `rollout: in progress, ${updated} of ${desired} replicas run the newest revision${waits}` }
  }
  if (available < desired) return { phase: 'progressing', text: `rollout: waiting, ${available} of ${desired} updated replicas are available` }
  return { phase: 'complete', text: 'rollout: complete' }
}
