import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openQueue } from '../../src/adapters/queue/bullmq-queue.ts'
import { openDatabase } from '../../src/adapters/store/database.ts'
import { startEmbeddedProcess, temporaryDirectory } from './embedded-harness.ts'

describe('a process killed over an embedded database', () => {
  let place: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    place = temporaryDirectory()
  })
  afterEach(() => place.remove())

  it('loses no row that was acknowledged', async () => {
    const child = startEmbeddedProcess(place.directory, 'write')
    const acknowledged = await child.says(500)
    await child.kill()
    const database = await openDatabase({ location: { directory: place.directory } })
    const rows = await database.run((db) => db.selectFrom('foreman.claim').select('key').execute())
    const kept = new Set(rows.map(({ key }) => key))
    expect(acknowledged.filter((row) => !kept.has(row))).toEqual([])
    await database.close()
  })

  it('leaves its job to the next process', async () => {
    const { directory } = place
    const child = startEmbeddedProcess(directory, 'work')
    expect(await child.says(1)).toEqual(['run-1'])
    await child.kill()
    const database = await openDatabase({ location: { directory } })
    if (database.embedded === null) throw new Error('A directory holds an embedded database.')
    const queue = await openQueue({ location: { pool: database.embedded }, lockMs: 2_000 })
    const delivered = Promise.withResolvers<{ runId: string; attempt: number }>()
    await queue.work(async (job, { attempt }) => delivered.resolve({ runId: job.runId, attempt }), { concurrency: 1 })
    expect(await delivered.promise).toEqual({ runId: 'run-1', attempt: 2 })
    await queue.close()
    await database.close()
  })
})
