import { sql } from 'kysely'
import { FencedError } from '../../core/errors.ts'
import type { Journal, JournalEntry } from '../../core/journal.ts'
import type { Database } from './database.ts'
import { createGroupedWrites } from './grouped-writes.ts'
import { toJournalEntry } from './rows.ts'
import { storableJson, storableText } from './storable.ts'

/**
 * The journal of a run this process owns under `fence`: what is there is read once, what is appended is durable
 * when `append` resolves. `append` of a known key replaces it: a step that was done again after the code changed.
 * What parallel agents append while a write is on its way goes into the next one together.
 */
export async function openRunJournal(database: Database, runId: string, fence: number): Promise<Journal> {
  const rows = await database.run((db) =>
    db.selectFrom('foreman.step').select(['key', 'kind', 'input_hash', 'value']).where('run_id', '=', runId).execute(),
  )
  const entries = new Map(rows.map((row) => [row.key, toJournalEntry(row)]))
  const written = new Map<string, Line>()
  const write = createGroupedWrites<Line>(({ key }) => key, (lines) => writeLines(database, runId, fence, lines))
  return {
    find: (key) => {
      const line = written.get(storableText(key))
      // What a later process will read, not what was passed in: both must replay the same.
      return line ? { key, kind: line.kind, inputHash: line.inputHash, value: JSON.parse(line.value) } : entries.get(storableText(key))
    },
    async append({ key, kind, inputHash, value }) {
      const line: Line = { key: storableText(key), kind, inputHash: storableText(inputHash), value: storableJson(value) }
      await write(line)
      written.set(line.key, line)
    },
  }
}

/** An entry as it is stored: `value` is its JSON text. */
interface Line extends Omit<JournalEntry, 'value'> {
  readonly value: string
}

/** The lock on the run's row (shared, so that parallel steps do not wait for each other) makes check and write one: a takeover waits, or was before. */
async function writeLines(database: Database, runId: string, fence: number, lines: readonly Line[]): Promise<void> {
  const values = sql.join(lines.map(({ key, kind, inputHash, value }) => sql`(${key}::text, ${kind}::text, ${inputHash}::text, ${value}::json)`))
  const written = await database.run((db) =>
    sql`
      with mine as (
        select id from foreman.run where id = ${runId} and fence = ${fence} and status = 'running' for share
      )
      insert into foreman.step (run_id, key, kind, input_hash, value)
      select mine.id, line.key, line.kind, line.input_hash, line.value from mine, (values ${values}) as line (key, kind, input_hash, value)
      on conflict (run_id, key) do update
        set kind = excluded.kind, input_hash = excluded.input_hash, value = excluded.value, created_at = now()
    `.execute(db),
  )
  if (written.numAffectedRows !== BigInt(lines.length)) throw fenced(runId)
}

/** For every write that finds another owner, or none, in the run's row. */
export function fenced(runId: string): FencedError {
  return new FencedError(`Run ${runId} was taken over by another process or has ended; nothing was written.`)
}
