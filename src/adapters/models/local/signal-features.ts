import { aspectOverlap, aspectsOf } from './aspects.ts'
import type { Features } from './head.ts'
import type { Memory } from './memory.ts'
import type { Blame, SeenSignal, Thing } from './seen.ts'
import { sameWords, takenFor } from './signal-facts.ts'
import { isChange } from './stations.ts'
import { storyFeatures, thingsIn } from './story-features.ts'
import { isAbout } from './things.ts'
import { minutesBefore, tellsOnset, timing } from './timing.ts'

/** Features of a signal that stay the same whatever was taken before it: worked out once in a run's step. */
const lasting = new WeakMap<SeenSignal, Features>()

function lastingFeatures(seen: SeenSignal, memory: Memory): Features {
  const known = lasting.get(seen)
  if (known) return known
  const { signal, facts } = seen
  const elsewhere = new Set(seen.keys.flatMap((key) => memory.things.of(key)?.naming.flatMap(({ source }) => (source === seen.source ? [] : [source])) ?? []))
  const features: Features = seen.quoted ? quoteFeatures(seen, memory, elsewhere.size) : {
    signal: 1,
    [`kind:${facts.kind}`]: 1,
    [`relevant:${facts.kind}`]: seen.relevance,
    severity: signal.severity / 3,
    relevance: seen.relevance,
    'relevance:severe': seen.relevance * (signal.severity / 3),
    ...timing('near', minutesBefore(signal.at, memory.onset)),
    ...timing(`near:${facts.kind}`, minutesBefore(signal.at, memory.onset)),
    'near:told': tellsOnset(seen, memory.onset) ? 1 : 0,
    'shared:sources': Math.min(1, elsewhere.size / 2),
    'question:aspect': aspectOverlap(aspectsOf(memory.question), facts.aspects),
    'count:many': (signal.count ?? 0) >= 10 ? 1 : 0,
    [`severe:${facts.kind}`]: signal.severity / 3,
    'most_relevant:of_kind': mostRelevant(seen, memory) ? 1 : 0,
    'text:diff': facts.showsDiff ? 1 : 0,
    'text:length': signal.text.length / 400,
    'text:names_moment': facts.moments.length > 0 ? 1 : 0,
    'text:quantity': signal.entities.some(({ kind }) => kind === 'quantity') ? 1 : 0,
  }
  lasting.set(seen, features)
  return features
}

/** Nobody typed what a quoted line says: what it names, and whether it speaks of what was asked, must do. */
function quoteFeatures({ facts, relevance, signal, source }: SeenSignal, memory: Memory, elsewhere: number): Features {
  const question = questionWords(memory)
  let shared = 0
  for (const word of facts.words) if (question.has(word)) shared += 1
  return {
    quote: 1,
    'quote:relevance': relevance,
    'quote:shares_words': Math.min(1, shared / 4),
    'quote:shared_sources': Math.min(1, elsewhere / 2),
    'quote:aspect': aspectOverlap(aspectsOf(memory.question), facts.aspects),
    'quote:length': signal.text.length / 260,
    'quote:names': Math.min(1, signal.entities.length / 5),
    'quote:quantity': signal.entities.some(({ kind }) => kind === 'quantity') ? 1 : 0,
    'quote:names_moment': facts.moments.length > 0 ? 1 : 0,
    'quote:claimed': source.startsWith('investigate_') ? 1 : 0,
    'quote:from_logs': source.includes('log') ? 1 : 0,
  }
}

const words = new WeakMap<Memory, ReadonlySet<string>>()

function questionWords(memory: Memory): ReadonlySet<string> {
  const known = words.get(memory) ?? new Set(memory.question.toLowerCase().split(/[^a-z_]+/).filter((word) => word.length > 3))
  words.set(memory, known)
  return known
}

/** What a signal looks like as the cause: its kind, its weight, its place in time, and how it hangs together with the rest. */
export function signalFeatures(seen: SeenSignal, memory: Memory, taken: readonly SeenSignal[], blame: Blame): Features {
  const { facts } = seen
  const culprit = typeof blame === 'string' ? undefined : blame
  return {
    ...lastingFeatures(seen, memory),
    'taken:shares_entity': taken.some((other) => other.keys.some((key) => seen.keys.includes(key))) ? 1 : 0,
    'taken:same_kind': taken.some((other) => other.facts.kind === facts.kind) ? 1 : 0,
    'taken:same_source': taken.some((other) => other.source === seen.source) ? 1 : 0,
    'taken:same_words': taken.some((other) => sameWords(other.facts, facts)) ? 1 : 0,
    ...storyFeatures(seen, memory, taken, culprit),
    ...(culprit ? culpritLink(seen, culprit) : {}),
    ...sideFeatures(seen, memory, blame),
  }
}

/** What tells in a story of a change, of another thing, and of nobody's fault: each is told by other lines. */
function sideFeatures(seen: SeenSignal, memory: Memory, blame: Blame): Features {
  if (typeof blame === 'string') return nobodyFeatures(seen, memory, blame)
  const side = isChange(blame) ? 'change' : 'thing'
  const kind = takenFor(seen)
  const link = isAbout(seen, blame) ? 'led' : blame.naming.includes(seen) ? 'named' : 'other'
  return { [`${side}:${kind}:${link}`]: 1, [`${side}:severity`]: seen.signal.severity / 3, [`${side}:relevance`]: seen.relevance, [`${side}:severe:${link}`]: seen.signal.severity >= 2 ? 1 : 0 }
}

/** Where nobody is to blame, what is announced or expected is told; where it cannot be told who is, those who could be are. */
function nobodyFeatures(seen: SeenSignal, memory: Memory, ending: string): Features {
  const kind = takenFor(seen)
  const about = { [`${kind}:any`]: 1, severity: seen.signal.severity / 3, relevance: seen.relevance, names_change: thingsIn(seen, memory).some(isChange) ? 1 : 0 }
  return Object.fromEntries(Object.entries(about).flatMap(([name, value]) => [[`nobody:${name}`, value], [`${ending}:${name}`, value]]))
}

function culpritLink(seen: SeenSignal, culprit: Thing): Features {
  const kind = takenFor(seen)
  if (seen.facts.keys.some((key) => culprit.keys.has(key))) return { 'culprit:named': 1, [`culprit:named:${kind}`]: 1, 'culprit:diff': seen.facts.showsDiff ? 1 : 0 }
  if (culprit.naming.includes(seen)) return { 'culprit:meant': 1, [`culprit:meant:${kind}`]: 1, 'culprit:diff': seen.facts.showsDiff ? 1 : 0 }
  return { [`culprit:not_named:${kind}`]: 1 }
}

/** Whether no signal of the same kind hangs closer together with the question. */
function mostRelevant({ facts: { kind }, relevance }: SeenSignal, { signals }: Memory): boolean {
  return signals.every((other) => other.quoted || other.facts.kind !== kind || other.relevance <= relevance)
}
