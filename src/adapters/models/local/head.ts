import type { Actor } from '../../../core/worker.ts'

/** Named numbers that describe one candidate. Missing names are 0. */
export type Features = Readonly<Record<string, number>>

/**
 * One linear scorer per kind of decision: head → feature → weight. A worker may have heads of its own, `sentry/worker.act`, which
 * then stand instead of the shared `worker.act`. All zero is the untrained policy.
 */
export type Weights = Readonly<Record<string, Readonly<Record<string, number>>>>

export const headNames = ['worker.act', 'worker.claim', 'worker.verdict', 'worker.change', 'worker.thing', 'orchestrator.act', 'orchestrator.cause', 'orchestrator.verdict', 'orchestrator.change', 'orchestrator.thing'] as const
export type HeadName = (typeof headNames)[number]

/** One choice the policy made: what a trainer needs to make it likelier or less likely. */
export interface Decision {
  /** The head that scored it, by the name its weights have or would have. */
  readonly head: string
  readonly candidates: readonly Features[]
  readonly chosen: number
  /** What each candidate stands for, where it becomes part of a report: a statement, the name of a culprit, a verdict. */
  readonly options?: readonly ReportPart[] | undefined
}

/** A part of a report that a choice can put there; `stop` puts none. */
export type ReportPart =
  | { readonly part: 'statement' | 'culprit'; readonly text: string }
  /** `among`: the names of those that can then be blamed; empty when nobody is. */
  | { readonly part: 'verdict'; readonly verdict: 'no_fault' | 'inconclusive' | 'root_cause'; readonly among: readonly string[] }
  | { readonly part: 'stop' }

export interface Choose {
  /** Chooses among candidates. Returns the index of one of them; `candidates` must not be empty. */
  (head: HeadName, candidates: readonly Features[], options?: readonly ReportPart[]): number
  /** How high a head scores the best of these, without choosing; 0 when there is none. */
  readonly rate: (head: HeadName, candidates: readonly Features[]) => number
}

export interface ChooserOptions {
  readonly weights: Weights
  /** Whose heads stand before the shared ones. */
  readonly agent: Actor
  /** 0 takes the best; above it, samples from softmax(score / temperature). */
  readonly temperature: number
  readonly random: () => number
  readonly onDecision?: ((decision: Decision) => void) | undefined
  /** Lets a trainer take a choice out of the policy's hands: the index of a candidate, or undefined to leave it. */
  readonly steer?: ((decision: Decision) => number | undefined) | undefined
}

/** A chooser over linear scores. With equal scores the untrained policy is uniform: ties are broken at random, never by order. */
export function createChooser({ weights, agent, temperature, random, onDecision, steer }: ChooserOptions): Choose {
  const weightsOf = (shared: HeadName): { readonly head: string; readonly scorer: Readonly<Record<string, number>> } => {
    const own = ownHead(agent, shared)
    const head = own in weights ? own : shared
    return { head, scorer: weights[head] ?? {} }
  }
  const pick = (shared: HeadName, candidates: readonly Features[], options?: readonly ReportPart[]): number => {
    const { head, scorer } = weightsOf(shared)
    const scores = candidates.map((features) => score(scorer, features))
    const drawn = temperature > 0 ? sample(probabilities(scores, temperature), random) : best(scores, random)
    const chosen = steer?.({ head, candidates, chosen: drawn, options }) ?? drawn
    onDecision?.({ head, candidates, chosen, options })
    return chosen
  }
  const rate = (shared: HeadName, candidates: readonly Features[]): number => (candidates.length === 0 ? 0 : Math.max(...candidates.map((features) => score(weightsOf(shared).scorer, features))))
  return Object.assign(pick, { rate })
}

/** The name of an agent's own version of a head. */
function ownHead(agent: Actor, head: HeadName): string {
  return `${agent}/${head}`
}

/** The dot product of weights and features. */
export function score(weights: Readonly<Record<string, number>>, features: Features): number {
  let sum = 0
  for (const name in features) sum += (weights[name] ?? 0) * (features[name] ?? 0)
  return sum
}

/** Softmax of `scores / temperature`; sums to 1. */
export function probabilities(scores: readonly number[], temperature: number): number[] {
  const highest = Math.max(...scores)
  const powers = scores.map((value) => Math.exp((value - highest) / temperature))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

function sample(chances: readonly number[], random: () => number): number {
  let left = random()
  for (const [index, chance] of chances.entries()) {
    left -= chance
    if (left < 0) return index
  }
  return chances.length - 1
}

function best(scores: readonly number[], random: () => number): number {
  const highest = Math.max(...scores)
  const ties = scores.flatMap((value, index) => (highest - value < 1e-9 ? [index] : []))
  return ties[Math.floor(random() * ties.length)] ?? 0
}
