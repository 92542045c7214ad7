import type { Weights } from '../../src/adapters/models/local/head.ts'
import { createRandom } from '../../src/adapters/models/local/random.ts'
import { workerNames } from '../../src/core/worker.ts'
import type { AgentName } from '../../src/core/worker.ts'
import type { SendWorker } from '../../src/orchestrator/delegation.ts'
import { meanOf } from '../statistics/lower-bound.ts'
import { createAdam } from './adam.ts'
import { creditOf, worthOfActing } from './credit.ts'
import { createVocabulary, grown, toVector, toWeights } from './dense-weights.ts'
import type { Vocabulary } from './dense-weights.ts'
import { explore } from './explore.ts'
import type { Experience } from './explore.ts'
import { advantages } from './group-baseline.ts'
import { learnReports, pullBack } from './learn-reports.ts'
import type { KeptMemory } from './memories.ts'
import { addGradient } from './policy-gradient.ts'
import { rememberWorkers } from './remembered-workers.ts'
import type { Ground } from './training-ground.ts'

/** How long and how boldly to learn. */
export interface Schedule {
  /** Rounds of attempts; each ends with steps on acting and on reporting. */
  readonly rounds: number
  /** Tasks of one round, and attempts at each of them. */
  readonly tasks: number
  readonly attempts: number
  /** Steps on reports after each round, over the memories of the last rounds. */
  readonly reportSteps: number
  readonly reportBatch: number
  /** Sampling temperatures of acting and of reporting. */
  readonly actingTemperature: number
  readonly reportTemperature: number
  /** The largest move of a weight in one step. */
  readonly actingRate: number
  readonly reportRate: number
  readonly entropyBonus: number
  /** How strongly weights are pulled back to where they started, a share of the distance in each step. */
  readonly pull: number
}

export interface LearnOptions {
  readonly start: Weights
  readonly grounds: readonly Ground[]
  readonly learns: (agent: AgentName) => boolean
  readonly schedule: Schedule
  readonly seed: number
  /** One agent with all tools instead of the orchestrator, for comparison. */
  readonly flat?: boolean | undefined
  readonly signal: AbortSignal
  readonly onRound?: (progress: Progress) => void | Promise<void>
}

/** What one round saw. */
export interface Progress {
  readonly round: number
  /** Rollouts so far. */
  readonly rollouts: number
  /** Mean reward of this round's attempts. */
  readonly reward: number
  readonly toolCalls: number
  weights(): Weights
}

/** Memories older than this many are forgotten: they were made by a policy that acts no more. */
const mostMemories = 400

/**
 * Learns weights from rewards. Acting: REINFORCE with a leave-one-out baseline in each group of attempts at one task; a group with an
 * infrastructure failure is left out whole. Reporting: over all options of each choice, on memories of the attempts. Deterministic by `seed`; stops after the round in which `signal` is aborted.
 */
export async function learn(options: LearnOptions): Promise<Weights> {
  const { start, grounds, schedule, seed, signal } = options
  if (grounds.length === 0) throw new Error('There is no task to learn from.')
  const vocabulary = createVocabulary()
  let weights = toVector(start, vocabulary)
  const anchor = weights.slice()
  const [acting, reporting] = [createAdam(schedule.actingRate), createAdam(schedule.reportRate)]
  const attempts = createAttempts(options, vocabulary)
  let memories: KeptMemory[] = []
  for (let round = 0; round < schedule.rounds && !signal.aborted; round += 1) {
    const groups = await attempts.round(toWeights(weights, vocabulary))
    const seen = groups.flat()
    memories = [...memories, ...seen.flatMap(({ memory }) => memory ?? [])].slice(-mostMemories)
    weights = grown(weights, vocabulary)
    acting.step(weights, actingGradient(groups, weights, schedule))
    pullBack(weights, { anchor, pull: schedule.pull, vocabulary })
    weights = await learnReports(weights, memories, schedule.reportSteps, {
      vocabulary, optimiser: reporting, anchor, pull: schedule.pull, batch: schedule.reportBatch, temperature: schedule.reportTemperature, entropyBonus: schedule.entropyBonus, seed: seed * 7001 + round,
    })
    const after = weights
    await options.onRound?.({ round, rollouts: attempts.made(), reward: meanOf(seen.map(({ grade }) => grade.reward)), toolCalls: meanOf(seen.map(({ toolCalls }) => toolCalls)), weights: () => toWeights(after, vocabulary) })
  }
  return toWeights(weights, vocabulary)
}

/** Makes the attempts of one round after another; remembers what workers that do not learn found. */
function createAttempts({ grounds, learns, schedule, seed, flat, signal }: LearnOptions, vocabulary: Vocabulary) {
  const pick = createRandom(seed)
  const workersLearn = workerNames.some(learns)
  const senders = new Map<Ground, SendWorker>()
  let made = 0
  let order: Ground[] = []
  const nextGround = (): Ground | undefined => {
    if (order.length === 0) order = shuffled(grounds, pick)
    return order.pop()
  }
  const senderFor = (ground: Ground): SendWorker | undefined => {
    if (workersLearn) return undefined
    const known = senders.get(ground) ?? rememberWorkers()
    senders.set(ground, known)
    return known
  }
  const group = async (ground: Ground, weights: Weights): Promise<Experience[]> => {
    const experiences: Experience[] = []
    for (let attempt = 0; attempt < schedule.attempts && !signal.aborted; attempt += 1) {
      made += 1
      const experience = await explore({ ground, weights, vocabulary, learns, temperature: schedule.actingTemperature, sendWorker: senderFor(ground), seed: seed * 100_003 + made, flat, signal })
      if (!experience) return []
      experiences.push(experience)
    }
    return experiences
  }
  return {
    made: () => made,
    round: async (weights: Weights): Promise<Experience[][]> => {
      const groups: Experience[][] = []
      for (let n = 0; n < schedule.tasks; n += 1) {
        const ground = nextGround()
        if (ground) groups.push(await group(ground, weights))
      }
      return groups
    },
  }
}

function actingGradient(groups: readonly (readonly Experience[])[], weights: Float64Array, { actingTemperature, entropyBonus }: Schedule): Float64Array {
  const gradient = new Float64Array(weights.length)
  for (const group of groups) {
    const gains = advantages(group.map(({ grade }) => worthOfActing(creditOf(grade))))
    for (const [index, { acting }] of group.entries()) {
      for (const choice of acting) addGradient(gradient, weights, choice, gains[index] ?? 0, { temperature: actingTemperature, entropyBonus })
    }
  }
  return gradient
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values.map((value) => ({ value, place: random() })).toSorted((a, b) => a.place - b.place).map(({ value }) => value)
}
