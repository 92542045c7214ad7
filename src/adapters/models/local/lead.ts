import { entityKey } from '../../../core/entity.ts'
import type { Entity, EntityKind } from '../../../core/entity.ts'
import { aspectOverlap, aspectsOf } from './aspects.ts'
import type { Features } from './head.ts'
import type { Memory, SeenSignal } from './memory.ts'

/** What an entity is in a story: something that changes, something that is set, something that runs, or a trace of the trouble. */
const stations: Readonly<Record<string, readonly EntityKind[]>> = {
  change: ['commit', 'deployment', 'release', 'migration', 'pull_request', 'image'],
  setting: ['variable', 'credential', 'config_map', 'policy', 'volume', 'domain', 'role'],
  schedule: ['cronjob', 'job', 'monitor'],
  runner: ['service', 'workload', 'function', 'pod', 'container', 'node', 'host'],
  data: ['table', 'column', 'database', 'bucket', 'query'],
  caller: ['user'],
  place: ['organization', 'project', 'repository', 'branch', 'environment', 'namespace', 'document', 'file', 'workflow_run'],
  symptom: ['issue', 'event', 'trace', 'error_type', 'status_code', 'url', 'identifier', 'error_code', 'quantity'],
}

/** Minutes from `at` to the onset: positive when `at` came before it. */
function minutesBefore(at: string | undefined, onset: string | undefined): number | undefined {
  if (at === undefined || onset === undefined) return undefined
  const minutes = (Date.parse(onset) - Date.parse(at)) / 60_000
  return Number.isFinite(minutes) ? minutes : undefined
}

/** Where a time lies against the onset, in bins that mean something to an engineer. */
function timing(prefix: string, minutes: number | undefined): Features {
  if (minutes === undefined) return {}
  if (minutes < -2) return { [`${prefix}:after`]: 1 }
  if (minutes <= 15) return { [`${prefix}:just_before`]: 1 }
  if (minutes <= 90) return { [`${prefix}:before`]: 1 }
  return minutes <= 1440 ? { [`${prefix}:same_day`]: 1 } : { [`${prefix}:long_before`]: 1 }
}

/** Whether a text names a moment within ten minutes of the onset that is not the signal's own time. */
function tellsOnset(seen: SeenSignal, onset: string | undefined): boolean {
  if (onset === undefined || seen.signal.at !== undefined) return false
  return [...seen.signal.text.matchAll(/\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?/g)].some(([moment]) => {
    const minutes = minutesBefore(`${moment.replace(' ', 'T')}Z`, onset)
    return minutes !== undefined && Math.abs(minutes) <= 10
  })
}

/** What a signal looks like as the cause: its kind, its weight, its place in time, and how it hangs together with the rest. */
export function signalFeatures(seen: SeenSignal, memory: Memory, taken: readonly SeenSignal[], culprit?: Entity): Features {
  const { signal } = seen
  const keys = new Set(signal.entities.map(entityKey))
  const shares = (other: SeenSignal): boolean => other.signal.entities.some((entity) => keys.has(entityKey(entity)))
  const elsewhere = new Set(memory.signals.filter((other) => other.source !== seen.source && shares(other)).map((other) => other.source))
  return {
    signal: 1,
    [`kind:${signal.kind}`]: 1,
    [`relevant:${signal.kind}`]: seen.relevance,
    severity: signal.severity / 3,
    relevance: seen.relevance,
    'relevance:severe': seen.relevance * (signal.severity / 3),
    ...timing('near', minutesBefore(signal.at, memory.onset)),
    'near:told': tellsOnset(seen, memory.onset) ? 1 : 0,
    'shared:sources': Math.min(1, elsewhere.size / 2),
    'question:aspect': aspectOverlap(aspectsOf(memory.question), aspectsOf(signal.text)),
    'taken:shares_entity': taken.some(shares) ? 1 : 0,
    'taken:same_kind': taken.some((other) => other.signal.kind === signal.kind) ? 1 : 0,
    'taken:same_source': taken.some((other) => other.source === seen.source) ? 1 : 0,
    'taken:same_words': taken.some((other) => sameWords(other.signal.text, signal.text)) ? 1 : 0,
    'count:many': (signal.count ?? 0) >= 10 ? 1 : 0,
    ...(culprit ? { [keys.has(entityKey(culprit)) ? 'culprit:named' : `culprit:not_named:${signal.kind}`]: 1 } : {}),
  }
}

