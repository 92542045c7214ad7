import { entityKey } from '../../../core/entity.ts'
import type { Entity } from '../../../core/entity.ts'
import type { FunctionCallItem, FunctionCallOutputItem, Item, MessageItem } from '../../../core/policy.ts'
import type { Signal } from '../../../core/signal.ts'
import type { Window } from '../../../core/time.ts'

/** An entity with where it was met: in the question, and in which calls. */
export interface Sighting {
  readonly entity: Entity
  readonly inQuestion: boolean
  readonly calls: readonly string[]
  /** The highest severity of a signal that names it, 0 to 3. */
  readonly severity: number
  /** Agents or tools that showed it. */
  readonly sources: readonly string[]
}

/** A signal with the call that showed it and the worker or tool it came from. */
export interface SeenSignal {
  readonly signal: Signal
  readonly calls: readonly string[]
  readonly source: string
}

export interface PastCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly id: string
  readonly output: FunctionCallOutputItem
  /** Entities nothing before had shown. */
  readonly novel: number
}

/** Everything a run has shown its policy, typed. Rebuilt from the items, so a policy needs no state of its own. */
export interface Memory {
  readonly question: string
  readonly window: Window | undefined
  readonly calls: readonly PastCall[]
  readonly sightings: readonly Sighting[]
  readonly signals: readonly SeenSignal[]
  readonly lastStep: boolean
}

type Draft = { entity: Entity; inQuestion: boolean; calls: Set<string>; severity: number; sources: Set<string> }

/** Reads an agent's items into its memory. Language-model workers and local ones leave the same typed outputs. */
export function readMemory(items: readonly Item[], stepsLeft: number): Memory {
  const opening = items.find((item): item is MessageItem => item.type === 'message' && item.role === 'user')
  const asked = new Map(items.flatMap((item) => (item.type === 'function_call' ? [[item.call_id, item] as const] : [])))
  const sightings = new Map<string, Draft>()
  const signals = new Map<string, SeenSignal>()
  const calls: PastCall[] = []
  for (const entity of opening?.entities ?? []) meet(sightings, entity, undefined, 0, undefined)

  for (const item of items) {
    const call = item.type === 'function_call_output' ? asked.get(item.call_id) : undefined
    if (item.type !== 'function_call_output' || !call) continue
    const before = sightings.size
    readOutput(item, call, sightings, signals)
    calls.push({ tool: call.name, args: parseArgs(call), id: item.id ?? item.call_id, output: item, novel: sightings.size - before })
  }
  return {
    question: opening?.content ?? '',
    window: opening?.window,
    calls,
    sightings: [...sightings.values()].map((draft) => ({ ...draft, calls: [...draft.calls], sources: [...draft.sources] })),
    signals: [...signals.values()],
    lastStep: stepsLeft <= 1,
  }
}

function readOutput(item: FunctionCallOutputItem, call: FunctionCallItem, sightings: Map<string, Draft>, signals: Map<string, SeenSignal>): void {
  const shown = item.result ?? item.finding
  if (!shown) return
  const id = item.id ?? item.call_id
  for (const entity of shown.entities) meet(sightings, entity, id, 0, call.name)
  for (const signal of shown.signals) {
    const calls = item.finding?.claims.find((claim) => claim.text === signal.text)?.calls ?? item.finding?.claims[0]?.calls ?? [id]
    const known = signals.get(signal.text)
    signals.set(signal.text, known ? { ...known, calls: [...new Set([...known.calls, ...calls])] } : { signal, calls, source: call.name })
    for (const entity of signal.entities) meet(sightings, entity, id, signal.severity, call.name)
  }
}

function meet(sightings: Map<string, Draft>, entity: Entity, callId: string | undefined, severity: number, source: string | undefined): void {
  const key = entityKey(entity)
  const draft = sightings.get(key) ?? { entity, inQuestion: callId === undefined, calls: new Set(), severity: 0, sources: new Set() }
  if (callId !== undefined) draft.calls.add(callId)
  if (source !== undefined) draft.sources.add(source)
  draft.severity = Math.max(draft.severity, severity)
  sightings.set(key, draft)
}

function parseArgs(call: FunctionCallItem): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(call.arguments)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
