import { z } from 'zod'
import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import { levelOf, plainMessage } from '../kit/log-lines.ts'
import type { LogEntry, LogLevel } from '../kit/log-lines.ts'

/** Where Supabase keeps a log line. */
export const logSources = ['edge_logs', 'postgres_logs', 'auth_logs', 'storage_logs', 'realtime_logs', 'function_edge_logs', 'function_logs', 'pooler_logs'] as const
export const LogSource = z.enum(logSources)
export type LogSource = z.infer<typeof LogSource>

/** A window of logs is at most a day; Supabase refuses longer ones. */
export const LOG_WINDOW = { defaultMinutes: 60, maxMinutes: 24 * 60 }

/** A text as a ClickHouse string literal: both the quote and the backslash are special there. */
function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** What lines are wanted. */
export interface LogFilter {
  readonly source: LogSource | 'all'
  readonly search?: string | undefined
  readonly minStatus?: number | undefined
}

const GRAVE = "'ERROR', 'FATAL', 'PANIC', 'WARN', 'WARNING', 'error', 'fatal', 'warn', 'warning'"
/** What is worth reading when nothing is said about what to look for. */
const NOTABLE = `(severity_text in (${GRAVE}) or log_attributes['parsed.error_severity'] in (${GRAVE}) or toInt32OrZero(log_attributes['response.status_code']) >= 400)`

/** The conditions of a log query; nothing an agent writes reaches it but as a literal. */
export function logConditions({ source, search, minStatus }: LogFilter): string {
  return [
    source === 'all' ? `source in (${logSources.map(literal).join(', ')})` : `source = ${literal(source)}`,
    ...(source === 'all' && search === undefined && minStatus === undefined ? [NOTABLE] : []),
    ...(search === undefined ? [] : [`event_message ilike ${literal(`%${search.replaceAll(/[%_]/g, '\\$&')}%`)}`]),
    ...(minStatus === undefined ? [] : [`toInt32OrZero(log_attributes['response.status_code']) >= ${Math.trunc(minStatus)}`]),
  ].join(' and ')
}

/** The newest lines of a source. The columns are those of Supabase's one table `logs`. */
export function linesQuery(filter: LogFilter, limit: number): string {
  return `select id, timestamp, source, event_message, severity_text, log_attributes from logs where ${logConditions(filter)} order by timestamp desc limit ${Math.trunc(limit)}`
}

const Row = z.object({
  timestamp: z.union([z.string(), z.number()]),
  source: z.string().nullish(),
  event_message: z.string().nullish(),
  severity_text: z.string().nullish(),
  log_attributes: z.record(z.string(), z.unknown()).nullish(),
})

/** One line: what it says, and the attributes that matter to a reader. */
export interface SupabaseLogLine extends LogEntry {
  readonly status: number | null
  readonly entities: readonly Entity[]
}

/** Rows of `linesQuery` as entries, oldest first. */
export function logLines(rows: readonly unknown[]): SupabaseLogLine[] {
  return rows.map((row) => lineOf(Row.parse(row))).sort((a, b) => a.at.localeCompare(b.at))
}

/** Attributes worth reading behind the message, by the name they are shown under. */
const SHOWN: readonly [string, string][] = [
  ['request.method', ''], ['request.path', ''], ['response.status_code', 'status'], ['parsed.sql_state_code', 'SQLSTATE'], ['parsed.detail', 'detail'], ['parsed.hint', 'hint'],
  ['parsed.query', 'query'], ['parsed.user_name', 'user'], ['parsed.application_name', 'application'], ['function_id', 'function'], ['execution_time_ms', 'ms'], ['error', 'error'], ['error_code', 'error_code'],
]

function lineOf(row: z.infer<typeof Row>): SupabaseLogLine {
  const attributes = Object.fromEntries(Object.entries(row.log_attributes ?? {}).map(([key, value]) => [key, String(value)]))
  const message = plainMessage(row.event_message ?? '')
  const shown = SHOWN.flatMap(([key, label]) => {
    const value = attributes[key]
    if (value === undefined || value === '' || message.includes(value)) return []
    return [label === '' ? value : `${label}=${value}`]
  })
  const status = Number(attributes['response.status_code'] ?? Number.NaN)
  return {
    at: logTime(row.timestamp),
    level: lineLevel(row, attributes, message),
    message: [message, ...shown].filter((part) => part !== '').join(' '),
    ...(row.source ? { origin: row.source } : {}),
    status: Number.isFinite(status) ? status : null,
    entities: attributeEntities(attributes),
  }
}

function lineLevel(row: z.infer<typeof Row>, attributes: Readonly<Record<string, string>>, message: string): LogLevel {
  const status = Number(attributes['response.status_code'] ?? 0)
  if (status >= 500) return 'error'
  if (status >= 400) return 'warning'
  const named = attributes['parsed.error_severity'] ?? row.severity_text ?? undefined
  if (named === 'LOG' || named === 'NOTICE') return 'info'
  return levelOf(named === 'info' || named === 'INFO' ? undefined : named, status > 0 ? '' : message)
}

function attributeEntities(attributes: Readonly<Record<string, string>>): Entity[] {
  const typed: readonly [string, Entity['kind']][] = [['request.path', 'url'], ['response.status_code', 'status_code'], ['parsed.sql_state_code', 'error_code'], ['parsed.user_name', 'role'], ['function_id', 'function']]
  const application = attributes['parsed.application_name'] ?? ''
  return [...typed.flatMap(([key, kind]) => {
    const value = attributes[key]
    return value === undefined || value === '' ? [] : [{ kind, value: value.slice(0, 400) }]
  }), ...(/^[a-z][a-z0-9_-]{2,60}$/.test(application) ? [{ kind: 'service' as const, value: application }] : [])]
}

/** A log time as ISO 8601: Supabase sends text without a zone (UTC), or microseconds, milliseconds or seconds since the epoch. */
export function logTime(time: string | number): string {
  const number = typeof time === 'number' ? time : /^\d{10,}$/.test(time) ? Number(time) : null
  if (number !== null) return new Date(number > 1e14 ? number / 1_000 : number > 1e11 ? number : number * 1_000).toISOString()
  const text = String(time).replace(' ', 'T')
  const date = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}

/** The entities of the attributes of lines that say the same as `message`. */
export function entitiesOfLines(lines: readonly SupabaseLogLine[]): Entity[] {
  return distinctEntities(lines.flatMap((line) => line.entities))
}
