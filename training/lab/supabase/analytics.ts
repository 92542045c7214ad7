import type { Clock } from '../../../src/core/time.ts'
import { QueryError, type Database } from './database.ts'
import { LogsSqlError, logsQuery } from './logs-sql.ts'

const minute = 60_000
const longest = 24 * 60 * minute
/** Order matters: the log store's own functions come before Postgres'. */
const schemas = ['information_schema', 'pg_catalog']

export interface AnalyticsAnswer {
  readonly status: number
  readonly body: object
}

function backendError(message: string): AnalyticsAnswer {
  return { status: 200, body: { error: { code: 400, errors: [{ domain: 'global', location: 'query', locationType: 'parameter', message, reason: 'invalidQuery' }], message, status: 'INVALID_ARGUMENT' } } }
}

/**
 * Answers `analytics/endpoints/logs`: the rows of `sql` over the lines of a window. One of its ends may be missing only if both are:
 * then it is the last minute. A window over 24 hours is refused (400); a query that fails is told in `error` with status 200, as the service does.
 */
export async function queryLogs(database: Database, clock: Clock, query: URLSearchParams): Promise<AnalyticsAnswer> {
  const [from, to, now] = [query.get('iso_timestamp_start'), query.get('iso_timestamp_end'), clock.now().getTime()]
  if ((from === null) !== (to === null)) return { status: 400, body: { message: 'Both `iso_timestamp_start` and `iso_timestamp_end` parameters must be provided.' } }
  const [start, end] = [from === null ? now - minute : Date.parse(from), to === null ? now : Date.parse(to)]
  if (Number.isNaN(start) || Number.isNaN(end)) return { status: 400, body: { message: 'iso_timestamp_start and iso_timestamp_end must be ISO 8601 date strings' } }
  if (end < start) return { status: 400, body: { message: 'iso_timestamp_end must be after iso_timestamp_start' } }
  if (end - start > longest) return { status: 400, body: { message: 'The timestamp range must be no more than 24 hours' } }
  // A line of this very instant has been written; the clock may stand still on it.
  const until = end >= now ? now + 1 : end
  const sql = query.get('sql') ?? 'select id, timestamp, event_message, source, log_attributes from logs order by timestamp desc limit 100'
  try {
    const { rows } = await database.read([{ sql: logsQuery(sql), parameters: [new Date(start).toISOString(), new Date(until).toISOString()] }], { schemas })
    return { status: 200, body: { result: rows.map(logRow) } }
  } catch (error) {
    if (error instanceof LogsSqlError || error instanceof QueryError) return backendError(error.message)
    throw error
  }
}

/** Times as ClickHouse writes a DateTime64: no zone, six decimals. */
function logRow(row: Readonly<Record<string, unknown>>): object {
  const printed = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?\+00$/
  return Object.fromEntries(Object.entries(row).map(([key, value]) => {
    const [, seconds, fraction = '.'] = typeof value === 'string' ? (printed.exec(value) ?? []) : []
    return [key, seconds === undefined ? value : `${seconds}${fraction.padEnd(7, '0')}`]
  }))
}

const intervals: Readonly<Record<string, { window: number; step: string }>> = {
  '15min': { window: 15 * minute, step: '1 minute' }, '30min': { window: 30 * minute, step: '1 minute' }, '1hr': { window: 60 * minute, step: '1 minute' },
  '3hr': { window: 180 * minute, step: '5 minutes' }, '1day': { window: 1440 * minute, step: '1 hour' }, '3day': { window: 3 * 1440 * minute, step: '1 hour' }, '7day': { window: 7 * 1440 * minute, step: '1 day' },
}

/** The window and step of an `interval` parameter; undefined for one the service does not know. */
function intervalOf(query: URLSearchParams, otherwise: string): { window: number; step: string } | undefined {
  return intervals[query.get('interval') ?? otherwise]
}

/** `usage.api-counts`: requests through the gateway per step and product, from the edge logs. */
export async function apiCounts(database: Database, clock: Clock, query: URLSearchParams): Promise<AnalyticsAnswer> {
  const interval = intervalOf(query, '1day')
  if (!interval) return { status: 400, body: { message: 'interval must be one of 15min, 30min, 1hr, 3hr, 1day, 3day, 7day' } }
  const product = (prefix: string): string => `count(*) filter (where log_attributes ->> 'request.path' like '/${prefix}/%')`
  const sql = `select date_bin($1::interval, timestamp, 'epoch'::timestamptz) as timestamp, ${product('auth')} as total_auth_requests, ${product('realtime')} as total_realtime_requests,
    ${product('rest')} as total_rest_requests, ${product('storage')} as total_storage_requests
    from information_schema.lab_logs where source = 'edge_logs' and timestamp > $2 and timestamp <= $3 group by 1 order by 1`
  return counted(database, clock, interval, { sql, parameters: [] })
}

/** `functions.combined-stats`: requests of one edge function per step, by outcome and time taken in milliseconds. */
export async function functionStats(database: Database, clock: Clock, query: URLSearchParams): Promise<AnalyticsAnswer> {
  const interval = intervalOf(query, '1hr')
  if (!interval || !query.get('function_id')) return { status: 400, body: { message: 'interval and function_id must be given' } }
  const status = `coalesce(log_attributes ->> 'response.status_code', '0')::integer`
  const spent = `(log_attributes ->> 'execution_time_ms')::double precision`
  const sql = `select date_bin($1::interval, timestamp, 'epoch'::timestamptz) as timestamp, count(*) as requests_count,
    count(*) filter (where ${status} < 400) as success_count, count(*) filter (where ${status} between 400 and 499) as client_err_count, count(*) filter (where ${status} >= 500) as server_err_count,
    avg(${spent}) as avg_execution_time, max(${spent}) as max_execution_time
    from information_schema.lab_logs where source = 'function_edge_logs' and timestamp > $2 and timestamp <= $3 and log_attributes ->> 'function_id' = $4 group by 1 order by 1`
  return counted(database, clock, interval, { sql, parameters: [query.get('function_id')] })
}

async function counted(database: Database, clock: Clock, { window, step }: { window: number; step: string }, { sql, parameters }: { sql: string; parameters: unknown[] }): Promise<AnalyticsAnswer> {
  const now = clock.now()
  const { rows } = await database.read([{ sql, parameters: [step, new Date(now.getTime() - window).toISOString(), now.toISOString(), ...parameters] }])
  return { status: 200, body: { result: rows.map((row) => ({ ...row, timestamp: new Date(String(row['timestamp'])).toISOString() })) } }
}
