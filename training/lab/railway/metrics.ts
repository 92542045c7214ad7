import type { RailwayInstance } from '../../../src/core/world/railway.ts'
import type { Estate, Place, PlacedLine } from './estate.ts'
import { httpLogView, type HttpLog } from './logs.ts'

/** A stretch of time as the metrics queries give it; `stepSeconds` is the width of one sample. */
export interface HttpMetricsArguments {
  readonly environmentId: string
  readonly serviceId: string
  readonly startDate: string
  readonly endDate: string
  readonly stepSeconds?: number | null
  readonly method?: string | null
  readonly path?: string | null
  readonly statusCode?: number | null
}

const defaultStepSeconds = 60

/** The requests the arguments choose, by the start of their step (epoch seconds, ascending). */
function steps(lines: readonly PlacedLine[], query: HttpMetricsArguments): Map<number, HttpLog[]> {
  const step = Math.max(1, query.stepSeconds ?? defaultStepSeconds)
  const [start, end] = [Date.parse(query.startDate), Date.parse(query.endDate)]
  const buckets = new Map<number, HttpLog[]>()
  for (const placed of lines) {
    if (placed.environment.id !== query.environmentId || placed.service.id !== query.serviceId || placed.at < start || placed.at >= end) continue
    const request = httpLogView(placed)
    if (query.method && request.method !== query.method) continue
    if (query.path && request.path !== query.path) continue
    if (query.statusCode && request.httpStatus !== query.statusCode) continue
    const ts = Math.floor(placed.at / 1000 / step) * step
    buckets.set(ts, [...(buckets.get(ts) ?? []), request])
  }
  return buckets
}

/** Requests per step: the type `HttpMetricsResult`. */
export function httpMetrics(lines: readonly PlacedLine[], query: HttpMetricsArguments): object {
  return { samples: [...steps(lines, query)].map(([ts, requests]) => ({ ts, value: requests.length })) }
}

/** Requests per status and step: a list of `HttpMetricsByStatusResult`, by status. */
export function httpMetricsByStatus(lines: readonly PlacedLine[], query: HttpMetricsArguments): object[] {
  const buckets = [...steps(lines, query)]
  const statuses = [...new Set(buckets.flatMap(([, requests]) => requests.map(({ httpStatus }) => httpStatus)))].toSorted((a, b) => a - b)
  return statuses.map((statusCode) => ({
    statusCode,
    samples: buckets.map(([ts, requests]) => ({ ts, value: requests.filter(({ httpStatus }) => httpStatus === statusCode).length })).filter(({ value }) => value > 0),
  }))
}

/** The smallest of the sorted values that at least `share` of them do not exceed. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** Duration percentiles per step in milliseconds: the type `HttpDurationMetricsResult`. */
export function httpDurations(lines: readonly PlacedLine[], query: HttpMetricsArguments): object {
  const samples = [...steps(lines, query)].map(([ts, requests]) => {
    const sorted = requests.map(({ totalDuration }) => totalDuration).toSorted((a, b) => a - b)
    return { ts, p50: percentile(sorted, 0.5), p90: percentile(sorted, 0.9), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) }
  })
  return { samples }
}

export interface MetricsArguments {
  readonly projectId?: string | null
  readonly environmentId?: string | null
  readonly serviceId?: string | null
  readonly startDate: string
  readonly endDate?: string | null
  readonly measurements: readonly string[]
  readonly sampleRateSeconds?: number | null
  readonly groupBy?: readonly string[] | null
}

type Series = readonly { ts: number; value: number }[]

/** A measurement of one instance by the second; limits stand beside every sample of what they limit. */
function seriesOf(instance: RailwayInstance, measurement: string): [string, number][] {
  const limited = { CPU_LIMIT: ['CPU_USAGE', instance.limits.cpu], MEMORY_LIMIT_GB: ['MEMORY_USAGE_GB', instance.limits.memoryGb] } as const
  if (measurement === 'CPU_LIMIT' || measurement === 'MEMORY_LIMIT_GB') {
    const [usage, limit] = limited[measurement]
    return (instance.metrics[usage] ?? []).map(([time]) => [time, limit])
  }
  return instance.metrics[measurement as keyof RailwayInstance['metrics']] ?? []
}

/** Samples within the window and not in the clock's future, averaged over each step of `rate` seconds. */
function sampled(points: readonly [string, number][], query: MetricsArguments, now: Date): Series {
  const [start, end] = [Date.parse(query.startDate), Math.min(Date.parse(query.endDate ?? '') || Infinity, now.getTime())]
  const rate = Math.max(1, query.sampleRateSeconds ?? 1)
  const buckets = new Map<number, number[]>()
  for (const [time, value] of points) {
    const at = Date.parse(time)
    if (at < start || at > end) continue
    const ts = Math.floor(at / 1000 / rate) * rate
    buckets.set(ts, [...(buckets.get(ts) ?? []), value])
  }
  return [...buckets].toSorted(([a], [b]) => a - b).map(([ts, values]) => ({ ts, value: values.reduce((sum, value) => sum + value, 0) / values.length }))
}

function sum(all: readonly Series[]): Series {
  const totals = new Map<number, number>()
  for (const { ts, value } of all.flat()) totals.set(ts, (totals.get(ts) ?? 0) + value)
  return [...totals].toSorted(([a], [b]) => a - b).map(([ts, value]) => ({ ts, value }))
}

/**
 * A list of `MetricsResult`: one a measurement, summed over the places the arguments choose, or one a measurement and
 * service when `groupBy` holds SERVICE_ID (the one grouping the lab knows). CPU in cores, memory, disk and network in GB.
 */
export function resourceMetrics(estate: Estate, query: MetricsArguments): object[] {
  const chosen = estate.projects
    .filter(({ id }) => !query.projectId || id === query.projectId)
    .flatMap((project) => estate.places(project))
    .filter(({ environment, service }) => (!query.environmentId || environment.id === query.environmentId) && (!query.serviceId || service.id === query.serviceId))
  const groups: Place[][] = query.groupBy?.includes('SERVICE_ID') ? chosen.map((place) => [place]) : [chosen]
  return query.measurements.flatMap((measurement) =>
    groups.map((places) => {
      const series = places.map((place) => sampled(seriesOf(estate.instance(place), measurement), query, estate.now()))
      const only = places.length === 1 ? places[0] : undefined
      const tags = { projectId: only?.project.id ?? query.projectId, environmentId: only?.environment.id ?? query.environmentId, serviceId: only?.service.id ?? query.serviceId }
      return { measurement, tags, values: sum(series) }
    }),
  )
}
