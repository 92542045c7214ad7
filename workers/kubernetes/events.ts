import { z } from 'zod'
import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity, EntityKind } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from '../kit/extract-entities.ts'
import { messageTemplate } from '../kit/log-lines.ts'
import { clip, utc, utcTime } from '../kit/plain-text.ts'
import type { Event } from './client.ts'
import { timeText } from './pod-state.ts'

/** Events of one kind of object that say the same, as one. */
export const FoldedEvent = z.object({
  type: z.string(),
  reason: z.string(),
  kind: z.string(),
  objects: z.array(z.string()),
  namespace: z.string(),
  message: z.string(),
  count: z.number().int(),
  first: z.string(),
  last: z.string(),
})
export type FoldedEvent = z.infer<typeof FoldedEvent>

interface Plain {
  readonly event: Event
  readonly first: string
  readonly last: string
  readonly count: number
}

/** Events within the window, folded by reason, object kind and message; warnings first, then the newest. */
export function foldEvents(events: readonly Event[], window?: { start: Date; end: Date }): FoldedEvent[] {
  const plain = events.flatMap((event): Plain[] => {
    const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp
    const first = event.firstTimestamp ?? event.eventTime ?? last
    const lastText = timeText(last)
    if (last === undefined || lastText === null) return []
    if (window !== undefined && (new Date(last) < window.start || new Date(first ?? last) > window.end)) return []
    return [{ event, first: timeText(first) ?? lastText, last: lastText, count: event.series?.count ?? event.count ?? 1 }]
  })
  const groups = Map.groupBy(plain, ({ event }) => {
    const owner = (event.involvedObject.name ?? '').replace(/-[a-z0-9]{5,10}(?:-[a-z0-9]{5})?$/, '')
    return [event.type, event.reason, event.involvedObject.kind, event.involvedObject.namespace, owner, messageTemplate((event.message ?? '').replaceAll(event.involvedObject.name ?? '\n', ''))].join(' ')
  })
  return [...groups.values()]
    .flatMap((group) => fold(group))
    .sort((a, b) => Number(b.type === 'Warning') - Number(a.type === 'Warning') || b.last.localeCompare(a.last))
}

function fold(group: readonly Plain[]): FoldedEvent[] {
  const newest = group.toSorted((a, b) => b.last.localeCompare(a.last))[0]
  if (newest === undefined) return []
  const { event } = newest
  return [{
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    kind: event.involvedObject.kind ?? '',
    objects: [...new Set(group.map((entry) => entry.event.involvedObject.name ?? ''))],
    namespace: event.involvedObject.namespace ?? event.metadata.namespace ?? '',
    message: event.message ?? '',
    count: group.reduce((sum, entry) => sum + entry.count, 0),
    first: group.map((entry) => entry.first).sort()[0] ?? newest.first,
    last: newest.last,
  }]
}

/** One line about a folded event. */
export function eventText(event: FoldedEvent): string {
  const span = event.first === event.last ? utc(event.last) : `${utc(event.first)} to ${utcTime(event.last)}`
  const objects = event.objects.length > 3 ? `${event.objects.slice(0, 3).join(', ')} and ${event.objects.length - 3} more` : event.objects.join(', ')
  return `${event.type.toUpperCase()} ${event.reason} ×${event.count} ${span} ${event.kind} ${objects} (${event.namespace}): ${clip(event.message, 400)}`
}

const ENTITY_OF_KIND: Readonly<Record<string, EntityKind>> = {
  Pod: 'pod', Deployment: 'workload', StatefulSet: 'workload', DaemonSet: 'workload', ReplicaSet: 'workload', Node: 'node', Job: 'job', CronJob: 'cronjob',
  Service: 'service', ConfigMap: 'config_map', Namespace: 'namespace', PersistentVolumeClaim: 'volume',
}

/** The entities an event names: its objects, its namespace, and what its message mentions. */
export function eventEntities(event: FoldedEvent): Entity[] {
  const kind = ENTITY_OF_KIND[event.kind]
  return distinctEntities([
    ...(kind === undefined ? [] : event.objects.slice(0, 5).map((value) => ({ kind, value, at: event.last }))),
    ...(event.namespace === '' ? [] : [{ kind: 'namespace' as const, value: event.namespace }]),
    ...extractEntities(event.message),
  ])
}

const GRAVE = /^(?:Failed|BackOff|OOM|Evicted|Killing|NodeNotReady)/

/** One failed probe is weather; what repeats, or stops a pod outright, is not. */
function severityOf(event: FoldedEvent): 1 | 2 | 3 {
  if (GRAVE.test(event.reason)) return event.count >= 3 ? 3 : 2
  return event.count >= 3 ? 2 : 1
}

/** A signal for each warning, at most `most`. What the scheduler or a controller did in the ordinary way is no signal. */
export function eventSignals(events: readonly FoldedEvent[], most = 10): Signal[] {
  return events.filter((event) => event.type === 'Warning').slice(0, most).map((event) => ({
    kind: 'error',
    text: clip(`${event.reason} ×${event.count} on ${event.kind} ${event.objects[0] ?? ''} (${event.namespace}): ${event.message}`, 400),
    severity: severityOf(event),
    at: event.first,
    count: event.count,
    entities: eventEntities(event).slice(0, 20),
  }))
}