/** Whether two lines say the same with other numbers. */
function sameWords(a: string, b: string): boolean {
  const words = (text: string): Set<string> => new Set(text.toLowerCase().split(/[^a-z_]+/).filter((word) => word.length > 3))
  const [first, second] = [words(a), words(b)]
  const shared = [...first].filter((word) => second.has(word)).length
  return shared >= 0.7 * Math.min(first.size, second.size)
}

/** What an entity looks like as the culprit, from the signals that name it. */
export function culpritFeatures(entity: Entity, memory: Memory, cause: readonly SeenSignal[]): Features {
  const key = entityKey(entity)
  const naming = memory.signals.filter(({ signal }) => signal.entities.some((other) => entityKey(other) === key))
  const sighting = memory.sightings.find((other) => other.key === key)
  const kinds = new Set(naming.map(({ signal }) => signal.kind))
  const changedAt = naming.find(({ signal }) => signal.kind === 'change')?.signal.at ?? entity.at
  const before = minutesBefore(changedAt, memory.onset)
  const station = Object.keys(stations).find((name) => stations[name]?.includes(entity.kind)) ?? 'other'
  const strongest = naming.toSorted((a, b) => b.relevance - a.relevance)[0]
  return {
    entity: 1,
    [`station:${station}`]: 1,
    [`is:${entity.kind}`]: 1,
    severity: Math.max(0, ...naming.map(({ signal }) => signal.severity)) / 3,
    relevance: sighting?.relevance ?? 0,
    irrelevant: (sighting?.relevance ?? 0) < 0.3 ? 1 : 0,
    'relevance:of_its_signals': strongest?.relevance ?? 0,
    ...Object.fromEntries([...kinds].flatMap((kind) => [[`named:${kind}`, 1], [`${station}:named:${kind}`, 1]])),
    ...timing('changed', before),
    'changed:newest_deploy': isNewestChange(entity, before, memory) ? 1 : 0,
    ...(station === 'change' ? { [touchesTrouble(naming, memory) ? 'change:touches_trouble' : 'change:touches_nothing']: 1 } : {}),
    'is_alerted': memory.question.toLowerCase().includes(entity.value.toLowerCase()) ? 1 : 0,
    'told_at_onset': naming.some((seen) => tellsOnset(seen, memory.onset)) ? 1 : 0,
    sources: Math.min(1, new Set(naming.map(({ source }) => source)).size / 3),
    'everywhere': memory.signals.length > 4 && naming.length > memory.signals.length * 0.5 ? 1 : 0,
    'in_cause': cause.some(({ signal }) => signal.entities.some((other) => entityKey(other) === key)) ? 1 : 0,
    'first_in_its_signal': naming.some(({ signal }) => signal.entities[0] && entityKey(signal.entities[0]) === key) ? 1 : 0,
    'in_error_and_state': kinds.has('error') && kinds.has('state') ? 1 : 0,
    'in_error_and_change': kinds.has('change') && (kinds.has('error') || kinds.has('state') || kinds.has('anomaly') || kinds.has('absence')) ? 1 : 0,
    'in_question': sighting?.inQuestion ? 1 : 0,
    proposed: memory.calls.some(({ output: { finding } }) => finding?.culprit?.name.toLowerCase() === entity.value.toLowerCase()) ? 1 : 0,
  }
}

/** Things inside a system that a change and an error can both name; ids of runs and deploys do not count. */
const parts: readonly EntityKind[] = ['file', 'function', 'table', 'column', 'identifier', 'variable', 'host', 'error_code', 'url', 'query', 'policy', 'config_map']

/** Whether the changes that name something share a part of the system with the relevant troubles: being new alone is no evidence. */
function touchesTrouble(naming: readonly SeenSignal[], memory: Memory): boolean {
  const keysOf = (seen: readonly SeenSignal[]): string[] => seen.flatMap(({ signal }) => signal.entities.filter((other) => parts.includes(other.kind)).map(entityKey))
  const troubled = new Set(keysOf(memory.signals.filter(({ signal, relevance }) => ['error', 'state', 'anomaly'].includes(signal.kind) && relevance > 0.5)))
  // Sentry's own "first seen in release" names the issue: that is timing, not touch.
  const changes = naming.filter(({ signal }) => signal.kind === 'change' && !signal.entities.some(({ kind }) => kind === 'issue'))
  return keysOf(changes).some((key) => troubled.has(key))
}

function isNewestChange(entity: Entity, before: number | undefined, memory: Memory): boolean {
  if (before === undefined || !['deployment', 'release', 'commit'].includes(entity.kind)) return false
  const all = memory.signals.flatMap(({ signal }) => (signal.kind === 'change' ? [minutesBefore(signal.at, memory.onset) ?? -9] : [])).filter((minutes) => minutes >= -2)
  return before <= Math.min(...all)
}
