import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { messageTemplate } from '../kit/log-lines.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc, utcTime } from '../kit/plain-text.ts'

/** One request as the edge saw it; durations in milliseconds. */
export interface EdgeRequest {
  readonly timestamp: string
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly httpStatus: number
  readonly totalDuration: number
  readonly upstreamErrors: string
  readonly responseDetails: string
}

const Cut = z.object({ ms: z.number(), count: z.number().int(), since: z.string() })

/** Requests of one method, path shape and status. */
export const RequestGroup = z.object({
  method: z.string(), path: z.string(), status: z.number().int(), count: z.number().int(), first: z.string(), last: z.string(),
  medianMs: z.number(), maxMs: z.number(), requestIds: z.array(z.string()), cut: Cut.nullable().describe('long and the same for all of the latest'), detail: z.string().nullable().describe('what the edge says about failed ones'),
})
export type RequestGroup = z.infer<typeof RequestGroup>

/** Requests folded; server errors first, then client errors, then the rest, each by count. */
export function foldRequests(requests: readonly EdgeRequest[]): RequestGroup[] {
  const groups = Map.groupBy(requests, (request) => `${request.httpStatus} ${request.method} ${messageTemplate(request.path.split('?')[0] ?? '')}`)
  return [...groups.values()].flatMap((group): RequestGroup[] => {
    const sorted = group.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))
    const [first, last] = [sorted[0], sorted.at(-1)]
    if (first === undefined || last === undefined) return []
    const durations = group.map((request) => request.totalDuration).sort((a, b) => a - b)
    const detail = [...new Set(group.flatMap((request) => [request.upstreamErrors, request.responseDetails]))].filter((text) => text !== '' && text !== '[]').join('; ')
    return [{
      method: last.method, path: last.path, status: last.httpStatus, count: group.length, first: first.timestamp, last: last.timestamp,
      medianMs: durations[Math.floor(durations.length / 2)] ?? 0, maxMs: durations.at(-1) ?? 0,
      requestIds: sorted.slice(-3).map((request) => request.requestId), cut: cutOf(sorted), detail: detail === '' ? null : clip(detail, 300),
    }]
  }).sort((a, b) => rank(b) - rank(a) || b.count - a.count)
}

/** Shorter ones end alike because they are fast. */
const LONG_MS = 4_000
const LEAST_CUT = 5

/** People and queries end at any moment; what ends again and again after the same long time was ended by a timeout. `sorted` oldest first. */
function cutOf(sorted: readonly EdgeRequest[]): z.infer<typeof Cut> | null {
  const newest = sorted.at(-1)
  if (newest === undefined || newest.totalDuration < LONG_MS) return null
  const near = Math.max(100, newest.totalDuration * 0.01)
  const start = sorted.findLastIndex(({ totalDuration }) => Math.abs(totalDuration - newest.totalDuration) > near) + 1
  const run = sorted.slice(start)
  return run.length < LEAST_CUT ? null : { ms: Math.min(...run.map(({ totalDuration }) => totalDuration)), count: run.length, since: run[0]?.timestamp ?? newest.timestamp }
}

function rank({ status }: RequestGroup): number {
  return status >= 500 ? 2 : status >= 400 ? 1 : 0
}

/** One line about a group. */
export function requestText(group: RequestGroup): string {
  const span = group.first === group.last ? utc(group.first) : `${utc(group.first)} to ${utcTime(group.last)}`
  return `${group.status} ×${group.count} ${group.method} ${clip(group.path, 200)} ${span} median ${Math.round(group.medianMs)} ms, max ${Math.round(group.maxMs)} ms${rank(group) === 0 ? '' : ` requests ${group.requestIds.join(', ')}`}${group.cut === null ? '' : `; the last ${group.cut.count} all ended after ${Math.round(group.cut.ms)} ms`}${group.detail === null ? '' : `: ${group.detail}`}`
}

/** The entities of a group: its path, its status, some request ids where it failed. */
export function requestEntities(group: RequestGroup): Entity[] {
  return [
    { kind: 'url', value: group.path.slice(0, 400) },
    { kind: 'status_code', value: String(group.status) },
    ...(rank(group) === 0 ? [] : group.requestIds.map((value) => ({ kind: 'identifier' as const, value, at: group.last }))),
  ]
}

/** A signal for each group of failed requests, at most eight, and for each whose requests all end after the same long time. */
export function requestSignals(groups: readonly RequestGroup[], about: readonly Entity[]): Signal[] {
  const failed = groups.filter((group) => rank(group) > 0).slice(0, 8).map((group) => makeSignal(
    'error', group.status >= 500 ? (group.count >= 5 ? 3 : 2) : 1,
    `${group.method} ${clip(group.path, 160)} answered ${group.status} ×${group.count}${group.detail === null ? '' : `: ${clip(group.detail, 160)}`}`,
    { about: [...about, ...requestEntities(group)], at: group.first, count: group.count },
  ))
  const cut = groups.flatMap((group): Signal[] => {
    if (group.cut === null) return []
    const { ms, count, since } = group.cut
    const seconds = `${Number((ms / 1_000).toFixed(1))} s`
    return [makeSignal('anomaly', 2, `${about[0]?.value ?? 'It'}: the last ${count} of ${group.method} ${clip(group.path, 120)} (${group.status}) all end after ${seconds}, since ${utc(since)}: a timeout of ${seconds} ends them.`, {
      about: [...about, ...requestEntities(group).slice(0, 2)], says: seconds, at: since, count,
    })]
  }).slice(0, 3)
  return [...failed, ...cut]
}
