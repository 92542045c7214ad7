import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc, utcTime } from '../../kit/plain-text.ts'
import { findRise, withZeros } from '../../kit/series-jump.ts'
import type { Sample } from '../../kit/series-jump.ts'
import type { SupabaseClient } from '../client.ts'
import { logTime } from '../log-query.ts'
import { operations } from '../operations.ts'
import { intervals, intervalWindow } from '../request-series.ts'

const products = ['rest', 'auth', 'storage', 'realtime'] as const
type Product = (typeof products)[number]
const Count = z.coerce.number().catch(0)
const Answer = z.object({
  result: z.array(z.object({ timestamp: z.union([z.string(), z.number()]), total_rest_requests: Count, total_auth_requests: Count, total_storage_requests: Count, total_realtime_requests: Count })).default([]),
})
const Series = z.object({ product: z.enum(products), total: z.number(), samples: z.array(z.object({ at: z.string(), value: z.number() })) })
type Series = z.infer<typeof Series>

export const apiCounts = defineTool<SupabaseClient>()({
  name: 'supabase_api_counts',
  title: 'Requests to the project by product over time',
  useWhen: 'Use when load may be the cause, or traffic may have stopped: requests to the data API, auth, storage and realtime over the last minutes to days.',
  input: z.object({ interval: z.enum(intervals).default('1day') }),
  output: z.object({ stepSeconds: z.number().int(), series: z.array(Series) }),
  operations: [operations.apiCounts],
  async run({ interval }, { client, clock }) {
    const { window, stepSeconds } = intervalWindow(interval, clock.now())
    const { result } = await client.get('/analytics/endpoints/usage.api-counts', Answer, { interval })
    const series = products.map((product): Series => {
      const samples = withZeros(result.map((row) => ({ at: logTime(row.timestamp), value: row[`total_${product}_requests`] })), window, stepSeconds)
      return { product, samples, total: samples.reduce((sum, { value }) => sum + value, 0) }
    })
    const head = `Requests to the Supabase project, ${utc(window.start)} to ${utc(window.end)}, each ${stepSeconds / 60} min`
    const used = series.filter(({ total }) => total > 0)
    const signals = used.flatMap(({ product, samples }) => productSignals(product, samples))
    return {
      structured: { stepSeconds, series },
      text: used.length === 0 ? `${head}: none.` : [`${head}:`, ...used.map(({ product, total, samples }) => `${product}: ${total} in all; ${samples.map(({ at, value }) => `${interval === '7day' ? utc(at).slice(0, 10) : utcTime(at)} ${value}`).join(', ')}`)].join('\n'),
      entities: used.map(({ product }) => ({ kind: 'service', value: product })),
      signals: signals.length > 0 ? signals : [makeSignal(used.length === 0 ? 'absence' : 'healthy', 0, `${head}: ${used.length === 0 ? 'none' : `${used.reduce((sum, { total }) => sum + total, 0)}, without a jump`}.`)],
      links: [client.link('API reports in Supabase', 'observability/api-overview')],
    }
  },
})

/** Fewer requests than this in a step are no basis for a jump. */
const LEAST = 10

function productSignals(product: Product, samples: readonly Sample[]): Signal[] {
  const about = [{ kind: 'service' as const, value: product }]
  const rise = findRise(samples, { factor: 3, least: LEAST })
  if (rise !== undefined) return [makeSignal('anomaly', 2, `Requests to ${product} rose at ${utc(rise.at)} from ${Math.round(rise.before)} to ${Math.round(rise.after)} a step.`, { about, at: rise.at })]
  // The step under way is not over, so it says nothing yet.
  const whole = samples.slice(0, -1)
  const quiet = whole.length - 1 - whole.findLastIndex(({ value }) => value > 0)
  const before = whole.slice(0, whole.length - quiet)
  const mean = before.reduce((sum, { value }) => sum + value, 0) / Math.max(1, before.length)
  const since = whole[whole.length - quiet]?.at
  if (quiet < 3 || mean < LEAST || since === undefined) return []
  return [makeSignal('absence', 2, `Nobody has asked ${product} for anything since ${utc(since)}; before it had ${Math.round(mean)} requests a step.`, { about, at: since })]
}
