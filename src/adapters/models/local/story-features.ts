import type { Features } from './head.ts'
import type { Memory } from './memory.ts'
import { overviewOf } from './overview.ts'
import type { SeenSignal, Thing } from './seen.ts'
import { sharedWords, stemsIn, stemsOf } from './shared-words.ts'
import { isChange, stationOf } from './stations.ts'

/** What a statement adds to the story told so far, and whether it draws in somebody who has no part in it. */
export function storyFeatures(seen: SeenSignal, memory: Memory, taken: readonly SeenSignal[], culprit?: Thing): Features {
  const told = tellingOf(taken)
  const words = [...stemsOf(seen.signal.text)]
  const things = thingsIn(seen, memory)
  const { numbers } = seen.facts
  const { troubleWords, rarity } = overviewOf(memory)
  return {
    'story:length': seen.facts.short.length / 200,
    'story:new_words': words.length === 0 ? 0 : words.filter((word) => !told.words.has(word)).length / words.length,
    'story:new_names': Math.min(1, seen.facts.keys.filter((key) => !told.keys.has(key)).length / 5),
    'story:new_number': numbers.some((number) => !told.numbers.has(number)) ? 1 : 0,
    'story:numbers': Math.min(1, numbers.length / 4),
    'story:measure': /\d\s?(?:%|percent|ms\b|s\b|sec|min|hours?|days?|[kmg]i?b?\b|bytes|connections|rows|requests|events|times)/i.test(seen.signal.text) ? 1 : 0,
    'story:words': sharedWords(words, troubleWords, rarity),
    'story:asked_about': things.some(({ inQuestion }) => inQuestion) ? 1 : 0,
    ...(culprit ? companyFeatures(things, culprit, memory) : bystanders(things, memory)),
  }
}

interface Telling { readonly words: ReadonlySet<string>; readonly keys: ReadonlySet<string>; readonly numbers: ReadonlySet<string> }
const tellings = new WeakMap<readonly SeenSignal[], Telling>()

function tellingOf(taken: readonly SeenSignal[]): Telling {
  const known = tellings.get(taken)
  if (known) return known
  const telling = {
    words: stemsIn(taken),
    keys: new Set(taken.flatMap(({ facts }) => facts.keys)),
    numbers: new Set(taken.flatMap(({ facts }) => facts.numbers)),
  }
  tellings.set(taken, telling)
  return telling
}

const inSignals = new WeakMap<SeenSignal, readonly Thing[]>()

/** The things a signal names. */
export function thingsIn(seen: SeenSignal, memory: Memory): readonly Thing[] {
  const known = inSignals.get(seen) ?? [...new Set(seen.keys.flatMap((key) => memory.things.of(key) ?? []))]
  inSignals.set(seen, known)
  return known
}

/** Who stands beside the culprit: another change or setting that is innocent, or something that is nearly called like it. */
function companyFeatures(things: readonly Thing[], culprit: Thing, memory: Memory): Features {
  const others = things.filter((thing) => thing !== culprit)
  const amongChanges = others.some(isChange) ? 1 : 0
  return {
    'story:rival': others.some(({ entity: { kind } }) => kind === culprit.entity.kind) ? 1 : 0,
    'story:other_change': amongChanges,
    [`story:other_change:${stationOf(culprit.entity.kind)}`]: amongChanges,
    'story:near_twin': others.some((thing) => looksLike(thing.entity.value, culprit.entity.value)) ? 1 : 0,
    'story:fellows': Math.min(1, others.filter((thing) => culprit.naming.some((seen) => thingsIn(seen, memory).includes(thing))).length / 4),
  }
}

/** Who is named where nobody is to blame. */
function bystanders(things: readonly Thing[], memory: Memory): Features {
  const { asked } = overviewOf(memory)
  return {
    'story:other_change': things.some(isChange) ? 1 : 0,
    'story:near_twin': things.some((thing) => !thing.inQuestion && asked.some((other) => looksLike(thing.entity.value, other.entity.value))) ? 1 : 0,
  }
}

/** Whether two names share their beginning or their end and are still two. */
function looksLike(one: string, other: string): boolean {
  if (one === other || one.length < 6 || other.length < 6 || /^[0-9a-f-]{7,}$/i.test(one)) return false
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  const shortest = Math.min(a.length, b.length)
  return a.slice(0, Math.ceil(shortest * 0.6)) === b.slice(0, Math.ceil(shortest * 0.6)) || a.slice(-Math.ceil(shortest * 0.6)) === b.slice(-Math.ceil(shortest * 0.6))
}
