import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { findRise } from '../../kit/series-jump.ts'
import { resolveWindow, windowFields } from '../../kit/window.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { amount, Point, samplesOf, seriesText, stepSeconds } from '../time-series.ts'

const measurements = ['CPU_USAGE', 'CPU_LIMIT', 'MEMORY_USAGE_GB', 'MEMORY_LIMIT_GB', 'NETWORK_RX_GB', 'NETWORK_TX_GB', 'DISK_USAGE_GB'] as const
const Answer = z.object({ metrics: z.array(z.object({ measurement: z.string(), values: z.array(Point) })) })
const Series = z.object({ measurement: z.string(), last: z.number().nullable(), max: z.number().nullable(), samples: z.array(z.object({ at: z.string(), value: z.number() })) })
type Series = z.infer<typeof Series>

const LIMIT_OF: Readonly<Record<string, string>> = { CPU_USAGE: 'CPU_LIMIT', MEMORY_USAGE_GB: 'MEMORY_LIMIT_GB' }
const NEAR_LIMIT = 0.9

export const resourceMetrics = defineTool<RailwayClient>()({
  name: 'railway_resource_metrics',
  title: 'CPU, memory, network and disk of a service',
  useWhen: 'Use when a service is slow, restarts or is killed: CPU (cores), memory, network and disk (GB) over the window against its limits.',
  input: z.object({ service: serviceField, ...windowFields }),
  output: z.object({ series: z.array(Series) }),
  operations: sends('resource_metrics'),
  async run({ service: name, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 180, maxMinutes: 30 * 24 * 60 })
    const [service, environment] = await Promise.all([client.service(name), client.environment()])
    const { metrics } = await client.query('resource_metrics', {
      p: client.projectId, e: environment.id, s: service.id, start: window.start.toISOString(), end: window.end.toISOString(), m: measurements, rate: stepSeconds(window),
    }, Answer)
    const series = metrics.map(({ measurement, values }): Series => {
      const samples = samplesOf(values)
      return { measurement, samples, last: samples.at(-1)?.value ?? null, max: samples.length === 0 ? null : Math.max(...samples.map(({ value }) => value)) }
    })
    const shown = series.filter(({ samples }) => samples.length > 0)
    const head = `Resources of ${service.name}, ${utc(window.start)} to ${utc(window.end)}`
    const about = [{ kind: 'service' as const, value: service.name }]
    const signals = shown.flatMap((one) => seriesSignal(one, shown, service.name))
    const calm = shown.length === 0 ? makeSignal('absence', 0, `${head}: nothing was recorded.`, { about }) : makeSignal('healthy', 0, `${service.name} stays below its limits, without a jump in the window.`, { about })
    return {
      structured: { series },
      text: shown.length === 0 ? `${head}: nothing was recorded.` : [`${head}:`, ...shown.map((one) => `${one.measurement}: last ${amount(one.last ?? 0)}, max ${amount(one.max ?? 0)}${one.measurement.includes('LIMIT') ? '' : `; ${seriesText(one.samples)}`}`)].join('\n'),
      entities: about,
      signals: signals.length > 0 ? signals : [calm],
      links: [await client.link(`Metrics of ${service.name}`, { service: service.id, tab: 'metrics' })],
    }
  },
})

function seriesSignal(series: Series, all: readonly Series[], service: string): Signal[] {
  if (series.measurement.includes('LIMIT')) return []
  const about = [{ kind: 'service' as const, value: service }, { kind: 'quantity' as const, value: series.measurement }]
  const limit = all.find(({ measurement }) => measurement === LIMIT_OF[series.measurement])?.last ?? null
  const peak = series.samples.find(({ value }) => value === series.max)
  if (limit !== null && limit > 0 && peak !== undefined && peak.value >= limit * NEAR_LIMIT) {
    return [makeSignal('state', series.measurement === 'MEMORY_USAGE_GB' ? 3 : 2, `${service}: ${series.measurement} reached ${amount(peak.value)} of its limit ${amount(limit)} at ${utc(peak.at)}.`, { about, at: peak.at })]
  }
  const rise = findRise(series.samples, { factor: 2, least: 0.05 })
  if (rise === undefined) return []
  return [makeSignal('anomaly', 2, `${service}: ${series.measurement} rose at ${utc(rise.at)} from ${amount(rise.before)} to ${amount(rise.after)}.`, { about, at: rise.at })]
}
