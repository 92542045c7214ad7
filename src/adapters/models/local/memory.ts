import type { Entity } from '../../../core/entity.ts'
import type { Finding } from '../../../core/finding.ts'
import type { FunctionCallItem, FunctionCallOutputItem, Item, MessageItem } from '../../../core/policy.ts'
import type { Signal } from '../../../core/signal.ts'
import { spreadRelevance } from './relevance.ts'
import { keyAmong } from './keys.ts'
import { claimsOf, linesOf } from './quotes.ts'
import { linkedKeys, mentions } from './links.ts'
import { onsetOf } from './onset.ts'
import type { SeenSignal, Sighting } from './seen.ts'
import { factsOf } from './signal-facts.ts'
import type { SignalFacts } from './signal-facts.ts'
import { gatherThings } from './things.ts'
import type { Things } from './things.ts'

export interface PastCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly id: string
  readonly output: FunctionCallOutputItem
  /** Entities nothing before had shown. */
  readonly novel: number
}

/** Everything a run has shown its policy, typed. It follows from the items alone, so a policy needs no state of its own. */
export interface Memory {
  readonly question: string
  readonly calls: readonly PastCall[]
  readonly sightings: readonly Sighting[]
  readonly signals: readonly SeenSignal[]
  /** What the signals name, each thing once under all its names. */
  readonly things: Things
  /** When the trouble began, ISO: the earliest relevant error, or what the question says; undefined when nothing does. */
  readonly onset: string | undefined
  readonly lastStep: boolean
}

interface EntityDraft { entity: Entity; inQuestion: boolean; calls: Set<string>; severity: number; sources: Set<string> }
interface SignalDraft { readonly signal: Signal; readonly facts: SignalFacts; readonly calls: Set<string>; readonly source: string; readonly about: string[] }
interface Draft {
  readonly entities: Map<string, EntityDraft>
  /** The keys of the entities that have a value (lower case), with their places among all. */
  readonly byValue: Map<string, { readonly key: string; readonly place: number }[]>
  readonly signals: Map<string, SignalDraft>
  readonly quotes: Map<string, SignalDraft>
  readonly calls: PastCall[]
}

/** How far a run's items were read. Only an optimisation: items that continue differently are read anew. */
interface Reading {
  readonly draft: Draft
  readonly asked: Map<string, FunctionCallItem>
  length: number
  last: Item | undefined
  memory: { readonly value: Memory; readonly stepsLeft: number } | undefined
}
const readings = new WeakMap<Item, Reading>()

/** Reads an agent's items into its memory. Language-model workers and local ones leave the same typed outputs. */
export function readMemory(items: readonly Item[], stepsLeft: number, now: Date): Memory {
  const reading = readingOf(items)
  if (reading.memory && reading.length === items.length && reading.memory.stepsLeft === stepsLeft) return reading.memory.value
  for (const item of items.slice(reading.length)) {
    if (item.type === 'function_call') reading.asked.set(item.call_id, item)
    const call = item.type === 'function_call_output' ? reading.asked.get(item.call_id) : undefined
    if (item.type === 'function_call_output' && call) readOutput(reading.draft, item, call)
  }
  reading.length = items.length
  reading.last = items.at(-1)
  const memory = relate(reading.draft, openingOf(items)?.content ?? '', stepsLeft, now)
  reading.memory = { value: memory, stepsLeft }
  return memory
}

function readingOf(items: readonly Item[]): Reading {
  const [first] = items
  const known = first && readings.get(first)
  if (known && known.length <= items.length && items[known.length - 1] === known.last) return known
  const draft: Draft = { entities: new Map(), byValue: new Map(), signals: new Map(), quotes: new Map(), calls: [] }
  const given = openingOf(items)?.entities ?? []
  for (const entity of given) meet(draft, entity, { among: given, inQuestion: true })
  const fresh: Reading = { draft, asked: new Map(), length: 0, last: undefined, memory: undefined }
  if (first) readings.set(first, fresh)
  return fresh
}

function openingOf(items: readonly Item[]): MessageItem | undefined {
  return items.find((item): item is MessageItem => item.type === 'message' && item.role === 'user')
}

