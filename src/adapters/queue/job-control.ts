import { UnrecoverableError, WaitingError } from 'bullmq'
import type { Job as AnyBullJob } from 'bullmq'
import { FailureError, FencedError, PermanentError, TransientError } from '../../core/errors.ts'
import { Job, type JobHandler } from '../../core/queue.ts'

/** How often a job whose handler throws is tried. */
export const TRIES = 3

/** How long a handler may take to notice its signal before it is given up. */
const NOTICE_MS = 5_000

/** The part of BullMQ's job that is needed to do it or to give it back. */
type BullJob = Pick<AnyBullJob, 'data' | 'attemptsStarted' | 'attemptsMade' | 'moveToWait'>

type Ending = 'done' | 'cancelled' | 'late' | 'handed back'

interface ActiveJob {
  readonly runId: string
  readonly controller: AbortController
  /** Ends the job for the queue while its handler still runs; what the handler writes later is refused by its run's fence. */
  readonly abandon: (ending: Ending) => void
  cancelled: boolean
}

/** The jobs one worker has at hand. BullMQ knows no timeout and waits for ever for a handler that never settles, so this does. */
export interface JobControl {
  /** What BullMQ calls for a job; throws what tells BullMQ how the job ended. */
  process(job: BullJob, token: string | undefined): Promise<void>
  /** Aborts the jobs of this run here; true when there was one. */
  cancel(runId: string, reason: string): boolean
  /** From now on every job goes back to the queue: those at work when their handlers end, all others at once. */
  beginClose(): void
  /** Gives up the handlers still at work; their jobs go back to the queue. */
  abandonAll(): void
}

/** `deadlineMs` counts from the moment the handler is called. */
export function createJobControl(handler: JobHandler, deadlineMs: number): JobControl {
  const active = new Set<ActiveJob>()
  let closing = false

  async function handle(bull: BullJob): Promise<Ending> {
    const job = parse(bull)
    const abandoned = Promise.withResolvers<Ending>()
    const entry: ActiveJob = { runId: job.runId, controller: new AbortController(), abandon: abandoned.resolve, cancelled: false }
    active.add(entry)
    const deadline = setTimeout(() => expire(entry, deadlineMs), deadlineMs)
    try {
      const context = { signal: entry.controller.signal, attempt: Math.max(1, bull.attemptsStarted), lastTry: bull.attemptsMade + 1 >= TRIES }
      const work = handler(job, context).then((): Ending => 'done')
      return await Promise.race([work, abandoned.promise])
    } catch (error) {
      return ended(error, entry, closing)
    } finally {
      clearTimeout(deadline)
      active.delete(entry)
    }
  }

  return {
    async process(bull, token) {
      const ending = closing ? 'handed back' : await handle(bull)
      if (ending === 'late') throw new TransientError(`The job ran longer than ${deadlineMs / 1000} s and did not stop when told to.`)
      if (ending !== 'handed back') return
      await bull.moveToWait(token)
      throw new WaitingError()
    },
    cancel(runId, reason) {
      const jobs = [...active].filter((entry) => entry.runId === runId)
      for (const entry of jobs) {
        entry.cancelled = true
        abort(entry, new PermanentError(reason), 'cancelled')
      }
      return jobs.length > 0
    },
    beginClose() {
      closing = true
      for (const { controller } of active) controller.abort(new TransientError('The process is stopping.'))
    },
    abandonAll() {
      for (const { abandon } of active) abandon('handed back')
    },
  }
}

function expire(entry: ActiveJob, deadlineMs: number): void {
  abort(entry, new TransientError(`The job's deadline of ${deadlineMs / 1000} s has passed.`), 'late')
}

function abort(entry: ActiveJob, reason: Error, ending: Ending): void {
  entry.controller.abort(reason)
  setTimeout(() => entry.abandon(ending), NOTICE_MS).unref()
}

/** What a handler's error means for its job; throws when the job is to be tried again or given up. */
function ended(error: unknown, entry: ActiveJob, closing: boolean): Ending {
  // Whoever raised the fence has the run now and its own delivery of it.
  if (error instanceof FencedError || entry.cancelled) return 'done'
  if (error instanceof PermanentError) throw Object.assign(new UnrecoverableError(error.message), { cause: error })
  if (closing) return 'handed back'
  throw error
}

function parse(bull: BullJob): Job {
  const job = Job.safeParse(bull.data)
  if (!job.success) throw new UnrecoverableError(`The queue holds a job that is none of ours: ${job.error.message}`)
  return job.data
}

/** Milliseconds before try `attemptsMade` + 1: base, 4 × base, 16 × base …, at most 5 minutes, ± 25 %, or what the failed service asked for. */
export function retryDelay(baseMs: number, attemptsMade: number, error?: Error): number {
  if (error instanceof FailureError && error.failure.retryAfterSeconds !== undefined) return Math.ceil(error.failure.retryAfterSeconds * 1000)
  // Whole milliseconds: the Postgres backend stores a bigint.
  return Math.round(Math.min(baseMs * 4 ** (attemptsMade - 1), 300_000) * (0.75 + Math.random() / 2))
}
