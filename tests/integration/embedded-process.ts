import { openQueue } from '../../src/adapters/queue/bullmq-queue.ts'
import { openDatabase } from '../../src/adapters/store/database.ts'

// A process of its own over an embedded database, for tests that kill it. It says what it did, one message each.
const [directory = '', act = ''] = process.argv.slice(2)
const say = (message: string) => process.send?.(message)
process.on('disconnect', () => process.exit())

/** Writes one row after another and says the number of each once the database has acknowledged it. */
async function write(): Promise<void> {
  const database = await openDatabase({ location: { directory } })
  for (let number = 0; ; number++) {
    await database.run((db) => db.insertInto('foreman.claim').values({ key: `row-${number}`, claimed_at: new Date(0).toISOString() }).execute())
    say(`row-${number}`)
  }
}

/** Takes jobs and never finishes one; says which run it has. */
async function work(): Promise<void> {
  const database = await openDatabase({ location: { directory } })
  if (database.embedded === null) throw new Error('A directory holds an embedded database.')
  const queue = await openQueue({ location: { pool: database.embedded }, lockMs: 2_000 })
  await queue.work(async (job) => {
    say(job.runId)
    await new Promise<void>(() => {})
  }, { concurrency: 1 })
  await queue.enqueue({ runId: 'run-1', kind: 'investigate' })
}

await (act === 'write' ? write() : work())
