import { changeFeatures } from './change-features.ts'
import type { Features } from './head.ts'
import type { Memory } from './memory.ts'
import { leadSeverity, overviewOf } from './overview.ts'
import type { SeenSignal, Thing } from './seen.ts'
import { sharedWords, stemsIn } from './shared-words.ts'
import { takenFor } from './signal-facts.ts'
import { isChange, stationOf, stationsOf } from './stations.ts'
import { isAbout } from './things.ts'
import { minutesBefore, tellsOnset, timing } from './timing.ts'

/** What each thing looks like as the culprit, by itself and against the others. */
export function culpritFeatures(things: readonly Thing[], memory: Memory, cause: readonly SeenSignal[]): Features[] {
  return contrasted(things.map((thing) => ({
    ...kindFeatures(thing),
    ...namingFeatures(thing, memory),
    ...ledFeatures(thing, memory),
    ...changedFeatures(thing, memory),
    ...linkFeatures(thing, memory, cause),
  })))
}

function kindFeatures(thing: Thing): Features {
  return { entity: 1, [`is:${thing.entity.kind}`]: 1, ...Object.fromEntries(stationsOf(thing).map((station, index) => [index === 0 ? `station:${station}` : `also:${station}`, 1])) }
}

function namingFeatures(thing: Thing, memory: Memory): Features {
  const { naming, relevance } = thing
  const station = stationOf(thing.entity.kind)
  const kinds = new Set(naming.map(takenFor))
  const sources = Math.min(1, new Set(naming.map(({ source }) => source)).size / 3)
  const troubled = kinds.has('error') || kinds.has('state') || kinds.has('anomaly') || kinds.has('absence')
  return {
    severity: Math.max(0, ...naming.map(({ signal }) => signal.severity)) / 3,
    relevance,
    irrelevant: relevance < 0.3 ? 1 : 0,
    'relevance:of_its_signals': Math.max(0, ...naming.map((seen) => seen.relevance)),
    ...Object.fromEntries([...kinds].flatMap((kind) => [[`named:${kind}`, 1], [`${station}:named:${kind}`, 1]])),
    [`${station}:relevance`]: relevance,
    [`${station}:sources`]: sources,
    sources,
    'most_relevant:of_station': relevance >= (overviewOf(memory).bestOfStation.get(station) ?? 0) ? 1 : 0,
    'named:rarely': naming.length <= 2 ? 1 : 0,
    'told_at_onset': naming.some((seen) => tellsOnset(seen, memory.onset)) ? 1 : 0,
    'everywhere': memory.signals.length > 4 && naming.length > memory.signals.length * 0.5 ? 1 : 0,
    'in_error_and_state': kinds.has('error') && kinds.has('state') ? 1 : 0,
    'in_error_and_change': kinds.has('change') && troubled ? 1 : 0,
  }
}

/** What is said of a thing before anything else: that it is broken, that it is unlike its kind, and since when. */
function ledFeatures(thing: Thing, memory: Memory): Features {
  const station = stationOf(thing.entity.kind)
  const led = thing.naming.filter((seen) => !seen.quoted && isAbout(seen, thing))
  const worst: Record<string, number> = {}
  for (const { signal, facts } of led) for (const name of [`leads:${facts.kind}`, `${station}:leads:${facts.kind}`]) worst[name] = Math.max(worst[name] ?? 0, signal.severity / 3)
  const broken = led.filter(({ signal }) => signal.severity >= 2 && signal.kind !== 'change')
  const began = broken.flatMap(({ signal }) => signal.at ?? []).toSorted()[0]
  const { all, blamed } = overviewOf(memory).siblings.get(thing.entity.kind) ?? { all: 1, blamed: 0 }
  const { troubles } = overviewOf(memory)
  return {
    ...worst,
    'first_in_its_signal': led.length > 0 ? 1 : 0,
    'odd_one_out': leadSeverity(thing) >= 2 && all > 1 ? 1 - (blamed - 1) / (all - 1) : 0,
    ...timing('broken', minutesBefore(began, memory.onset)),
    'leads:often': Math.min(1, broken.length / 4),
    explains: troubles.length === 0 ? 0 : troubles.filter((seen) => thing.naming.includes(seen)).length / troubles.length,
  }
}

function changedFeatures(thing: Thing, memory: Memory): Features {
  const station = stationOf(thing.entity.kind)
  const changedAt = thing.naming.find(({ signal, quoted }) => !quoted && signal.kind === 'change')?.signal.at ?? thing.entity.at
  const minutes = minutesBefore(changedAt, memory.onset)
  return {
    ...timing('changed', minutes),
    ...timing(`${station}:changed`, minutes),
    'changed:newest_deploy': minutes !== undefined && isChange(thing) && minutes <= overviewOf(memory).newestChange ? 1 : 0,
    ...(isChange(thing) ? changeFeatures(thing, memory, minutes) : { ...otherWords(thing, memory), ...handFeatures(thing) }),
  }
}

/** Whether a thing was changed by itself, by hand or by its own schedule, or as a part of a commit or a deployment, which then is what changed. */
function handFeatures({ naming }: Thing): Features {
  const changes = naming.filter(({ signal, quoted }) => !quoted && signal.kind === 'change')
  if (changes.length === 0) return {}
  const alone = changes.filter(({ signal: { entities } }) => !entities.some(({ kind }) => stationOf(kind) === 'change')).length / changes.length
  return { 'changed:by_hand': alone, 'changed:with_change': 1 - alone }
}

/** Whether what is said of a thing, errors aside, is in the words of the trouble. */
function otherWords({ naming }: Thing, memory: Memory): Features {
  const { troubleWords, rarity } = overviewOf(memory)
  const words = stemsIn(naming.filter(({ signal, quoted }) => quoted || signal.kind === 'knowledge' || signal.kind === 'change'))
  return { words: sharedWords(words, troubleWords, rarity) }
}

function linkFeatures({ entity, keys, naming, inQuestion }: Thing, memory: Memory, cause: readonly SeenSignal[]): Features {
  const value = entity.value.toLowerCase()
  const { proposed } = overviewOf(memory)
  return {
    'in_trouble_text': cause[0]?.signal.text.toLowerCase().includes(value) ? 1 : 0,
    'is_alerted': memory.question.toLowerCase().includes(value) ? 1 : 0,
    'in_cause': cause.some((seen) => naming.includes(seen)) ? 1 : 0,
    'in_question': inQuestion ? 1 : 0,
    proposed: [...keys].some((key) => proposed.has(key.slice(key.indexOf(':') + 1))) ? 1 : 0,
  }
}

/** Features of which it matters who has the most. */
const compared = ['change:touch_strength', 'change:words', 'relevance', 'explains', 'odd_one_out', 'words'] as const

/** Adds to each who has the most of a feature, and how far the others are behind. */
function contrasted(all: readonly Features[]): Features[] {
  const most = compared.map((name) => [name, Math.max(0, ...all.map((features) => features[name] ?? 0))] as const)
  return all.map((features) => ({
    ...features,
    ...Object.fromEntries(most.flatMap(([name, highest]) => (highest > 0 && (features[name] ?? 0) >= highest ? [[`most:${name}`, 1]] : []))),
  }))
}
