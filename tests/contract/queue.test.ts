import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { QueueLocation } from '../../src/adapters/queue/backends.ts'
import { openQueue } from '../../src/adapters/queue/bullmq-queue.ts'
import { openDatabase } from '../../src/adapters/store/database.ts'
import { PermanentError, TransientError } from '../../src/core/errors.ts'
import type { Job, JobContext, Queue } from '../../src/core/queue.ts'
import { startPostgres, startRedis } from './servers.ts'

interface Backend {
  readonly location: QueueLocation
  stop(): Promise<void>
}

const backends: readonly { name: string; start: () => Promise<Backend> }[] = [
  {
    name: 'PGlite',
    start: async () => {
      const database = await openDatabase({ location: 'memory' })
      if (database.embedded === null) throw new Error('An in-memory database is embedded.')
      return { location: { pool: database.embedded }, stop: () => database.close() }
    },
  },
  {
    name: 'Postgres',
    start: async () => {
      const server = await startPostgres()
      return { location: { postgres: server.url }, stop: server.stop }
    },
  },
  {
    name: 'Redis',
    start: async () => {
      const server = await startRedis()
      return { location: { redis: server.url }, stop: server.stop }
    },
  },
]

/** A handler's calls, to be awaited one by one. */
function createRecorder() {
  const calls: { job: Job; context: JobContext }[] = []
  const waiting: (() => void)[] = []
  return {
    calls,
    record(job: Job, context: JobContext) {
      calls.push({ job, context })
      for (const wake of waiting.splice(0)) wake()
    },
    runs: () => calls.map(({ job }) => job.runId),
    async count(n: number) {
      while (calls.length < n) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}

const never = new Promise<void>(() => {})
const investigate = (runId: string): Job => ({ runId, kind: 'investigate' })
const aborted = (signal: AbortSignal) => new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe.each(backends)('the queue on $name', ({ name, start }) => {
  let backend: Backend
  let queue: Queue
  let test = 0
  const open = () => openQueue({ location: backend.location, name: `contract-${test}`, retryMs: 10 })

  beforeAll(async () => {
    backend = await start()
  })
  afterAll(async () => {
    await backend.stop()
  })
  beforeEach(async () => {
    test++
    queue = await open()
  })
  afterEach(async () => {
    await queue.close()
  })

  it('hands each job to the handler once', async () => {
    const { record, runs, count } = createRecorder()
    await queue.work(async (job, context) => record(job, context), { concurrency: 3 })
    const jobs = Array.from({ length: 20 }, (_, index) => investigate(`run-${index}`))
    for (const job of jobs) await queue.enqueue(job)
    await count(20)
    expect(runs().toSorted()).toEqual(jobs.map(({ runId }) => runId).toSorted())
  })

  it('keeps jobs of a process that was not there yet', async () => {
    await queue.enqueue({ runId: 'early', kind: 'follow_up' })
    const { record, calls, count } = createRecorder()
    const other = await open()
    await other.work(async (job, context) => record(job, context), { concurrency: 1 })
    await count(1)
    expect(calls[0]?.job).toEqual({ runId: 'early', kind: 'follow_up' })
    expect(calls[0]?.context.attempt).toBe(1)
    await other.close()
  })

  it('tries a failing job three times and then says that it gave up', async () => {
    const { record, calls, count } = createRecorder()
    const givenUp = Promise.withResolvers<{ job: Job; reason: string }>()
    const handler = async (job: Job, context: JobContext) => {
      record(job, context)
      throw new TransientError('the service sleeps')
    }
    await queue.work(handler, { concurrency: 1, onGivenUp: (job, reason) => givenUp.resolve({ job, reason }) })
    await queue.enqueue(investigate('flaky'))
    await count(3)
    expect(await givenUp.promise).toEqual({ job: investigate('flaky'), reason: 'the service sleeps' })
    expect(calls.map(({ context }) => [context.attempt, context.lastTry])).toEqual([[1, false], [2, false], [3, true]])
  })

  it('does not try a permanent error again', async () => {
    const { record, runs } = createRecorder()
    const givenUp = Promise.withResolvers<string>()
    const handler = async (job: Job, context: JobContext) => {
      record(job, context)
      throw new PermanentError('no such issue')
    }
    await queue.work(handler, { concurrency: 1, onGivenUp: (_, reason) => givenUp.resolve(reason) })
    await queue.enqueue(investigate('hopeless'))
    expect(await givenUp.promise).toBe('no such issue')
    expect(runs()).toEqual(['hopeless'])
  })

  it('delivers a delayed job after its delay, and others before it', async () => {
    const { record, runs, count } = createRecorder()
    await queue.enqueue({ runId: 'later', kind: 'verify' }, { delayMs: 400 })
    await queue.work(async (job, context) => record(job, context), { concurrency: 1 })
    await queue.enqueue(investigate('now'))
    await count(1)
    expect(await queue.depth()).toMatchObject({ delayed: 1 })
    await count(2)
    expect(runs()).toEqual(['now', 'later'])
  })

  it('adds nothing while a job of the same id waits or is at work, and takes the id again after that', async () => {
    const { record, runs, count } = createRecorder()
    expect(await queue.enqueue(investigate('first'), { jobId: 'one' })).toBe('one')
    await queue.enqueue(investigate('second'), { jobId: 'one' })
    const release = Promise.withResolvers<void>()
    const handler = async (job: Job, context: JobContext) => {
      record(job, context)
      await release.promise
    }
    await queue.work(handler, { concurrency: 2 })
    await count(1)
    await queue.enqueue(investigate('third'), { jobId: 'one' })
    await queue.enqueue(investigate('other'))
    await count(2)
    release.resolve()
    while ((await queue.depth()).active > 0) await sleep(10)
    await queue.enqueue(investigate('fourth'), { jobId: 'one' })
    await count(3)
    expect(runs()).toEqual(['first', 'other', 'fourth'])
  })

  it('runs no more jobs at once than it is told', async () => {
    let now = 0
    let most = 0
    const { record, count } = createRecorder()
    const handler = async (job: Job, context: JobContext) => {
      most = Math.max(most, ++now)
      await sleep(5)
      now--
      record(job, context)
    }
    await queue.work(handler, { concurrency: 2 })
    for (let index = 0; index < 12; index++) await queue.enqueue(investigate(`run-${index}`))
    await count(12)
    expect(most).toBe(2)
  })

  it('never gives one job to two workers', async () => {
    const { record, runs, count } = createRecorder()
    const other = await open()
    for (const each of [queue, other]) await each.work(async (job, context) => record(job, context), { concurrency: 2 })
    for (let index = 0; index < 30; index++) await queue.enqueue(investigate(`run-${index}`))
    await count(30)
    expect(new Set(runs()).size).toBe(30)
    await other.close()
  })

  it('cancels a job that waits', async () => {
    await queue.enqueue(investigate('unwanted'), { delayMs: 60_000 })
    await queue.enqueue(investigate('wanted'))
    expect(await queue.cancel('unwanted', 'stopped by a person')).toBe(true)
    expect(await queue.depth()).toEqual({ waiting: 1, active: 0, delayed: 0 })
    expect(await queue.cancel('unknown', 'stopped by a person')).toBe(false)
  })

  it('tells a job at work that it is cancelled, and does not try it again', async () => {
    const { record, runs, calls, count } = createRecorder()
    const givenUp: string[] = []
    const handler = async (job: Job, context: JobContext) => {
      record(job, context)
      if (job.runId === 'stopped') await aborted(context.signal)
    }
    await queue.work(handler, { concurrency: 1, onGivenUp: (_, reason) => givenUp.push(reason) })
    await queue.enqueue(investigate('stopped'))
    await count(1)
    expect(await queue.cancel('stopped', 'stopped by a person')).toBe(true)
    await queue.enqueue(investigate('next'))
    await count(2)
    expect(calls[0]?.context.signal.reason).toEqual(new PermanentError('stopped by a person'))
    expect(runs()).toEqual(['stopped', 'next'])
    expect(givenUp).toEqual([])
  })

  it('tells a job that its deadline has passed, and tries it again', async () => {
    const { record, calls, count } = createRecorder()
    const handler = async (job: Job, context: JobContext) => {
      record(job, context)
      if (context.attempt === 1) await aborted(context.signal)
    }
    await queue.work(handler, { concurrency: 1, deadlineMs: 100 })
    await queue.enqueue(investigate('slow'))
    await count(2)
    expect(calls[0]?.context.signal.aborted).toBe(true)
    expect(calls[1]?.context.attempt).toBe(2)
  })

  it('gives back, on close, the jobs whose handlers stop when told', async () => {
    const { record, runs, calls, count } = createRecorder()
    const working = await queue.work(async (job, context) => {
      record(job, context)
      await aborted(context.signal)
    }, { concurrency: 2 })
    await queue.enqueue(investigate('a'))
    await queue.enqueue(investigate('b'))
    await count(2)
    await working.close({ graceMs: 5_000 })
    expect(await queue.depth()).toEqual({ waiting: 2, active: 0, delayed: 0 })
    await queue.work(async (job, context) => record(job, context), { concurrency: 1 })
    await count(4)
    expect(runs().toSorted()).toEqual(['a', 'a', 'b', 'b'])
    expect(calls.slice(2).map(({ context }) => [context.attempt, context.lastTry])).toEqual([[2, false], [2, false]])
  })

  it('closes although a handler never settles, and its job is delivered to the next worker', async () => {
    const { record, runs, count } = createRecorder()
    const working = await queue.work(async (job, context) => {
      record(job, context)
      await never
    }, { concurrency: 1 })
    await queue.enqueue(investigate('stuck'))
    await count(1)
    await working.close({ graceMs: 50 })
    await queue.work(async (job, context) => record(job, context), { concurrency: 1 })
    await count(2)
    expect(runs()).toEqual(['stuck', 'stuck'])
  })

  it('lets a job that finishes within the grace be done', async () => {
    const { record, runs, count } = createRecorder()
    const working = await queue.work(async (job, context) => {
      record(job, context)
      await sleep(100)
    }, { concurrency: 1 })
    await queue.enqueue(investigate('quick'))
    await count(1)
    await working.close({ graceMs: 5_000 })
    expect(await queue.depth()).toEqual({ waiting: 0, active: 0, delayed: 0 })
    expect(runs()).toEqual(['quick'])
  })

  it('takes no job of a shape it does not know', async () => {
    await expect(queue.enqueue({ runId: '', kind: 'investigate' })).rejects.toThrow('runId')
  })

  it('says that it cannot take a job when its backend is gone', async () => {
    const own = await start()
    const lost = await openQueue({ location: own.location, name: `lost-${name}` })
    await own.stop()
    await expect(lost.enqueue(investigate('nowhere'))).rejects.toBeInstanceOf(TransientError)
    await lost.close()
  })
})
