import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { byteSize, percent } from '../amounts.ts'
import type { SupabaseClient } from '../client.ts'
import { connectionLines, connectionSignals, readConnections, whoEntities } from '../connections.ts'
import { operations } from '../operations.ts'
import { readMetrics } from '../prometheus-text.ts'
import { readIfAllowed } from '../read-if-allowed.ts'

const Row = z.object({
  commits: z.coerce.number(), rollbacks: z.coerce.number(), read: z.coerce.number(), hit: z.coerce.number(), deadlocks: z.coerce.number(), temp_files: z.coerce.number(), temp_bytes: z.coerce.number(),
  connections: z.coerce.number(), since: z.string().nullish(),
})
const Metrics = z.object({
  since: z.string().nullable(), commits: z.number(), rollbacks: z.number(), deadlocks: z.number(), tempFiles: z.number(), tempBytes: z.number(), connections: z.number(),
  cacheHitShare: z.number().nullable(), load1: z.number().nullable().describe('null: no key for the machine’s metrics'), memoryFreeShare: z.number().nullable(),
})
type Metrics = z.infer<typeof Metrics>

const SQL = `select xact_commit as commits, xact_rollback as rollbacks, blks_read as read, blks_hit as hit, deadlocks, temp_files, temp_bytes, numbackends as connections, stats_reset::text as since
from pg_stat_database where datname = current_database()`

/** Below this, Postgres reads from the disk too often to be fast; Supabase's own advice is 99%. */
const GOOD_CACHE = 0.95
/** So few blocks say nothing about the cache. */
const ENOUGH_BLOCKS = 10_000

export const dbMetrics = defineTool<SupabaseClient>()({
  name: 'supabase_db_metrics',
  title: 'Counters of the database and its machine',
  useWhen: 'Use when the whole database is slow: deadlocks, rollbacks, cache hits, spills to disk, and, where a key is configured, load and memory.',
  input: z.object({}),
  output: Metrics,
  operations: [operations.select, operations.metrics, operations.postgresConfig],
  async run(_args, { client }) {
    const [[row], machine, connected] = await Promise.all([client.select(SQL, Row), client.metrics(), readIfAllowed(readConnections(client))])
    const metrics = metricsOf(row, machine === null ? new Map() : readMetrics(machine))
    const crowded = connected === null ? [] : connectionSignals(connected).filter(({ severity }) => severity > 0)
    const signals = [...crowded, ...metricSignals(metrics, client.ref)]
    return {
      structured: metrics,
      text: [metricsText(metrics), ...(connected === null || crowded.length === 0 ? [] : connectionLines(connected))].join('\n'),
      entities: [{ kind: 'database', value: client.ref }, ...(connected?.usage ?? []).flatMap(whoEntities)],
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, 'No counter of the database is out of the ordinary.')],
      links: [client.link('Database report in Supabase', 'observability/database')],
    }
  },
})

function metricsOf(row: z.infer<typeof Row> | undefined, machine: ReadonlyMap<string, number>): Metrics {
  const blocks = (row?.read ?? 0) + (row?.hit ?? 0)
  const [total, free] = [machine.get('node_memory_MemTotal_bytes'), machine.get('node_memory_MemAvailable_bytes')]
  return {
    since: row?.since ? new Date(row.since).toISOString() : null, commits: row?.commits ?? 0, rollbacks: row?.rollbacks ?? 0, deadlocks: row?.deadlocks ?? 0, tempFiles: row?.temp_files ?? 0,
    tempBytes: row?.temp_bytes ?? 0, connections: row?.connections ?? 0, cacheHitShare: blocks < ENOUGH_BLOCKS ? null : (row?.hit ?? 0) / blocks,
    load1: machine.get('node_load1') ?? null, memoryFreeShare: total === undefined || free === undefined || total === 0 ? null : free / total,
  }
}

function metricsText(one: Metrics): string {
  return [
    `Since ${one.since === null ? 'statistics began' : utc(one.since)}: ${one.commits} commits, ${one.rollbacks} rollbacks, ${one.deadlocks} deadlocks, ${one.tempFiles} temporary files (${byteSize(one.tempBytes)})`,
    `Now: ${one.connections} connections`,
    `Cache hits: ${one.cacheHitShare === null ? 'too few reads to tell' : `${(one.cacheHitShare * 100).toFixed(1)}%`}`,
    one.load1 === null && one.memoryFreeShare === null ? 'The machine’s load and memory are unknown: no key for the metrics endpoint is configured.' : `Machine: load ${one.load1 ?? 'unknown'}, ${one.memoryFreeShare === null ? 'memory unknown' : `${percent(one.memoryFreeShare)} of memory free`}`,
  ].join('\n')
}

function metricSignals(one: Metrics, database: string): Signal[] {
  const about = [{ kind: 'database' as const, value: database }]
  const rolledBack = one.rollbacks / Math.max(1, one.commits + one.rollbacks)
  const since = one.since === null ? '' : ` since ${utc(one.since)}`
  return [
    ...(one.memoryFreeShare !== null && one.memoryFreeShare < 0.1 ? [makeSignal('state', 3, `The database’s machine has ${percent(one.memoryFreeShare)} of its memory left.`, { about })] : []),
    ...(one.cacheHitShare !== null && one.cacheHitShare < GOOD_CACHE ? [makeSignal('anomaly', 2, `Only ${percent(one.cacheHitShare)} of blocks come from the cache: the data in use does not fit in memory.`, { about })] : []),
    ...(one.deadlocks > 0 ? [makeSignal('anomaly', 1, `${one.deadlocks} deadlocks${since}.`, { about, count: one.deadlocks })] : []),
    ...(rolledBack >= 0.1 ? [makeSignal('anomaly', 1, `${percent(rolledBack)} of transactions were rolled back${since}.`, { about })] : []),
    ...(one.tempBytes >= 1e9 ? [makeSignal('anomaly', 1, `Statements wrote ${byteSize(one.tempBytes)} of temporary files${since}: they sort or join more than fits in memory.`, { about })] : []),
  ]
}
