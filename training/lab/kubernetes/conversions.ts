import type { World } from '../../../src/core/world/world.ts'
import { field, list, record, text, type Json } from './fields.ts'

/** An event of either group in the shape of core/v1, which keeps its own fields beside the newer ones. */
export function eventInCore(event: Json): Json {
  if (event['regarding'] === undefined && event['note'] === undefined) return { source: {}, firstTimestamp: null, lastTimestamp: null, type: 'Normal', eventTime: null, reportingComponent: '', reportingInstance: '', ...event }
  const { regarding, note, deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount, reportingController, ...rest } = event
  return {
    involvedObject: regarding ?? {},
    message: note ?? '',
    source: deprecatedSource ?? {},
    firstTimestamp: deprecatedFirstTimestamp ?? null,
    lastTimestamp: deprecatedLastTimestamp ?? null,
    ...(deprecatedCount !== undefined && { count: deprecatedCount }),
    reportingComponent: reportingController ?? '',
    ...rest,
  }
}

/** A core/v1 event in the shape of events.k8s.io/v1. */
export function eventInEvents(event: Json): Json {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...rest } = event
  return {
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    ...(count !== undefined && { deprecatedCount: count }),
    reportingController: reportingComponent,
    ...rest,
  }
}

/** An autoscaling/v2 autoscaler in the shape of autoscaling/v1, which knows only a target for the CPU. */
export function autoscalerInV1(autoscaler: Json): Json {
  const { metrics, ...spec } = record(autoscaler, 'spec')
  const { currentMetrics, ...status } = record(autoscaler, 'status')
  const cpu = (items: unknown): unknown => list(items).find((metric) => text(metric, 'resource', 'name') === 'cpu')
  const target = field(cpu(metrics), 'resource', 'target', 'averageUtilization')
  const current = field(cpu(currentMetrics), 'resource', 'current', 'averageUtilization')
  return {
    ...autoscaler,
    spec: { ...spec, ...(target !== undefined && { targetCPUUtilizationPercentage: target }) },
    status: { ...status, ...(current !== undefined && { currentCPUUtilizationPercentage: current }) },
  }
}

function usage({ cpuMillicores, memoryMi }: { cpuMillicores: number; memoryMi: number }): object {
  return { cpu: `${Math.round(cpuMillicores * 1_000_000)}n`, memory: `${Math.round(memoryMi * 1024)}Ki` }
}

function measured(now: Date): { timestamp: string; window: string } {
  return { timestamp: wholeSeconds(now), window: '30s' }
}

/** The world's pod metrics as objects of metrics.k8s.io/v1beta1, with the labels of their pods. */
export function podMetrics(world: World, pods: readonly Json[], now: Date): Json[] {
  return (world.kubernetes.metrics?.pods ?? []).map(({ namespace, name, containers }) => {
    const pod = pods.find((candidate) => text(candidate, 'metadata', 'name') === name && text(candidate, 'metadata', 'namespace') === namespace)
    const labels = record(pod, 'metadata', 'labels')
    return {
      metadata: { name, namespace, creationTimestamp: wholeSeconds(now), ...(Object.keys(labels).length > 0 && { labels }) },
      ...measured(now),
      containers: containers.map((container) => ({ name: container.name, usage: usage(container) })),
    }
  })
}

/** The world's node metrics as objects of metrics.k8s.io/v1beta1. */
export function nodeMetrics(world: World, now: Date): Json[] {
  return (world.kubernetes.metrics?.nodes ?? []).map((node) => ({
    metadata: { name: node.name, creationTimestamp: wholeSeconds(now) }, ...measured(now), usage: usage(node),
  }))
}

/** A time as the API writes it: RFC 3339 without fractions. */
function wholeSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}
