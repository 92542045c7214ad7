import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { QueueLocation } from '../../src/adapters/queue/backends.ts'
import { openQueue } from '../../src/adapters/queue/bullmq-queue.ts'
import { ConfigurationError, TransientError } from '../../src/core/errors.ts'
import { startPostgres, startRedis, type TestServer } from './servers.ts'

const servers: readonly { name: string; start: () => Promise<TestServer>; location: (url: string) => QueueLocation; nowhere: string }[] = [
  { name: 'Redis', start: startRedis, location: (url) => ({ redis: url }), nowhere: 'redis://127.0.0.1:1' },
  { name: 'Postgres', start: startPostgres, location: (url) => ({ postgres: url }), nowhere: 'postgres://127.0.0.1:1/none' },
]

describe.each(servers)('a queue whose $name is restarted', ({ start, location }) => {
  it('goes on by itself when it is back', async () => {
    const server = await start()
    const queue = await openQueue({ location: location(server.url) })
    const runs: string[] = []
    let wake = () => {}
    await queue.work(async ({ runId }) => {
      runs.push(runId)
      wake()
    }, { concurrency: 1 })
    const delivered = (count: number) => new Promise<void>((resolve) => {
      wake = () => runs.length === count && resolve()
    })
    const first = delivered(1)
    await queue.enqueue({ runId: 'before', kind: 'investigate' })
    await first
    await server.restart()
    const second = delivered(2)
    const enqueue = () => queue.enqueue({ runId: 'after', kind: 'investigate' }).catch((error: unknown) => error)
    while ((await enqueue()) instanceof TransientError) await sleep(20)
    await second
    expect(runs).toEqual(['before', 'after'])
    await queue.close()
    await server.stop()
  })
})

describe('a queue that is opened', () => {
  it.each(servers)('says that its $name cannot be reached', async ({ location, nowhere }) => {
    await expect(openQueue({ location: location(nowhere) })).rejects.toThrow(TransientError)
  })

  it('refuses addresses over which it cannot work', async () => {
    await expect(openQueue({ location: { redis: 'localhost:6379' } })).rejects.toThrow(ConfigurationError)
    const pooler = 'postgres://postgres.abc:secret@aws-0-eu-central-1.pooler.supabase.com:6543/postgres'
    await expect(openQueue({ location: { postgres: pooler } })).rejects.toThrow('session pooler')
  })
})
