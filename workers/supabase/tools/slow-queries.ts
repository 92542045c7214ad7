import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { sqlEntities } from '../sql-entities.ts'

const Row = z.object({ query: z.string(), calls: z.coerce.number(), total_ms: z.coerce.number(), mean_ms: z.coerce.number(), max_ms: z.coerce.number(), rows: z.coerce.number() })
const Statement = z.object({ query: z.string(), calls: z.number(), totalMs: z.number(), meanMs: z.number(), maxMs: z.number(), rows: z.number(), share: z.number().describe('of all time spent') })

/** What a person waits for; slower on average is worth naming. */
const SLOW_MS = 500

/** The tables a statement reads or writes, before what is said of it. */
function tablesOf(query: string): string {
  const tables = sqlEntities(query).flatMap(({ kind, value }) => (kind === 'table' ? [value] : []))
  return `A statement${tables.length === 0 ? '' : ` on ${tables.slice(0, 3).join(', ')}`} takes `
}

export const slowQueries = defineTool<SupabaseClient>()({
  name: 'supabase_slow_queries',
  title: 'Statements that cost the most time',
  useWhen: 'Use when the database is slow or busy: statements by total time since statistics were last reset, from pg_stat_statements.',
  input: z.object({ limit: limitField(15, 50) }),
  output: z.object({ installed: z.boolean(), statements: z.array(Statement) }),
  operations: [operations.select],
  async run({ limit }, { client }) {
    const [there] = await client.select("select coalesce(to_regclass('extensions.pg_stat_statements'), to_regclass('pg_stat_statements'))::text as view", z.object({ view: z.string().nullish() }))
    const view = there?.view
    if (view === null || view === undefined) {
      const text = 'The extension pg_stat_statements is not installed: statement times are unknown.'
      return { structured: { installed: false, statements: [] }, text, entities: [], signals: [makeSignal('absence', 0, text)] }
    }
    const rows = await client.select(`select query, calls, total_exec_time as total_ms, mean_exec_time as mean_ms, max_exec_time as max_ms, rows from ${view === 'pg_stat_statements' ? view : 'extensions.pg_stat_statements'} order by total_exec_time desc limit 200`, Row)
    const all = rows.reduce((sum, row) => sum + row.total_ms, 0)
    const statements = rows.slice(0, limit).map(({ query, calls, total_ms, mean_ms, max_ms, rows: count }) => ({
      query: clip(query, 1_000), calls, totalMs: total_ms, meanMs: mean_ms, maxMs: max_ms, rows: count, share: all === 0 ? 0 : total_ms / all,
    }))
    const slow = statements.filter((statement) => statement.meanMs >= SLOW_MS)
    return {
      structured: { installed: true, statements },
      text: [`${rows.length} statements, the costliest first:`, ...statements.map((one) => `${Math.round(one.share * 100)}% total ${Math.round(one.totalMs)} ms, ${one.calls} calls, mean ${one.meanMs.toFixed(1)} ms, max ${Math.round(one.maxMs)} ms: ${clip(one.query, 300)}`)].join('\n'),
      entities: distinctEntities(statements.flatMap((one) => sqlEntities(one.query))),
      signals: slow.length > 0
        ? slow.slice(0, 5).map((one) => makeSignal('anomaly', one.share >= 0.3 ? 2 : 1, `${tablesOf(one.query)}${Math.round(one.meanMs)} ms on average, ${one.calls} calls, ${Math.round(one.share * 100)}% of all time: ${clip(one.query, 160)}`, { about: sqlEntities(one.query), says: '' }))
        : [makeSignal('healthy', 0, `No statement takes ${SLOW_MS} ms or more on average.`)],
      links: [client.link('Query performance in Supabase', 'observability/query-performance')],
      truncated: rows.length > limit,
    }
  },
})
