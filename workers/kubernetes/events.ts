import { z } from 'zod'
import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity, EntityKind } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { messageTemplate } from '../kit/log-lines.ts'
import { clip, utc, utcTime } from '../kit/plain-text.ts'
import type { Event } from './client.ts'
import { evictionSignals } from './evictions.ts'
import { timeText } from './pod-state.ts'
import { problemEntities, readProblem } from './problem.ts'

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

/** The workload in a pod's name: what stands before a ReplicaSet's hash and the pod's own suffix. */
const POD_NAME = /^(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/

function workloadOfPod(pod: string): string | null {
  return POD_NAME.exec(pod)?.[1] ?? null
}

/** The entities an event names: whom its message blames, its objects with their workload, its namespace, and what its message mentions. */
export function eventEntities(event: FoldedEvent): Entity[] {
  const kind = ENTITY_OF_KIND[event.kind]
  const workload = event.kind === 'Pod' ? workloadOfPod(event.objects[0] ?? '') : null
  return distinctEntities([
    ...readProblem(event.message).blamed,
    ...(workload === null ? [] : [{ kind: 'workload' as const, value: workload }]),
    ...(kind === undefined ? [] : event.objects.slice(0, 5).map((value) => ({ kind, value, at: event.last }))),
    ...(event.namespace === '' ? [] : [{ kind: 'namespace' as const, value: event.namespace }]),
    ...problemEntities(event.message),
  ])
}

const GRAVE = /^(?:Failed|BackOff|OOM|Evicted|Killing|NodeNotReady)/

/** What has gone on for a day is no news, and seldom the incident of the hour. */
const CHRONIC_MILLISECONDS = 86_400_000

/** One failed probe is weather; what repeats, or stops a pod outright, is not. What went on afterwards is over. */
function severityOf(event: FoldedEvent, over: FoldedEvent | undefined): 1 | 2 | 3 {
  if (over !== undefined) return 1
  if (Date.parse(event.last) - Date.parse(event.first) > CHRONIC_MILLISECONDS) return 2
  if (GRAVE.test(event.reason)) return event.count >= 3 ? 3 : 2
  return event.count >= 3 ? 2 : 1
}

/** What ends a trouble of that reason for good. */
const GOES_ON: readonly [RegExp, RegExp][] = [[/^(?:Failed|BackOff|ErrImagePull|FailedMount|FailedAttachVolume|FailedCreatePodSandBox)$/, /^(?:Pulled|Started)$/], [/^FailedScheduling$/, /^Scheduled$/]]

/** The later event by which the objects of a warning got on, if each of them did. */
function goneOn(warning: FoldedEvent, events: readonly FoldedEvent[]): FoldedEvent | undefined {
  const [, ending] = GOES_ON.find(([reason]) => reason.test(warning.reason)) ?? []
  if (ending === undefined || /restarting failed container/.test(warning.message)) return undefined
  return events.find((event) => event.type === 'Normal' && ending.test(event.reason) && event.last > warning.last && warning.objects.every((name) => event.objects.includes(name)))
}

/** Ordinary by type, but an engineer would point at them. */
const TELLING: readonly [RegExp, RegExp, Signal['kind'], 1 | 2 | 3][] = [
  [/^Killing$/, /probe|will be restarted/, 'state', 2], [/^NodeNotReady$/, /./, 'state', 3], [/^NodeHas(?!Sufficient|NoDisk)/, /./, 'state', 2], [/^(?:TaintManagerEviction|Preempt\w*)$/, /^(?!Cancel)/, 'state', 2],
  [/^SuccessfulRescale$/, /./, 'change', 1],
]

function tellingSignal(event: FoldedEvent): Signal[] {
  const telling = TELLING.find(([reason, message]) => reason.test(event.reason) && message.test(event.message))
  return event.type !== 'Normal' || telling === undefined ? [] : [signalOf(event, telling[2], telling[3])]
}

function signalOf(event: FoldedEvent, kind: Signal['kind'], severity: 1 | 2 | 3, after = ''): Signal {
  const others = event.objects.length > 1 ? ` and ${event.objects.length - 1} more` : ''
  return {
    kind, severity, at: event.first, count: event.count,
    text: clip(`${event.reason} ×${event.count} on ${event.kind} ${event.objects[0] ?? ''}${others} (${event.namespace}): ${clip(readProblem(event.message).text, 260)}${after}`, 400),
    entities: eventEntities(event).slice(0, 20),
  }
}

/** Whether another warning says the same of the same objects, and says why. */
function isEcho(event: FoldedEvent, warnings: readonly FoldedEvent[]): boolean {
  const why = (other: FoldedEvent): boolean => other !== event && other.message.startsWith('Failed to pull image') && event.objects.every((name) => other.objects.includes(name))
  return (/^Error: (?:ErrImagePull|ImagePullBackOff)$/.test(event.message) || event.message.startsWith('Back-off pulling image')) && warnings.some(why)
}

/** A signal for each warning that is not told by another one, at most `most`, after what evictions mean together. Of the ordinary events only the telling ones. */
export function eventSignals(events: readonly FoldedEvent[], most = 10): Signal[] {
  const warnings = events.filter((event) => event.type === 'Warning')
  const evictions = warnings.filter((event) => event.reason === 'Evicted').map(({ objects, namespace, message, first, count }) => ({ workload: workloadOfPod(objects[0] ?? '') ?? objects[0] ?? '', namespace, node: null, message, count, at: first }))
  const told = warnings.filter((event) => !isEcho(event, warnings)).map((event) => {
    const over = goneOn(event, events)
    return signalOf(event, 'error', severityOf(event, over), over === undefined ? '' : `; it went on at ${utcTime(over.last)} (${over.reason})`)
  })
  return [...evictionSignals(evictions), ...told, ...events.flatMap(tellingSignal)].slice(0, most)
}
