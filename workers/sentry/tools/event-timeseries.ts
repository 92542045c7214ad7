import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { findRise } from '../../kit/series-jump.ts'
import { entityField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { environmentField, projectField, scopedSearch, windowQuery } from '../fields.ts'
import { organizationRead } from '../operations.ts'

const Point = z.object({ at: z.string(), count: z.number() })
type Point = z.infer<typeof Point>

/** Buckets Sentry knows, in minutes; the finest that keeps the series short is taken. */
const INTERVALS: readonly [minutes: number, name: string][] = [[1, '1m'], [5, '5m'], [15, '15m'], [60, '1h'], [240, '4h'], [1_440, '1d']]
const MOST_BUCKETS = 150

/** Events over time, to date an onset. */
export const eventTimeseries = defineTool<SentryClient>()({
  name: 'sentry_event_timeseries',
  title: 'Errors over time',
  useWhen: 'Use when you need to date the onset of an error, or to see whether it grew or has stopped.',
  input: z.object({
    issue: entityField('issue', 'Short id such as WEB-1A2').optional(),
    query: z.string().max(500).optional().describe('Sentry search syntax'),
    project: projectField, environment: environmentField, ...windowFields,
  }),
  output: z.object({ interval: z.string(), total: z.number(), points: z.array(Point), firstAt: z.string().nullable(), lastAt: z.string().nullable(), peak: Point.nullable() }),
  operations: [organizationRead('events-timeseries/')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 24 * 60, maxMinutes: 90 * 24 * 60 })
    const minutes = (window.end.getTime() - window.start.getTime()) / 60_000
    const [, interval] = INTERVALS.find(([step]) => minutes / step <= MOST_BUCKETS) ?? [1_440, '1d']
    const query = scopedSearch(args.query, { project: args.project, [args.issue !== undefined && /^\d+$/.test(args.issue) ? 'issue.id' : 'issue']: args.issue })
    const answer = await client.timeseries({ dataset: 'errors', yAxis: 'count()', query, interval, environment: args.environment, ...windowQuery(window) })
    const points = (answer.timeSeries[0]?.values ?? []).map(({ timestamp, value }) => ({ at: new Date(timestamp).toISOString(), count: value ?? 0 }))
    const busy = points.filter(({ count }) => count > 0)
    const structured = {
      interval, total: points.reduce((sum, { count }) => sum + count, 0), points, firstAt: busy[0]?.at ?? null, lastAt: busy.at(-1)?.at ?? null,
      peak: busy.reduce<Point | null>((peak, point) => (peak === null || point.count > peak.count ? point : peak), null),
    }
    const about = args.issue === undefined ? (args.project === undefined ? [] : [{ kind: 'project' as const, value: args.project }]) : [{ kind: 'issue' as const, value: args.issue }]
    const subject = args.issue !== undefined && args.query === undefined ? `issue ${args.issue}` : query === '' ? 'all errors' : query
    return {
      structured,
      text: busy.length === 0
        ? `0 events for ${subject} between ${utc(window.start)} and ${utc(window.end)}.`
        : `${structured.total} events for ${subject} per ${interval}, first ${utc(structured.firstAt ?? '')}, last ${utc(structured.lastAt ?? '')}, peak ${structured.peak?.count} at ${utc(structured.peak?.at ?? '')}. Empty buckets are left out:\n${busy.map(({ at, count }) => `${utc(at)} ${count}`).join('\n')}`,
      entities: about,
      signals: seriesSignals(points, busy, { subject, interval, narrow: args.issue !== undefined || args.query !== undefined }).map((signal) => ({ ...signal, entities: [...about, ...signal.entities] })),
    }
  },
})

function seriesSignals(points: readonly Point[], busy: readonly Point[], { subject, interval, narrow }: { subject: string; interval: string; narrow: boolean }): Signal[] {
  const [first] = busy
  const last = busy.at(-1)
  if (first === undefined || last === undefined) return [makeSignal('healthy', 0, `No event for ${subject} in the window`)]
  const count = busy.reduce((sum, point) => sum + point.count, 0)
  const before = points.findIndex(({ at }) => at === first.at)
  const rise = findRise(points.map((point) => ({ at: point.at, value: point.count })), { factor: 3, least: 1 })
  const signals: Signal[] = []
  // All errors of a project have no first one that means anything, unless nothing rose later.
  if (before > 2 && (narrow || rise === undefined)) {
    signals.push(makeSignal('anomaly', 2, `Onset of ${subject}: first event in the ${interval} from ${utc(first.at)}, 0 in the ${before} × ${interval} before, ${count} since`, { at: first.at, count }))
  }
  if (rise !== undefined && !(narrow && rise.at === first.at)) {
    signals.push(makeSignal('anomaly', 2, `${subject} rose at ${utc(rise.at)}: from ${rise.before.toFixed(1)} to ${rise.after.toFixed(1)} events per ${interval}, peak ${Math.max(...busy.map((point) => point.count))}`, { at: rise.at, count }))
  }
  const quiet = points.length - 1 - points.findIndex(({ at }) => at === last.at)
  if (quiet > Math.max(3, points.length / 10)) signals.push(makeSignal('healthy', 0, `${subject} stopped: last event in the ${interval} from ${utc(last.at)}, none in the ${quiet} × ${interval} since`, { at: last.at }))
  return signals
}
