import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc, utcTime } from '../../kit/plain-text.ts'
import { findRise } from '../../kit/series-jump.ts'
import { resolveWindow, windowFields } from '../../kit/window.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { amount, secondsText, stepSeconds } from '../time-series.ts'

const Answer = z.object({ httpDurationMetrics: z.object({ samples: z.array(z.object({ ts: z.number(), p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number() })) }) })
const Percentiles = z.object({ at: z.string(), p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number() })

export const httpLatency = defineTool<RailwayClient>()({
  name: 'railway_http_latency',
  title: 'Response times of a service',
  useWhen: 'Use when requests are slow or time out: percentiles in milliseconds over the window, and when they rose.',
  input: z.object({ service: serviceField, ...windowFields }),
  output: z.object({ samples: z.array(Percentiles) }),
  operations: sends('http_latency'),
  async run({ service: name, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 180, maxMinutes: 30 * 24 * 60 })
    const [service, environment] = await Promise.all([client.service(name), client.environment()])
    const { httpDurationMetrics } = await client.query('http_latency', { e: environment.id, s: service.id, start: window.start.toISOString(), end: window.end.toISOString(), step: stepSeconds(window) }, Answer)
    const samples = httpDurationMetrics.samples.toSorted((a, b) => a.ts - b.ts).map(({ ts, ...percentiles }) => ({ at: secondsText(ts), ...percentiles }))
    const about = [{ kind: 'service' as const, value: service.name }]
    const head = `Response times of ${service.name} in ms, ${utc(window.start)} to ${utc(window.end)}`
    // Half a second: what a person notices. Smaller rises are noise on most services.
    const rise = findRise(samples.map(({ at, p95 }) => ({ at, value: p95 })), { factor: 2, least: 500 })
    const every = Math.max(1, Math.ceil(samples.length / 20))
    const calm = samples.length === 0 ? makeSignal('absence', 0, `${head}: no requests were recorded.`, { about }) : makeSignal('healthy', 0, `${service.name}: 95% of requests took at most ${amount(Math.max(...samples.map(({ p95 }) => p95)))} ms in every sample, without a jump.`, { about })
    return {
      structured: { samples },
      text: samples.length === 0 ? `${head}: no requests were recorded.` : [`${head}:`, ...samples.filter((_sample, index) => index % every === 0 || index === samples.length - 1).map(({ at, p50, p90, p95, p99 }) => `${utcTime(at)} p50 ${amount(p50)} p90 ${amount(p90)} p95 ${amount(p95)} p99 ${amount(p99)}`)].join('\n'),
      entities: about,
      signals: [rise === undefined ? calm : makeSignal('anomaly', 2, `${service.name}: the 95th percentile of response times rose at ${utc(rise.at)} from ${amount(rise.before)} ms to ${amount(rise.after)} ms.`, { about, at: rise.at })],
      links: [await client.link(`Metrics of ${service.name}`, { service: service.id, tab: 'metrics' })],
    }
  },
})
