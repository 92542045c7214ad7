import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { entityField, limitField } from '../../kit/window.ts'
import { byteSize, percent } from '../amounts.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

const Time = z.string().nullish().transform((value) => (value === null || value === undefined ? null : new Date(value).toISOString()))
const Row = z.object({
  schema: z.string(), table: z.string(), bytes: z.coerce.number(), live: z.coerce.number(), dead: z.coerce.number(), seq_scans: z.coerce.number(), seq_rows: z.coerce.number(),
  index_scans: z.coerce.number(), modified: z.coerce.number(), vacuumed: Time, analyzed: Time, unused: z.array(z.string()).nullish(),
})
const Stats = z.object({
  schema: z.string(), table: z.string(), bytes: z.number(), liveRows: z.number(), deadRows: z.number(), seqScans: z.number(), seqRows: z.number().describe('rows read by them'), indexScans: z.number(),
  modifiedSinceAnalyze: z.number(), vacuumedAt: z.string().nullable(), analyzedAt: z.string().nullable(), unusedIndexes: z.array(z.string()),
})
type Stats = z.infer<typeof Stats>

const SQL = `
select s.schemaname::text as schema, s.relname::text as "table", pg_total_relation_size(s.relid)::float8 as bytes, s.n_live_tup as live, s.n_dead_tup as dead,
  coalesce(s.seq_scan, 0) as seq_scans, coalesce(s.seq_tup_read, 0) as seq_rows, coalesce(s.idx_scan, 0) as index_scans, s.n_mod_since_analyze as modified,
  greatest(s.last_vacuum, s.last_autovacuum)::text as vacuumed, greatest(s.last_analyze, s.last_autoanalyze)::text as analyzed,
  (select array_agg(i.indexrelname::text order by i.indexrelname) from pg_stat_user_indexes i join pg_index x on x.indexrelid = i.indexrelid
     where i.relid = s.relid and i.idx_scan = 0 and not x.indisunique) as unused
from pg_stat_user_tables s
where s.schemaname not in ('auth', 'storage', 'realtime', 'vault', 'extensions', 'supabase_migrations', 'cron', 'net')
order by s.seq_tup_read desc nulls last, s.n_live_tup desc, s.relname`

/** Smaller tables are read whole at no cost, and their dead rows do not matter. */
const LARGE_ROWS = 10_000
/** Share of dead rows from which vacuum is not keeping up; autovacuum starts at a fifth. */
const DEAD_SHARE = 0.4

export const tableStats = defineTool<SupabaseClient>()({
  name: 'supabase_table_stats',
  title: 'How tables are read, and what vacuum leaves behind',
  useWhen: 'Use when a table is slow or swells: scans without an index, dead rows, stale statistics, indexes nobody uses, sizes.',
  input: z.object({ table: entityField('table', 'only this one').optional(), limit: limitField(20, 100) }),
  output: z.object({ tables: z.array(Stats) }),
  operations: [operations.select],
  async run({ table: wanted, limit }, { client }) {
    const name = wanted?.split('.').at(-1)?.replaceAll('"', '')
    const all = (await client.select(SQL, Row)).map(statsOf)
    const found = name === undefined ? all : all.filter(({ table }) => table === name)
    const shown = found.slice(0, limit)
    const signals = shown.flatMap(tableSignals).slice(0, 12)
    const none = name === undefined ? 'The database has no tables of its own.' : `The database has no table called ${name}.`
    return {
      structured: { tables: shown },
      text: shown.length === 0 ? none : [`${found.length} tables, the most read without an index first (counts since statistics were last reset):`, ...shown.map(statsText)].join('\n'),
      entities: shown.map(({ table }) => ({ kind: 'table', value: table })),
      signals: signals.length > 0 ? signals : [shown.length === 0 ? makeSignal('absence', name === undefined ? 0 : 2, none) : makeSignal('healthy', 0, `No large table among ${shown.length} is read without an index for the most part or full of dead rows.`)],
      links: [client.link('Tables in Supabase', 'editor')],
      truncated: found.length > limit,
    }
  },
})

function statsOf(row: z.infer<typeof Row>): Stats {
  return {
    schema: row.schema, table: row.table, bytes: row.bytes, liveRows: row.live, deadRows: row.dead, seqScans: row.seq_scans, seqRows: row.seq_rows, indexScans: row.index_scans,
    // An index on a table that nobody reads is no more unused than the table.
    modifiedSinceAnalyze: row.modified, vacuumedAt: row.vacuumed, analyzedAt: row.analyzed, unusedIndexes: row.seq_scans + row.index_scans > 0 ? (row.unused ?? []) : [],
  }
}

function statsText(one: Stats): string {
  const times = `vacuumed ${one.vacuumedAt === null ? 'never' : utc(one.vacuumedAt)}, analyzed ${one.analyzedAt === null ? 'never' : utc(one.analyzedAt)}`
  return `${one.schema}.${one.table}: ${byteSize(one.bytes)}, ${one.liveRows} rows, ${one.deadRows} dead, ${one.seqScans} scans of all (${one.seqRows} rows), ${one.indexScans} by index, ${times}${one.unusedIndexes.length === 0 ? '' : `; unused: ${one.unusedIndexes.join(', ')}`}`
}

function tableSignals(one: Stats): Signal[] {
  if (one.liveRows < LARGE_ROWS) return []
  const about: Entity[] = [{ kind: 'table', value: one.table }]
  const dead = one.deadRows / (one.liveRows + one.deadRows)
  return [
    ...(one.seqScans > one.indexScans && one.seqScans >= 100 ? [makeSignal('anomaly', 2, `${one.table} (${one.liveRows} rows) was read from end to end ${one.seqScans} times and by an index ${one.indexScans} times: an index may be missing.`, { about, says: '' })] : []),
    ...(dead >= DEAD_SHARE ? [makeSignal('anomaly', 2, `${one.table}: ${percent(dead)} of its rows are dead (${one.deadRows}); last vacuumed ${one.vacuumedAt === null ? 'never' : utc(one.vacuumedAt)}.`, { about, says: '' })] : []),
    ...(one.modifiedSinceAnalyze > one.liveRows / 2 ? [makeSignal('anomaly', 1, `${one.table}: the planner’s statistics are stale: ${one.modifiedSinceAnalyze} of ${one.liveRows} rows changed since ${one.analyzedAt === null ? 'statistics began' : utc(one.analyzedAt)}.`, { about, says: '' })] : []),
  ]
}
