import { z } from 'zod'
import { fail } from '../../../src/core/errors.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { findRise, withZeros } from '../../kit/series-jump.ts'
import { entityField, limitField } from '../../kit/window.ts'
import { percent } from '../amounts.ts'
import type { SupabaseClient } from '../client.ts'
import { logTime } from '../log-query.ts'
import { operations } from '../operations.ts'
import { intervals, intervalWindow } from '../request-series.ts'

const Listed = z.array(z.object({ id: z.string(), slug: z.string() }))
const Count = z.coerce.number().catch(0)
const Row = z.object({
  timestamp: z.union([z.string(), z.number()]), requests_count: Count, client_err_count: Count, server_err_count: Count, avg_execution_time: Count, max_execution_time: Count,
})
const Answer = z.object({ result: z.array(Row).default([]) })
const Stats = z.object({
  function: z.string(), requests: z.number(), clientErrors: z.number(), serverErrors: z.number(), meanMs: z.number(), maxMs: z.number(), roseAt: z.string().nullable().describe('when server errors rose'),
})
type Stats = z.infer<typeof Stats>

export const functionStats = defineTool<SupabaseClient>()({
  name: 'supabase_function_stats',
  title: 'Calls, failures and times of edge functions',
  useWhen: 'Use when edge functions fail or are slow: calls, client and server errors and run times of each over the last minutes to a day.',
  input: z.object({ function: entityField('function', 'only this one').optional(), interval: z.enum(intervals).exclude(['7day']).default('3hr'), limit: limitField(10, 25) }),
  output: z.object({ functions: z.array(Stats) }),
  operations: [operations.functions, operations.functionStats],
  async run({ function: wanted, interval, limit }, { client, clock }) {
    const listed = await client.get('/functions', Listed)
    const chosen = wanted === undefined ? listed : listed.filter(({ slug }) => slug === wanted)
    if (wanted !== undefined && chosen.length === 0) fail('not_found', `The project has no edge function ${wanted}. There are: ${listed.slice(0, 30).map(({ slug }) => slug).join(', ') || 'none'}.`)
    const { window, stepSeconds } = intervalWindow(interval, clock.now())
    const functions = (await Promise.all(chosen.slice(0, limit).map(async ({ id, slug }): Promise<Stats> => {
      const { result } = await client.get('/analytics/endpoints/functions.combined-stats', Answer, { interval, function_id: id })
      const failures = withZeros(result.map((row) => ({ at: logTime(row.timestamp), value: row.server_err_count })), window, stepSeconds)
      return { function: slug, ...totals(result), roseAt: findRise(failures, { factor: 2, least: 1 })?.at ?? null }
    }))).sort((a, b) => b.serverErrors - a.serverErrors || b.requests - a.requests)
    const head = `Edge functions, ${utc(window.start)} to ${utc(window.end)}`
    const signals = functions.flatMap(failureSignal)
    return {
      structured: { functions },
      text: functions.length === 0 ? 'The project has no edge functions.' : [`${head}, failing first:`, ...functions.map(statsText)].join('\n'),
      entities: functions.map((one) => ({ kind: 'function', value: one.function })),
      signals: signals.length > 0 ? signals : [makeSignal(functions.some(({ requests }) => requests > 0) ? 'healthy' : 'absence', 0, functions.some(({ requests }) => requests > 0) ? `${head}: no call ended in a server error.` : `${head}: no calls.`)],
      links: [client.link('Edge functions in Supabase', 'functions')],
      truncated: chosen.length > limit,
    }
  },
})

function totals(rows: readonly z.infer<typeof Row>[]): Omit<Stats, 'function' | 'roseAt'> {
  const sum = (of: (row: z.infer<typeof Row>) => number) => rows.reduce((total, row) => total + of(row), 0)
  const requests = sum((row) => row.requests_count)
  return {
    requests, clientErrors: sum((row) => row.client_err_count), serverErrors: sum((row) => row.server_err_count),
    meanMs: requests === 0 ? 0 : sum((row) => row.avg_execution_time * row.requests_count) / requests, maxMs: Math.max(0, ...rows.map((row) => row.max_execution_time)),
  }
}

function statsText(one: Stats): string {
  if (one.requests === 0) return `${one.function}: no calls`
  return `${one.function}: ${one.requests} calls, ${one.serverErrors} server errors, ${one.clientErrors} client errors, mean ${Math.round(one.meanMs)} ms, max ${Math.round(one.maxMs)} ms${one.roseAt === null ? '' : `; server errors rose at ${utc(one.roseAt)}`}`
}

function failureSignal(one: Stats): Signal[] {
  if (one.serverErrors === 0) return []
  const share = one.serverErrors / Math.max(1, one.requests)
  return [makeSignal(one.roseAt === null ? 'error' : 'anomaly', share >= 0.05 ? 3 : 2, `Edge function ${one.function} failed in ${one.serverErrors} of ${one.requests} calls (${percent(share)})${one.roseAt === null ? '' : `; failures rose at ${utc(one.roseAt)}`}.`, {
    about: [{ kind: 'function', value: one.function }], at: one.roseAt ?? undefined, count: one.serverErrors,
  })]
}
