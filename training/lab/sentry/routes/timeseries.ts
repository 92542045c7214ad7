import type { Context, Hono } from 'hono'
import type { Row } from '../datasets.ts'
import { badRequest, paramsOf } from '../responses.ts'
import { aggregateOf, computeAggregate, fieldType, type Aggregate } from '../search/aggregate.ts'
import { matches } from '../search/match.ts'
import { parseSearch } from '../search/query.ts'
import type { SentryState } from '../state.ts'
import { parseSpan, type TimeWindow } from '../time-window.ts'
import { eventScope } from './events.ts'

const dayMs = 86_400_000
const pointLimit = 10_000

/** Steps Sentry chooses for a window when the request does not: from a minute for an hour to a day for months. */
function intervalOf(params: URLSearchParams, { start, end }: TimeWindow): number {
  const asked = params.get('interval')
  const length = end - start
  const interval = asked === null ? defaultInterval(length) : parseSpan(asked)
  if (interval === undefined || interval === 0) throw badRequest(`Invalid interval: ${asked}`)
  if (length / interval > pointLimit) throw badRequest('Your interval and date range would create too many results. Use a larger interval, or a smaller date range.')
  return interval
}

function defaultInterval(length: number): number {
  if (length <= 3_600_000) return 60_000
  if (length <= dayMs) return 300_000
  if (length <= 14 * dayMs) return 3_600_000
  return length <= 30 * dayMs ? 4 * 3_600_000 : dayMs
}

interface Point {
  /** Milliseconds at which the step begins. */
  readonly at: number
  readonly value: number
  readonly incomplete: boolean
}

interface Series {
  readonly aggregate: Aggregate
  readonly group: readonly { key: string; value: string }[]
  readonly points: readonly Point[]
}

interface SeriesQuery {
  readonly window: TimeWindow
  readonly interval: number
  readonly now: number
}

function pointsOf(rows: readonly Row[], aggregate: Aggregate, { window, interval, now }: SeriesQuery): Point[] {
  const first = Math.floor(window.start / interval) * interval
  const buckets = Map.groupBy(rows, (row) => Math.floor(row.at / interval) * interval)
  const steps = Math.floor((window.end - first) / interval) + 1
  return Array.from({ length: steps }, (_, step) => {
    const at = first + step * interval
    const value = computeAggregate(aggregate, buckets.get(at) ?? [], { start: at, end: at + interval })
    return { at, value: typeof value === 'number' ? value : 0, incomplete: at + interval > now }
  })
}

/** The series a request asks for: one for each y-axis, and with `topEvents` one for each of the largest groups. */
function seriesOf(c: Context, state: SentryState): { series: Series[]; window: TimeWindow; interval: number; name: string } {
  const params = paramsOf(c)
  const { rows, window, name } = eventScope(c, state)
  const now = state.now().getTime()
  const query = { window, interval: intervalOf(params, window), now }
  const search = parseSearch(params.get('query') ?? '')
  const hits = rows.filter((row) => matches(search, row, now))
  const axes = params.getAll('yAxis')
  const aggregates = (axes.length === 0 ? ['count()'] : axes).map((axis) => {
    const aggregate = aggregateOf(axis)
    if (aggregate === undefined) throw badRequest(`Invalid yAxis: ${axis}`)
    return aggregate
  })
  const top = Number(params.get('topEvents') ?? 0)
  const keys = [...params.getAll('groupBy'), ...params.getAll('field')].filter((field) => aggregateOf(field) === undefined)
  const groups = top === 0 || keys.length === 0 ? [{ group: [], members: hits }] : topGroups(hits, keys, top)
  return { series: groups.flatMap(({ group, members }) => aggregates.map((aggregate) => ({ aggregate, group, points: pointsOf(members, aggregate, query) }))), window, interval: query.interval, name }
}

function topGroups(rows: readonly Row[], keys: readonly string[], top: number): { group: { key: string; value: string }[]; members: Row[] }[] {
  const groupOf = (row: Row) => keys.map((key) => ({ key, value: String(row.values(key)[0] ?? '') }))
  const weight = (members: readonly Row[]): number => members.reduce((sum, row) => sum + row.weight, 0)
  return [...Map.groupBy(rows, (row) => JSON.stringify(groupOf(row))).values()]
    .toSorted((one, other) => weight(other) - weight(one)).slice(0, top)
    .flatMap((members) => { const [first] = members; return first === undefined ? [] : [{ group: groupOf(first), members }] })
}

function timeseriesResponse(c: Context, state: SentryState): Response {
  const { series, window, interval, name } = seriesOf(c, state)
  return c.json({
    timeSeries: series.map(({ aggregate, group, points }, order) => ({
      values: points.map(({ at, value, incomplete }) => ({ timestamp: at, value, incomplete, ...(incomplete ? { incompleteReason: 'INCOMPLETE_BUCKET' } : {}) })),
      yAxis: aggregate.field, ...(group.length === 0 ? {} : { groupBy: group }),
      meta: { valueType: fieldType(aggregate.field, 0), valueUnit: fieldType(aggregate.field, 0) === 'duration' ? 'millisecond' : null, interval, ...(group.length === 0 ? {} : { order, isOther: false }) },
    })),
    meta: { dataset: name, start: window.start, end: window.end },
  })
}

/** The older form: `[[epoch seconds, [{count}]], …]`, one object for each axis or group when there are several. */
function statsResponse(c: Context, state: SentryState): Response {
  const { series, window } = seriesOf(c, state)
  const view = ({ aggregate, points }: Series, order: number) => ({
    data: points.map(({ at, value }) => [at / 1000, [{ count: value }]]), order, isMetricsData: false, isMetricsExtractedData: false, start: window.start / 1000, end: window.end / 1000,
    meta: { fields: { [aggregate.field]: fieldType(aggregate.field, 0) }, units: { [aggregate.field]: null }, datasetReason: 'unchanged' },
  })
  const grouped = series.some(({ group }) => group.length > 0)
  const [only] = series
  if (only !== undefined && series.length === 1 && !grouped) return c.json(view(only, 0))
  return c.json(Object.fromEntries(series.map((each, order) => [grouped ? each.group.map(({ value }) => value).join(',') : each.aggregate.field, view(each, order)])))
}

/** Counts and other aggregates over time, in today's form and the one before it. */
export function addTimeseriesRoutes(app: Hono, state: SentryState): void {
  app.get('/api/0/organizations/:org/events-timeseries/', (c) => timeseriesResponse(c, state))
  app.get('/api/0/organizations/:org/events-stats/', (c) => statsResponse(c, state))
}
