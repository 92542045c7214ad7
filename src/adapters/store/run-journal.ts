import { sql } from 'kysely'
import { FencedError } from '../../core/errors.ts'
import type { Journal, JournalEntry } from '../../core/journal.ts'
import type { Database } from './database.ts'
import { toJournalEntry } from './rows.ts'
import { storableJson, storableText } from './storable.ts'

/**
 * The journal of a run this process owns under `fence`: what is there is read once, what is appended is durable
 * when `append` resolves. `append` of a known key replaces it: a step that was done again after the code changed.
 */
export async function openRunJournal(database: Database, runId: string, fence: number): Promise<Journal> {
  const rows = await database.run((db) =>
    db.selectFrom('foreman.step').select(['key', 'kind', 'input_hash', 'value']).where('run_id', '=', runId).execute(),
  )
  const entries = new Map(rows.map((row) => [row.key, toJournalEntry(row)]))
  return {
    find: (key) => entries.get(storableText(key)),
    async append(entry) {
      const value = storableJson(entry.value)
      await write(database, { runId, fence, entry, value })
      // What a later process will read, not what was passed in: both must replay the same.
      entries.set(storableText(entry.key), { ...entry, value: JSON.parse(value) })
    },
  }
}

interface Write {
  readonly runId: string
  readonly fence: number
  readonly entry: JournalEntry
  readonly value: string
}

/** The lock on the run's row (shared, so that parallel steps do not wait for each other) makes check and write one: a takeover waits, or was before. */
async function write(database: Database, { runId, fence, entry, value }: Write): Promise<void> {
  const written = await database.run((db) =>
    sql`
      with mine as (
        select id from foreman.run where id = ${runId} and fence = ${fence} and status = 'running' for share
      )
      insert into foreman.step (run_id, key, kind, input_hash, value)
      select id, ${storableText(entry.key)}, ${entry.kind}, ${storableText(entry.inputHash)}, ${value}::json from mine
      on conflict (run_id, key) do update
        set kind = excluded.kind, input_hash = excluded.input_hash, value = excluded.value, created_at = now()
    `.execute(db),
  )
  if (written.numAffectedRows !== 1n) throw fenced(runId)
}

/** For every write that finds another owner, or none, in the run's row. */
export function fenced(runId: string): FencedError {
  return new FencedError(`Run ${runId} was taken over by another process or has ended; nothing was written.`)
}
