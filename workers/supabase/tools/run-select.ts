import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { fail, FailureError } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { sqlEntities } from '../sql-entities.ts'

export const runSelect = defineTool<SupabaseClient>()({
  name: 'supabase_run_select',
  title: 'Run one SELECT',
  useWhen: 'Use when no other tool answers and a count or a few rows would: one SELECT or EXPLAIN (without ANALYZE), read-only. Prefer counts; rows may hold personal data.',
  input: z.object({ sql: z.string().min(7).max(4_000).describe('one statement of PostgreSQL'), limit: limitField(50, 200) }),
  output: z.object({ columns: z.array(z.string()), rows: z.array(z.record(z.string(), z.unknown())), total: z.number().int() }),
  operations: [operations.select],
  async run({ sql, limit }, { client }) {
    const rows = await client.select(sql, z.record(z.string(), z.unknown())).catch(explainRefusal)
    const shown = rows.slice(0, limit)
    const columns = Object.keys(shown[0] ?? {})
    const lines = shown.map((row) => columns.map((column) => clip(cell(row[column]), 200)).join(' | '))
    const about = sqlEntities(sql)
    return {
      structured: { columns, rows: shown, total: rows.length },
      text: rows.length === 0 ? 'The statement returned no rows.' : [`${rows.length} rows${rows.length > limit ? `, the first ${limit}` : ''}:`, columns.join(' | '), ...lines].join('\n'),
      entities: distinctEntities([...about, ...lines.slice(0, 50).flatMap((line) => extractEntities(line))]),
      signals: rows.length === 0
        ? [makeSignal('absence', 1, `No rows: ${clip(sql, 200)}`, { about, says: '' })]
        : [makeSignal('state', 0, `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}: ${clip(shown.slice(0, 6).map((row) => columns.map((column) => `${column}=${clip(cell(row[column]), 60)}`).join(', ')).join('; '), 280)}`, { about })],
      truncated: rows.length > limit,
    }
  },
})

function cell(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function explainRefusal(error: unknown): never {
  if (error instanceof FailureError && error.failure.kind === 'invalid_input') {
    fail('invalid_input', 'The database refused the statement: a name, a type or the syntax is wrong, or the read-only role may not read that. supabase_list_tables gives exact names.', { status: 400 })
  }
  throw error
}
