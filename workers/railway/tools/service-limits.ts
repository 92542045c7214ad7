import { z } from 'zod'
import { FailureError } from '../../../src/core/errors.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { ResolvedWindow } from '../../kit/window.ts'
import { sends } from '../arguments.ts'
import type { Named, RailwayClient } from '../client.ts'
import { amount, Point, samplesOf } from '../time-series.ts'

const Usage = z.object({ metrics: z.array(z.object({ measurement: z.string(), tags: z.object({ serviceId: z.string().nullish() }), values: z.array(Point) })) })
const Answer = z.object({ serviceInstanceLimits: z.looseObject({ containers: z.looseObject({ cpu: z.number().nullish(), memoryBytes: z.number().nullish() }).nullish() }).nullish() })
const Limits = z.object({
  service: z.string(), cpuLimit: z.number().nullable().describe('cores'), cpuMost: z.number().nullable(), memoryLimitGb: z.number().nullable(), memoryMostGb: z.number().nullable(), memoryMostAt: z.string().nullable(),
})
type Limits = z.infer<typeof Limits>

export const serviceLimits = defineTool<RailwayClient>()({
  name: 'railway_service_limits',
  title: 'CPU and memory limits of services, and how near they come',
  useWhen: 'Use when services restart, are killed or slow down and you want to see which of them reach their CPU or memory limit.',
  input: z.object({ service: entityField('service', 'only this one').optional(), ...windowFields, limit: limitField(15, 40) }),
  output: z.object({ services: z.array(Limits) }),
  operations: sends('usage_by_service', 'service_limits'),
  async run({ service: name, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 6 * 60, maxMinutes: 30 * 24 * 60 })
    const [environment, { services: all }, only] = await Promise.all([client.environment(), client.names(), name === undefined ? undefined : client.service(name)])
    const chosen = only === undefined ? all : [only]
    const { metrics } = await client.query('usage_by_service', {
      p: client.projectId, e: environment.id, start: window.start.toISOString(), end: window.end.toISOString(), m: ['CPU_USAGE', 'MEMORY_USAGE_GB'], rate: peakSeconds(window),
    }, Usage)
    const limits = await Promise.all(chosen.slice(0, limit).map(async (service) => limitsOf(service, await limitsAt(client, environment, service), metrics)))
    const services = limits.flatMap((one) => one ?? []).sort((a, b) => nearness(b) - nearness(a))
    const head = `Limits and the most used, ${utc(window.start)} to ${utc(window.end)}`
    const signals = services.flatMap(limitSignals)
    return {
      structured: { services },
      text: services.length === 0 ? `No service runs in ${environment.name}.` : [`${head}, nearest to its limit first:`, ...services.map(limitsText)].join('\n'),
      entities: services.map(({ service }) => ({ kind: 'service', value: service })),
      signals: signals.length > 0 ? signals : [makeSignal(services.length === 0 ? 'absence' : 'healthy', 0, services.length === 0 ? `No service runs in ${environment.name}.` : `None of ${services.length} services came near its CPU or memory limit.`, { about: services.slice(0, 10).map(({ service }) => ({ kind: 'service', value: service })) })],
      links: [await client.link('Metrics in Railway')],
      truncated: chosen.length > limit,
    }
  },
})

/** Seconds a sample spans: a minute where it can be, because means over longer hide the peak that kills a process. */
function peakSeconds({ start, end }: ResolvedWindow): number {
  return Math.max(60, Math.ceil((end.getTime() - start.getTime()) / 60_000 / 500) * 60)
}

/** Null for a service that this environment does not have. */
async function limitsAt(client: RailwayClient, environment: Named, service: Named): Promise<z.infer<typeof Answer>['serviceInstanceLimits'] | null> {
  try {
    return (await client.query('service_limits', { e: environment.id, s: service.id }, Answer)).serviceInstanceLimits ?? {}
  } catch (error) {
    if (error instanceof FailureError && error.failure.kind === 'not_found') return null
    throw error
  }
}

function limitsOf(service: Named, answer: z.infer<typeof Answer>['serviceInstanceLimits'], metrics: z.infer<typeof Usage>['metrics']): Limits | null {
  if (answer === null || answer === undefined) return null
  const most = (measurement: string) => samplesOf(metrics.filter((one) => one.measurement === measurement && one.tags.serviceId === service.id).flatMap(({ values }) => values))
    .reduce<{ at: string; value: number } | null>((a, b) => (a === null || b.value > a.value ? b : a), null)
  const [cpu, memory] = [most('CPU_USAGE'), most('MEMORY_USAGE_GB')]
  const bytes = answer.containers?.memoryBytes ?? null
  return { service: service.name, cpuLimit: answer.containers?.cpu ?? null, cpuMost: cpu?.value ?? null, memoryLimitGb: bytes === null ? null : bytes / 1e9, memoryMostGb: memory?.value ?? null, memoryMostAt: memory?.at ?? null }
}

function share(most: number | null, limit: number | null): number {
  return most === null || limit === null || limit === 0 ? 0 : most / limit
}

function nearness(one: Limits): number {
  return Math.max(share(one.cpuMost, one.cpuLimit), share(one.memoryMostGb, one.memoryLimitGb))
}

function limitsText(one: Limits): string {
  const pair = (most: number | null, limit: number | null, unit: string) => `${most === null ? 'unknown' : amount(most)} of ${limit === null ? 'no limit known' : `${amount(limit)} ${unit}`}`
  return `${one.service}: CPU ${pair(one.cpuMost, one.cpuLimit, 'cores')}, memory ${pair(one.memoryMostGb, one.memoryLimitGb, 'GB')}${one.memoryMostAt === null ? '' : ` (most at ${utc(one.memoryMostAt)})`}`
}

const NEAR_LIMIT = 0.9

function limitSignals(one: Limits): Signal[] {
  const about: Entity[] = [{ kind: 'service', value: one.service }]
  return [
    ...(share(one.memoryMostGb, one.memoryLimitGb) >= NEAR_LIMIT ? [makeSignal('state', 3, `${one.service} used ${amount(one.memoryMostGb ?? 0)} of its ${amount(one.memoryLimitGb ?? 0)} GB of memory at ${utc(one.memoryMostAt ?? '')}.`, { about, at: one.memoryMostAt ?? undefined })] : []),
    ...(share(one.cpuMost, one.cpuLimit) >= NEAR_LIMIT ? [makeSignal('state', 2, `${one.service} used ${amount(one.cpuMost ?? 0)} of its ${amount(one.cpuLimit ?? 0)} CPU cores.`, { about })] : []),
  ]
}
