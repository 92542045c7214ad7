import type { Queue, JobContext, Job, Working } from './core/queue.ts'
import { TransientError } from './core/errors.ts'
import { stoppedByPerson } from './intake/create-desk.ts'
import type { Store } from './core/store.ts'
import type { PerformRun } from './orchestrator/perform-run.ts'

export interface InvestigatorParts {
  readonly store: Store
  readonly queue: Queue
  readonly runs: PerformRun
  readonly concurrency: number
  readonly log: { warn(about: object, message: string): void; error(about: object, message: string): void }
  /** Told of what is nobody's fault but ours. */
  readonly onDefect?: (error: unknown) => void
}

export interface Investigator {
  /** Hands every run that has not ended to the queue again; the queue ignores those it has. */
  sweep(): Promise<number>
  close(graceMs: number): Promise<void>
}

/** How often runs without a job are looked for: a queue that lost its data loses no alert for longer. */
const sweepEveryMs = 30_000

/** Takes runs from the queue and performs them; delivers again what a crash or a lost queue left behind. */
export async function startInvestigator(parts: InvestigatorParts): Promise<Investigator> {
  const { store, queue, log } = parts
  const sweep = async (): Promise<number> => {
    const open = await store.openRuns()
    for (const run of open) await queue.enqueue({ runId: run.id, kind: run.kind === 'follow_up' ? 'follow_up' : 'investigate' })
    return open.length
  }
  const handle = async (job: Job, { signal, lastTry }: JobContext): Promise<void> => {
    try {
      const performed = await parts.runs.perform(job.runId, { signal, lastAttempt: lastTry, stoppedByPerson: () => wasStopped(signal) })
      if (performed === 'unshown') log.warn({ run: job.runId }, 'Slack could not be reached to show a run; it stays open and is tried again.')
      if (performed === 'interrupted') throw new TransientError('The run was interrupted by a shutdown and will go on.')
    } catch (error) {
      if (!(error instanceof TransientError)) parts.onDefect?.(error)
      throw error
    }
  }
  const working: Working = await queue.work(handle, {
    concurrency: parts.concurrency,
    onGivenUp: (job, reason) => {
      log.error({ run: job.runId, reason }, 'A run was given up.')
      parts.runs.giveUp(job.runId, reason).catch((error: unknown) => log.error({ err: error, run: job.runId }, 'The thread could not be told that its run was given up.'))
    },
  })
  await sweep()
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => log.warn({ err: error }, 'Runs without a job could not be looked for; trying again.'))
  }, sweepEveryMs)
  timer.unref()
  return {
    sweep,
    close: async (graceMs) => {
      clearInterval(timer)
      await working.close({ graceMs })
    },
  }
}

function wasStopped(signal: AbortSignal): boolean {
  const reason: unknown = signal.reason
  return reason instanceof Error && reason.message.includes(stoppedByPerson)
}
