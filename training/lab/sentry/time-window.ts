import { badRequest } from './responses.ts'

/** A span of time in milliseconds since the epoch, start ≤ t ≤ end. */
export interface TimeWindow {
  readonly start: number
  readonly end: number
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Milliseconds of Sentry's `24h`, `14d`, `30m`; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? []
  const factor = unitMs[unit]
  return count === undefined || factor === undefined ? undefined : Number(count) * factor
}

/**
 * The window a request asks for with `statsPeriod`, or `start` and `end` (ISO 8601, UTC when no offset stands), measured
 * on the world's clock; without any, the last `fallback`. Refuses with 400 what Sentry refuses.
 */
export function windowOf(params: URLSearchParams, now: Date, fallback = '90d'): TimeWindow {
  const end = now.getTime()
  const period = params.get('statsPeriod')
  const from = params.get('start')
  const to = params.get('end')
  if (from === null && to === null) {
    const span = parseSpan(period === null || period === '' ? fallback : period)
    if (span === undefined) throw badRequest(`Invalid statsPeriod: '${period}'`)
    return { start: end - span, end }
  }
  if (from === null || to === null) throw badRequest('start and end are both required')
  const window = { start: parseTime(from), end: parseTime(to) }
  if (window.start > window.end) throw badRequest('start must be before end')
  return window
}

function parseTime(text: string): number {
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}${text.includes('T') ? '' : 'T00:00:00'}Z`)
  if (Number.isNaN(time)) throw badRequest(`${text} is not a valid ISO8601 date query`)
  return time
}

/** A time as Sentry prints it: UTC with Z, microseconds only where there is a fraction. */
export function sentryTime(time: string | number): string {
  const text = new Date(time).toISOString()
  return text.endsWith('.000Z') ? text.replace('.000Z', 'Z') : text.replace('Z', '000Z')
}
