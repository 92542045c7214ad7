import type { Row } from '../datasets.ts'
import { sentryTime, type TimeWindow } from '../time-window.ts'
import { SearchError } from './query.ts'
import type { Scalar } from './match.ts'

export type Value = Scalar | null

/** A column of an events query that is computed over a group of rows, as in `p95(span.duration)`. */
export interface Aggregate {
  readonly field: string
  readonly name: string
  readonly args: readonly string[]
}

type Compute = (rows: readonly Row[], args: readonly string[], window: TimeWindow) => Value

function weightOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + row.weight, 0)
}

function numbers(rows: readonly Row[], key: string): number[] {
  return rows.flatMap((row) => row.values(key)).map(Number).filter((value) => !Number.isNaN(value)).toSorted((one, other) => one - other)
}

function percentile(rows: readonly Row[], key: string, share: number): Value {
  const sorted = numbers(rows, key)
  if (sorted.length === 0) return null
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? 0
  const high = sorted[Math.ceil(place)] ?? low
  return low + (high - low) * (place - Math.floor(place))
}

const goodStatuses = new Set(['ok', 'cancelled', 'unknown'])

function failures(rows: readonly Row[]): number {
  return weightOf(rows.filter((row) => !goodStatuses.has(String(row.fields['span.status'] ?? 'ok'))))
}

function perMs(ms: number): Compute {
  return (rows, _args, window) => (weightOf(rows) / Math.max(1, window.end - window.start)) * ms
}

const durationKey = 'span.duration'
const fixed = (share: number): Compute => (rows, [key = durationKey]) => percentile(rows, key, share)

const functions: Readonly<Record<string, Compute>> = {
  count: (rows, [key]) => weightOf(key === undefined || key === '' || key === durationKey ? rows : rows.filter((row) => row.values(key).length > 0)),
  count_unique: (rows, [key = 'user']) => new Set(rows.flatMap((row) => row.values(key))).size,
  count_if: (rows, [key = '', operation = 'equals', wanted = '']) => weightOf(rows.filter((row) => row.values(key).some((value) => (String(value) === wanted) === (operation === 'equals')))),
  sum: (rows, [key = durationKey]) => rows.reduce((sum, row) => sum + numbers([row], key).reduce((part, value) => part + value * row.weight, 0), 0),
  avg: (rows, [key = durationKey]) => {
    const all = numbers(rows, key)
    return all.length === 0 ? null : all.reduce((sum, value) => sum + value, 0) / all.length
  },
  min: (rows, [key = durationKey]) => numbers(rows, key)[0] ?? null,
  max: (rows, [key = durationKey]) => numbers(rows, key).at(-1) ?? null,
  p50: fixed(0.5), p75: fixed(0.75), p90: fixed(0.9), p95: fixed(0.95), p99: fixed(0.99), p100: fixed(1),
  percentile: (rows, [key = durationKey, share = '0.5']) => percentile(rows, key, Number(share)),
  epm: perMs(60_000), eps: perMs(1000), tpm: perMs(60_000), tps: perMs(1000), spm: perMs(60_000),
  failure_count: (rows) => failures(rows),
  failure_rate: (rows) => (rows.length === 0 ? null : failures(rows) / weightOf(rows)),
  last_seen: (rows) => (rows.length === 0 ? null : discoverTime(Math.max(...rows.map((row) => row.at)))),
  first_seen: (rows) => (rows.length === 0 ? null : discoverTime(Math.min(...rows.map((row) => row.at)))),
  any: (rows, [key = '']) => rows.flatMap((row) => row.values(key))[0] ?? null,
}

/** A time as the events endpoints print it: with `+00:00` instead of Z. */
export function discoverTime(at: number): string {
  return sentryTime(at).replace('Z', '+00:00')
}

/** The aggregate a field names, undefined for a plain column. Throws SearchError for a function Sentry does not have. */
export function aggregateOf(field: string): Aggregate | undefined {
  const [, name, inside = ''] = /^(\w+)\(([^)]*)\)$/.exec(field) ?? []
  if (name === undefined) return undefined
  if (!(name in functions)) throw new SearchError(`Unknown function: ${name}. Supported: ${Object.keys(functions).join(', ')}`)
  return { field, name, args: inside === '' ? [] : inside.split(',').map((arg) => arg.trim()) }
}

/** The aggregate's value over `rows`; null where there is nothing to compute it from. */
export function computeAggregate(aggregate: Aggregate, rows: readonly Row[], window: TimeWindow): Value {
  const compute = functions[aggregate.name]
  if (compute === undefined) throw new SearchError(`Unknown function: ${aggregate.name}`)
  return compute(rows, aggregate.args, window)
}

/** What `meta.fields` says of a field. */
export function fieldType(field: string, sample: Value | undefined): string {
  const name = /^(\w+)\(/.exec(field)?.[1]
  if (name !== undefined && /^(p\d+|percentile|avg|min|max|sum)$/.test(name)) return field.includes('duration') || field.endsWith('()') ? 'duration' : 'number'
  if (name === 'failure_rate') return 'percentage'
  if (name !== undefined && /^(eps|epm|tps|tpm|spm)$/.test(name)) return 'rate'
  if (name !== undefined && /^count|^failure_count/.test(name)) return 'integer'
  if (/timestamp|last_seen|first_seen/.test(field)) return 'date'
  if (field === 'issue.id' || field === 'project.id') return 'integer'
  if (/duration|self_time/.test(field)) return 'duration'
  return typeof sample === 'number' ? 'number' : typeof sample === 'boolean' ? 'boolean' : 'string'
}

/** Both spellings Sentry accepts in `sort`: `count_unique(user)` and its alias `count_unique_user`. */
export function fieldAlias(field: string): string {
  return field.replaceAll(/[^\w.]+/g, '_').replace(/_+$/, '').replaceAll('.', '_')
}
