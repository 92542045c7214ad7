import { entityKey } from '../../../core/entity.ts'
import type { Entity, EntityKind } from '../../../core/entity.ts'
import { aspectOverlap, aspectsOf } from './aspects.ts'
import type { Features } from './head.ts'
import type { Memory, SeenSignal } from './memory.ts'

/** What an entity is in a story: something that changes, something that is set, something that runs, or a trace of the trouble. */
const stations: Readonly<Record<string, readonly EntityKind[]>> = {
  change: ['commit', 'deployment', 'release', 'migration', 'pull_request'],
  setting: ['variable', 'credential', 'config_map', 'policy', 'volume', 'domain', 'image', 'role'],
  schedule: ['cronjob', 'job', 'monitor'],
  runner: ['service', 'workload', 'function', 'pod', 'container', 'node', 'host'],
  data: ['table', 'column', 'database', 'bucket', 'query'],
  symptom: ['issue', 'event', 'trace', 'error_type', 'status_code', 'url', 'user', 'identifier', 'error_code', 'quantity'],
}

/** Earliest time an error or anomaly was seen, ISO; undefined when nothing says when. */
export function onsetOf(memory: Memory): string | undefined {
  const times = memory.signals.flatMap(({ signal }) => (signal.at !== undefined && signal.severity >= 2 && ['error', 'anomaly', 'state'].includes(signal.kind) ? [signal.at] : []))
  return times.toSorted()[0]
}

/** Minutes from `at` to the onset: positive when `at` came before it. */
function minutesBefore(at: string | undefined, onset: string | undefined): number | undefined {
  if (at === undefined || onset === undefined) return undefined
  const minutes = (Date.parse(onset) - Date.parse(at)) / 60_000
  return Number.isFinite(minutes) ? minutes : undefined
}

/** What a signal looks like as the cause: its kind, its weight, its place in time, and what else speaks of the same things. */
export function signalFeatures(seen: SeenSignal, memory: Memory, taken: readonly SeenSignal[]): Features {
  const { signal } = seen
  const before = minutesBefore(signal.at, onsetOf(memory))
  const keys = new Set(signal.entities.map(entityKey))
  const others = memory.signals.filter((other) => other !== seen && other.signal.entities.some((entity) => keys.has(entityKey(entity))))
  const question = memory.question.toLowerCase()
  return {
    signal: 1,
    [`kind:${signal.kind}`]: 1,
    severity: signal.severity / 3,
    'near:before': before !== undefined && before >= -1 && before <= 30 ? 1 : 0,
    'near:hours_before': before !== undefined && before > 30 && before <= 360 ? 1 : 0,
    'near:after': before !== undefined && before < -1 ? 1 : 0,
    'shared:signals': Math.min(1, others.length / 5),
    'shared:sources': Math.min(1, new Set(others.filter((other) => other.source !== seen.source).map((other) => other.source)).size / 2),
    'question:names_it': signal.entities.some((entity) => entity.value.length > 3 && question.includes(entity.value.toLowerCase())) ? 1 : 0,
    'question:aspect': aspectOverlap(aspectsOf(memory.question), aspectsOf(signal.text)),
    'taken:some': taken.length > 0 ? 1 : 0,
    'taken:shares_entity': taken.some((other) => other.signal.entities.some((entity) => keys.has(entityKey(entity)))) ? 1 : 0,
    'taken:same_kind': taken.some((other) => other.signal.kind === signal.kind) ? 1 : 0,
    'taken:same_source': taken.some((other) => other.source === seen.source) ? 1 : 0,
    'count:many': (signal.count ?? 0) >= 10 ? 1 : 0,
  }
}

/** What an entity looks like as the culprit, from the signals that name it. */
export function culpritFeatures(entity: Entity, memory: Memory, cause: readonly SeenSignal[]): Features {
  const key = entityKey(entity)
  const naming = memory.signals.filter(({ signal }) => signal.entities.some((other) => entityKey(other) === key))
  const sighting = memory.sightings.find((other) => entityKey(other.entity) === key)
  const kinds = new Set(naming.map(({ signal }) => signal.kind))
  const onset = onsetOf(memory)
  const changedAt = entity.at ?? naming.find(({ signal }) => signal.kind === 'change')?.signal.at
  const before = minutesBefore(changedAt, onset)
  const station = Object.keys(stations).find((name) => stations[name]?.includes(entity.kind)) ?? 'other'
  const proposals = memory.calls.filter((call) => call.output.finding?.culprit && entityKey({ kind: entity.kind, value: call.output.finding.culprit.name }) === key).length
  return {
    entity: 1,
    [`station:${station}`]: 1,
    severity: Math.max(0, ...naming.map(({ signal }) => signal.severity)) / 3,
    ...Object.fromEntries([...kinds].map((kind) => [`named:${kind}`, 1])),
    'named:not_by_signal': naming.length === 0 ? 1 : 0,
    'changed:near_before': before !== undefined && before >= -1 && before <= 60 ? 1 : 0,
    'changed:hours_before': before !== undefined && before > 60 && before <= 1440 ? 1 : 0,
    'changed:after': before !== undefined && before < -1 ? 1 : 0,
    'changed:newest_deploy': isNewestChange(entity, before, memory, onset) ? 1 : 0,
    sources: Math.min(1, new Set(naming.map(({ source }) => source)).size / 3),
    'everywhere': memory.signals.length > 4 && naming.length > memory.signals.length * 0.6 ? 1 : 0,
    'in_cause': cause.some(({ signal }) => signal.entities.some((other) => entityKey(other) === key)) ? 1 : 0,
    'first_in_cause': cause[0]?.signal.entities[0] && entityKey(cause[0].signal.entities[0]) === key ? 1 : 0,
    'in_error_and_change': kinds.has('change') && (kinds.has('error') || kinds.has('state') || kinds.has('anomaly')) ? 1 : 0,
    'in_question': sighting?.inQuestion ? 1 : 0,
    proposed: Math.min(1, proposals),
  }
}

function isNewestChange(entity: Entity, before: number | undefined, memory: Memory, onset: string | undefined): boolean {
  if (before === undefined || !['deployment', 'release', 'commit'].includes(entity.kind)) return false
  const all = memory.sightings.flatMap(({ entity: other }) => (['deployment', 'release', 'commit'].includes(other.kind) ? [minutesBefore(other.at, onset)] : []))
  const newest = Math.min(...all.filter((minutes): minutes is number => minutes !== undefined && minutes >= -1))
  return before <= newest
}
