import { Queue as BullQueue, Worker } from 'bullmq'
import type { IQueueBackend } from 'bullmq'
import { TransientError } from '../../core/errors.ts'
import { Job, type Queue, type Working, type WorkOptions } from '../../core/queue.ts'
import { connectQueue, type QueueConnection, type QueueLocation, type QueueLog } from './backends.ts'
import { createJobControl, retryDelay, TRIES, type JobControl } from './job-control.ts'

export interface QueueOptions {
  readonly location: QueueLocation
  readonly log?: QueueLog | undefined
  /** Queues of different names do not see each other's jobs. */
  readonly name?: string | undefined
  /** Pause before the second try; later ones are longer. */
  readonly retryMs?: number | undefined
  /** A job whose process died is taken for lost after this long without a renewed lock; lost ones are looked for every half of it. */
  readonly lockMs?: number | undefined
}

/** BullMQ's classes default to Redis in their types; ours run on whichever backend. */
type Producer = BullQueue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>
type AnyWorker = Pick<Worker, 'close'>

interface Context {
  readonly name: string
  readonly connection: QueueConnection
  readonly producer: Producer
  readonly log: QueueLog
  readonly retryMs: number
  readonly lockMs: number
}

interface OpenWorker {
  readonly control: JobControl
  readonly working: Working
}

/** Deliveries lost to a dying process: two deploys in a row must not end a run, a job that kills its process must be. */
const MAX_STALLED = 3
/** How often a worker tries a backend that is gone. */
const OUTAGE_RETRY_MS = 1_000
const ENQUEUE_MS = 2_000
const DEADLINE_MS = 30 * 60_000
/** What BullMQ may take to let go after every handler has settled. */
const LET_GO_MS = 3_000

/** A queue on BullMQ, over Redis or Postgres. Throws `TransientError` when the backend cannot be reached. */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { name = 'foreman-runs', log = { warn() {} }, retryMs = 1_000, lockMs = 10_000 } = options
  const connection = await connectQueue(options.location, log)
  // BullMQ's event stream is kept short: nobody reads it.
  const producer: Producer = new BullQueue(name, { connection: connection.producer, streams: { events: { maxLen: 100 } } }, connection.factory)
  producer.on('error', (error) => log.warn({ err: error }, 'The queue reports an error.'))
  return createQueue({ name, connection, producer, log, retryMs, lockMs })
}

function createQueue(context: Context): Queue {
  const workers = new Set<OpenWorker>()
  return {
    enqueue: async (job, { delayMs, jobId } = {}) => {
      const id = jobId ?? `${job.kind}.${job.runId}`
      await confirmed(context.producer.add(job.kind, Job.parse(job), jobOptions(id, delayMs)))
      return id
    },
    async work(handler, options) {
      const control = createJobControl(handler, options.deadlineMs ?? DEADLINE_MS)
      const opened: OpenWorker = { control, working: startWorker(context, control, options) }
      workers.add(opened)
      return {
        close: async (grace) => {
          workers.delete(opened)
          await opened.working.close(grace)
        },
      }
    },
    async cancel(runId, reason) {
      const atWork = [...workers].map(({ control }) => control.cancel(runId, reason)).includes(true)
      const removed = await removeIdle(context.producer, runId)
      return atWork || removed
    },
    async depth() {
      const counts = await context.producer.getJobCounts('waiting', 'active', 'delayed')
      return { waiting: counts['waiting'] ?? 0, active: counts['active'] ?? 0, delayed: counts['delayed'] ?? 0 }
    },
    async close() {
      await Promise.all([...workers].map(({ working }) => working.close({ graceMs: 0 })))
      workers.clear()
      await within(LET_GO_MS, context.producer.close())
      await context.connection.close()
    },
  }
}

/** A finished job leaves nothing behind, so that its id is free: whether a run is done stands in the store. */
function jobOptions(jobId: string, delay = 0) {
  return { jobId, delay, attempts: TRIES, backoff: { type: 'custom' }, removeOnComplete: true, removeOnFail: true }
}

async function confirmed(added: Promise<unknown>): Promise<void> {
  try {
    if ((await within(ENQUEUE_MS, added)) === 'late') throw new Error(`no confirmation within ${ENQUEUE_MS / 1000} s`)
  } catch (error) {
    if (error instanceof TransientError) throw error
    throw new TransientError(`The queue did not take the job: ${error instanceof Error ? error.message : String(error)}.`, { cause: error })
  }
}

async function removeIdle(producer: Producer, runId: string): Promise<boolean> {
  const jobs = await producer.getJobs(['waiting', 'delayed'])
  const own = jobs.filter((job) => Job.safeParse(job.data).data?.runId === runId)
  // One that was taken meanwhile cannot be removed; then it runs, and its run's state says stop.
  const removed = await Promise.all(own.map((job) => job.remove().then(() => true, () => false)))
  return removed.includes(true)
}

function startWorker(context: Context, control: JobControl, options: WorkOptions): Working {
  const { name, connection, log, retryMs, lockMs } = context
  const worker = new Worker(
    name,
    (job, token) => control.process(job, token),
    {
      connection: connection.worker,
      concurrency: options.concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: MAX_STALLED,
      runRetryDelay: OUTAGE_RETRY_MS,
      settings: { backoffStrategy: (attemptsMade, _type, error) => retryDelay(retryMs, attemptsMade, error) },
    },
    connection.factory,
  )
  worker.on('error', (error) => log.warn({ err: error }, 'A queue worker reports an error.'))
  worker.on('failed', (job, error) => {
    const parsed = Job.safeParse(job?.data)
    const final = error.name === 'UnrecoverableError' || (job?.attemptsMade ?? 0) >= TRIES
    if (parsed.success && final) options.onGivenUp?.(parsed.data, error.message)
  })
  return { close: async ({ graceMs }) => await closeWorker(worker, control, graceMs, log) }
}

/** `worker.close()` first, for from then on it takes no job; it returns when every handler has settled or was given up. */
async function closeWorker(worker: AnyWorker, control: JobControl, graceMs: number, log: QueueLog): Promise<void> {
  const closed = worker.close()
  control.beginClose()
  if ((await within(graceMs, closed)) !== 'late') return
  control.abandonAll()
  if ((await within(LET_GO_MS, closed)) === 'late') {
    log.warn({}, 'A queue worker did not close in time; its jobs are delivered again when their locks run out.')
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => resolve('late'), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