function relate(draft: Draft, question: string, stepsLeft: number, now: Date): Memory {
  const words = question.toLowerCase()
  const given = [...draft.entities.values()].filter(({ inQuestion }) => inQuestion).length
  const seeds = new Map([...draft.entities].flatMap(([key, { entity, inQuestion }], index): [string, number][] => {
    // Whoever asks names what matters most first.
    if (inQuestion) return [[key, 1 - (0.6 * index) / Math.max(1, given)]]
    return entity.value.length >= 5 && words.includes(entity.value.toLowerCase()) ? [[key, 0.8]] : []
  }))
  const drafts = [...draft.signals.values()]
  const named = mentions([...draft.entities].map(([key, { entity }]) => [key, entity]))
  const keys = drafts.map(({ facts }) => linkedKeys(facts, named))
  const relevance = spreadRelevance(seeds, drafts.map(({ about }, index) => ({ keys: keys[index] ?? [], about })))
  const typed = drafts.map(({ signal, facts, calls, source }, index): SeenSignal => ({ signal, calls: [...calls], source, relevance: relevance.statement(index), facts, keys: keys[index] ?? [], quoted: false }))
  const signals = [...typed, ...tellingQuotes(draft, named, relevance.entity)]
  const sightings = [...draft.entities].map(([key, entity]): Sighting => ({ ...entity, key, calls: [...entity.calls], sources: [...entity.sources], relevance: relevance.entity(key) }))
  return {
    question,
    calls: [...draft.calls],
    sightings,
    signals,
    things: gatherThings(sightings, signals),
    onset: onsetOf(typed, question, now),
    lastStep: stepsLeft <= 1,
  }
}

/** How many quoted lines are considered beside the signals. */
const mostQuotes = 40

/** The lines that name what hangs together with the question: the sum of what they name says how much. */
function tellingQuotes(draft: Draft, named: ReadonlyMap<string, readonly string[]>, relevanceOf: (key: string) => number): SeenSignal[] {
  const quotes = [...draft.quotes.values()].filter(({ signal }) => !draft.signals.has(signal.text))
  return quotes
    .map((quote) => {
      const keys = linkedKeys(quote.facts, named)
      return { quote, keys, relevance: 1 - keys.reduce((left, key) => left * (1 - 0.5 * relevanceOf(key)), 1) }
    })
    .toSorted((a, b) => b.relevance - a.relevance)
    .slice(0, mostQuotes)
    .map(({ quote: { signal, facts, calls, source }, keys, relevance }): SeenSignal => ({ signal, calls: [...calls], source, relevance, facts, keys, quoted: true }))
}

function readOutput(draft: Draft, item: FunctionCallOutputItem, call: FunctionCallItem): void {
  const id = item.id ?? item.call_id
  const args = parseArgs(call)
  const before = draft.entities.size
  const shown = item.result ?? item.finding
  const shownEntities = shown?.entities ?? []
  for (const entity of shownEntities) meet(draft, entity, { among: shownEntities, callId: id, source: call.name })
  const signals: readonly (Signal | Finding['signals'][number])[] = shown?.signals ?? []
  const values = valuesIn(args)
  for (const signal of signals) {
    const known = draft.signals.get(signal.text) ?? { signal, facts: factsOf(signal), calls: new Set<string>(), source: call.name, about: [] }
    for (const one of 'calls' in signal ? signal.calls : [id]) known.calls.add(one)
    if (item.result) known.about.push(...aboutKeys(draft, values))
    draft.signals.set(signal.text, known)
    for (const entity of signal.entities) meet(draft, entity, { among: signal.entities, callId: id, source: call.name, severity: signal.severity })
  }
  for (const quote of item.result ? linesOf(item.result) : claimsOf(item.finding)) {
    const known = draft.quotes.get(quote.signal.text) ?? { signal: quote.signal, facts: factsOf(quote.signal), calls: new Set<string>(), source: call.name, about: [] }
    for (const one of quote.calls ?? [id]) known.calls.add(one)
    draft.quotes.set(quote.signal.text, known)
  }
  draft.calls.push({ tool: call.name, args, id, output: item, novel: draft.entities.size - before })
}

function valuesIn(args: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  return new Set(Object.values(args).filter((value) => typeof value === 'string').map((value) => value.toLowerCase()))
}

/** The known entities a call's arguments name, in the order they were met: what it brought is about them, whether it repeats them or not. */
function aboutKeys({ byValue }: Draft, values: ReadonlySet<string>): string[] {
  return [...values].flatMap((value) => byValue.get(value) ?? []).toSorted((a, b) => a.place - b.place).map(({ key }) => key)
}

function meet(draft: Draft, entity: Entity, where: { among: readonly Entity[]; inQuestion?: boolean; callId?: string; source?: string; severity?: number }): void {
  const key = keyAmong(entity, where.among)
  const known = draft.entities.get(key) ?? begin(draft, key, entity)
  known.inQuestion ||= where.inQuestion ?? false
  if (where.callId !== undefined) known.calls.add(where.callId)
  if (where.source !== undefined) known.sources.add(where.source)
  known.severity = Math.max(known.severity, where.severity ?? 0)
  if (entity.at !== undefined && known.entity.at === undefined) known.entity = entity
}

function begin({ entities, byValue }: Draft, key: string, entity: Entity): EntityDraft {
  const value = entity.value.toLowerCase()
  const sameValue = byValue.get(value)
  if (sameValue) sameValue.push({ key, place: entities.size })
  else byValue.set(value, [{ key, place: entities.size }])
  const begun: EntityDraft = { entity, inQuestion: false, calls: new Set<string>(), severity: 0, sources: new Set<string>() }
  entities.set(key, begun)
  return begun
}

function parseArgs(call: FunctionCallItem): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(call.arguments)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
