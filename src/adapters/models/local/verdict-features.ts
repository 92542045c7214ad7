import type { Features } from './head.ts'
import type { Memory } from './memory.ts'
import type { SeenSignal, Thing } from './seen.ts'

/** How an investigation ends: a change or another thing is blamed, everything works as it should, or what was seen does not decide it; a worker asked for facts may blame nothing. */
export type Ending = 'change' | 'thing' | 'no_fault' | 'undecided' | 'facts_only'

/** Somebody who can be blamed, as the choice of the culprit sees it. */
export interface Suspect {
  readonly thing: Thing
  readonly features: Features
}
export type Suspects = Readonly<Record<'change' | 'thing', readonly Suspect[]>>

export interface Suspicion {
  readonly suspects: Suspects
  /** How much the likeliest of each group looks like a culprit, as the group's own scorer sees it. */
  readonly rated: Readonly<Record<keyof Suspects, number>>
}

/** A score that makes somebody a good suspect: it keeps the feature near 1. */
const wellSuspected = 5

/** What the whole of what was seen says for each of `endings`, in their order. */
export function verdictFeatures(endings: readonly Ending[], memory: Memory, { suspects, rated }: Suspicion): Features[] {
  const all: Features = { best_change: rated.change / wellSuspected, best_thing: rated.thing / wellSuspected, ...kindFeatures(memory), ...callFeatures(memory), ...strongestOf('change', suspects), ...strongestOf('thing', suspects) }
  return endings.map((ending) => ({ [ending]: 1, ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`${ending}:${name}`, value])) }))
}

/** Features of a suspect that speak for blaming somebody like it. */
const telling = {
  change: ['change:touch_strength', 'change:words', 'change:touches_soon_before', 'change:diff_seen', 'leads:change', 'explains'],
  thing: ['leads:state', 'leads:anomaly', 'leads:error', 'leads:absence', 'leads:knowledge', 'leads:change', 'broken:just_before', 'odd_one_out', 'told_at_onset', 'explains', 'words'],
} as const

/** The feature of those who are not considered: what a change touches does nothing, or the thing is the one that suffers. */
const innocence = { change: 'change:harmless', thing: 'is_alerted' } as const

function strongestOf(group: keyof Suspects, suspects: Suspects): Features {
  const considered = suspects[group].filter(({ features }) => (features[innocence[group]] ?? 0) === 0)
  return Object.fromEntries(telling[group].map((name) => [`${group}:${name}`, Math.max(0, ...considered.map(({ features }) => (features[name] ?? 0) * (features['relevance'] ?? 0)))]))
}

function kindFeatures(memory: Memory): Features {
  const signals = memory.signals.filter(({ quoted }) => !quoted)
  const strongest = (kind: SeenSignal['signal']['kind']): number => Math.max(0, ...signals.flatMap(({ signal, relevance }) => (signal.kind === kind ? [relevance] : [])))
  const worst = Math.max(0, ...signals.map(({ signal }) => signal.severity))
  const relevantTrouble = Math.max(0, ...signals.flatMap(({ signal, relevance }) => (signal.severity >= 2 ? [relevance] : [])))
  return {
    badly_named: Math.max(0, ...signals.flatMap(({ signal, relevance }) => (signal.kind === 'state' && signal.severity >= 2 ? [relevance] : []))),
    nothing_broken: worst < 2 ? 1 : 0,
    nothing_relevant_broken: relevantTrouble < 0.3 ? 1 : 0,
    no_change: signals.some(({ signal }) => signal.kind === 'change') ? 0 : 1,
    change: strongest('change'),
    state: strongest('state'),
    knowledge: strongest('knowledge'),
    healthy: strongest('healthy'),
    absence: strongest('absence'),
    announced: Math.max(0, ...signals.flatMap((seen) => (seen.signal.kind === 'knowledge' && seen.facts.aspects.has('planned') ? [seen.relevance] : []))),
    announced_now: Math.max(0, ...signals.flatMap((seen) => (seen.signal.kind === 'knowledge' && seen.signal.severity >= 2 && seen.facts.aspects.has('planned') ? [seen.relevance] : []))),
    told_now: Math.max(0, ...signals.flatMap((seen) => (seen.signal.kind === 'knowledge' && seen.signal.severity >= 2 ? [seen.relevance] : []))),
    explained: explainedBy(signals, 'knowledge'),
    changed: explainedBy(signals, 'change'),
  }
}

function callFeatures({ calls }: Memory): Features {
  const share = (of: (call: Memory['calls'][number]) => boolean): number => (calls.length === 0 ? 0 : calls.filter(of).length / calls.length)
  return {
    refused: calls.some(({ output }) => output.failure?.kind === 'forbidden' || output.failure?.kind === 'unauthorized') ? 1 : 0,
    failed: share(({ output }) => output.failure !== undefined),
    found: share(({ output }) => output.finding?.verdict === 'found'),
    undecided_workers: share(({ output }) => output.finding?.verdict === 'inconclusive'),
    idle_workers: share(({ output }) => output.finding?.verdict === 'nothing_found'),
  }
}

/** How relevant the most relevant trouble is that a signal of this kind shares a name with, places aside. */
function explainedBy(signals: readonly SeenSignal[], kind: SeenSignal['signal']['kind']): number {
  const told = new Set(signals.flatMap((seen) => (seen.signal.kind === kind ? seen.keys.filter((key) => !/^(environment|project|repository|namespace|organization|service|workload|user|branch):/.test(key)) : [])))
  return Math.max(0, ...signals.flatMap((seen) => (seen.signal.severity >= 2 && seen.keys.some((key) => told.has(key)) ? [seen.relevance] : [])))
}
