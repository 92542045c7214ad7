import type { WorkerOutcome } from '../../src/agent/run-worker.ts'
import type { AgentRun, Call } from '../../src/core/investigation.ts'
import { runWorker } from '../../src/agent/run-worker.ts'
import type { SendWorker } from '../../src/orchestrator/delegation.ts'

/**
 * Sends a worker once for each question and gives the same outcome again afterwards. True to `runWorker` only for workers that
 * act on their best score over a world that stands still: a memory for one world and one version of the workers.
 */
export function rememberWorkers(): SendWorker {
  const outcomes = new Map<string, Promise<WorkerOutcome>>()
  return async (worker, task, cast, budget, signal, context) => {
    // Each attempt marks the alert's words in the question by a boundary of its own; the question is the same.
    const key = JSON.stringify([worker.name, task.question.replaceAll(context.boundary, ''), task.entities, task.window])
    const known = outcomes.get(key)
    if (known) return await named(known, task.runId)
    const pending = runWorker(worker, task, cast, budget, signal, context)
    outcomes.set(key, pending)
    const outcome = await pending
    // What an interrupted run brought is no answer to anybody else.
    if (outcome.run.end.reason !== 'reported') outcomes.delete(key)
    return outcome
  }
}

const names = new WeakMap<Promise<WorkerOutcome>, Map<string, WorkerOutcome>>()

/** The outcome under a run's name; the same object for the same name, so that what is known of its signals stays known. */
async function named(outcome: Promise<WorkerOutcome>, runId: string): Promise<WorkerOutcome> {
  const known = names.get(outcome) ?? new Map<string, WorkerOutcome>()
  names.set(outcome, known)
  const made = known.get(runId) ?? renamed(await outcome, runId)
  known.set(runId, made)
  return made
}

/** The outcome as the run `runId` would have it: its calls are called after it, and whoever cites them too. */
function renamed({ run, finding, ...rest }: WorkerOutcome, runId: string): WorkerOutcome {
  if (run.id === runId) return { run, finding, ...rest }
  const rename = (id: string): string => (id.startsWith(`${run.id}.`) ? `${runId}${id.slice(run.id.length)}` : id)
  return {
    ...rest,
    run: { ...run, id: runId, steps: run.steps.map((step) => ({ ...step, calls: step.calls.map((call): Call => ({ ...call, id: rename(call.id) })) })) } satisfies AgentRun,
    finding: finding && {
      ...finding,
      claims: finding.claims.map((claim) => ({ ...claim, calls: claim.calls.map(rename) })),
      signals: finding.signals.map((signal) => ({ ...signal, calls: signal.calls.map(rename) })),
    },
  }
}
