import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { findRise, withZeros } from '../../kit/series-jump.ts'
import type { Sample } from '../../kit/series-jump.ts'
import { resolveWindow, windowFields } from '../../kit/window.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { amount, Point, samplesOf, seriesText, stepSeconds } from '../time-series.ts'

const Answer = z.object({ httpMetricsGroupedByStatus: z.array(z.object({ statusCode: z.number().int(), samples: z.array(Point) })) })
const StatusSeries = z.object({ status: z.number().int(), total: z.number(), samples: z.array(z.object({ at: z.string(), value: z.number() })) })
type StatusSeries = z.infer<typeof StatusSeries>

export const httpErrors = defineTool<RailwayClient>()({
  name: 'railway_http_errors',
  title: 'Responses of a service by status over time',
  useWhen: 'Use when you want to date the onset of failed requests, or their share.',
  input: z.object({ service: serviceField, ...windowFields }),
  output: z.object({ stepSeconds: z.number().int(), statuses: z.array(StatusSeries) }),
  operations: sends('http_errors'),
  async run({ service: name, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 180, maxMinutes: 30 * 24 * 60 })
    const [service, environment] = await Promise.all([client.service(name), client.environment()])
    const step = stepSeconds(window)
    const { httpMetricsGroupedByStatus } = await client.query('http_errors', { e: environment.id, s: service.id, start: window.start.toISOString(), end: window.end.toISOString(), step }, Answer)
    const statuses = httpMetricsGroupedByStatus
      .map(({ statusCode, samples }) => ({ status: statusCode, total: samples.reduce((sum, sample) => sum + sample.value, 0), samples: samplesOf(samples) }))
      .sort((a, b) => b.status - a.status)
    const total = statuses.reduce((sum, series) => sum + series.total, 0)
    const head = `Responses of ${service.name}, ${utc(window.start)} to ${utc(window.end)}, counts each ${step / 60} min`
    const about = [{ kind: 'service' as const, value: service.name }]
    const signals = statuses.flatMap((series) => statusSignal(series, { total, service: service.name, filled: withZeros(series.samples, window, step) }))
    return {
      structured: { stepSeconds: step, statuses },
      text: total === 0 ? `${head}: none were recorded.` : [`${head}, ${amount(total)} in all:`, ...statuses.map((series) => `${series.status}: ${amount(series.total)} (${amount((100 * series.total) / total)}%) ${series.status >= 400 ? seriesText(series.samples) : ''}`)].join('\n'),
      entities: [...about, ...statuses.map(({ status }) => ({ kind: 'status_code' as const, value: String(status) }))],
      signals: signals.length > 0 ? signals : [makeSignal(total === 0 ? 'absence' : 'healthy', 0, total === 0 ? `${head}: none were recorded.` : `${service.name} answered no request with an error in the window (${amount(total)} requests).`, { about })],
      links: [await client.link(`Metrics of ${service.name}`, { service: service.id, tab: 'metrics' })],
    }
  },
})

interface Around {
  readonly total: number
  readonly service: string
  readonly filled: readonly Sample[]
}

function statusSignal(series: StatusSeries, { total, service, filled }: Around): Signal[] {
  if (series.status < 400 || series.total === 0) return []
  const share = series.total / total
  const rise = findRise(filled, { factor: 2, least: 1 })
  const first = series.samples.find(({ value }) => value > 0)?.at
  const onset = rise === undefined ? '' : `; rose at ${utc(rise.at)} from ${amount(rise.before)} to ${amount(rise.after)} per sample`
  const severity = series.status < 500 ? (share > 0.2 ? 2 : 1) : share > 0.05 || rise !== undefined ? 3 : 2
  return [makeSignal(rise === undefined ? 'error' : 'anomaly', severity, `${service} answered ${series.status} ×${amount(series.total)} (${amount(share * 100)}%)${onset}.`, {
    about: [{ kind: 'service', value: service }, { kind: 'status_code', value: String(series.status) }], at: rise?.at ?? first, count: Math.round(series.total),
  })]
}
