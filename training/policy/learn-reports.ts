import { createRandom } from '../../src/adapters/models/local/random.ts'
import { grown, toWeights } from './dense-weights.ts'
import type { Vocabulary } from './dense-weights.ts'
import type { Optimiser } from './adam.ts'
import { drawReport } from './memories.ts'
import type { JudgedChoice, KeptMemory } from './memories.ts'
import { addExpectedGradient, addTowardsBest } from './policy-gradient.ts'
import type { GradientOptions } from './policy-gradient.ts'

export interface ReportLearning extends GradientOptions {
  readonly vocabulary: Vocabulary
  readonly optimiser: Optimiser
  /** Memories reported on in one step. */
  readonly batch: number
  /** Where weights are pulled back to, and by which share of the distance in each step. */
  readonly anchor: Float64Array
  readonly pull: number
  readonly seed: number
}

/**
 * Learns what to report from investigations already made: an investigation is dear and a report is cheap, so each memory is
 * reported on many times, and every option of its choices is judged. Returns the weights after `steps` steps.
 */
export async function learnReports(weights: Float64Array, memories: readonly KeptMemory[], steps: number, options: ReportLearning): Promise<Float64Array> {
  const { vocabulary, optimiser, temperature, seed } = options
  const random = createRandom(seed)
  let learned = grown(weights, vocabulary)
  for (let step = 0; step < steps && memories.length > 0; step += 1) {
    const current = toWeights(learned, vocabulary)
    const choices: JudgedChoice[] = []
    for (let n = 0; n < options.batch; n += 1) {
      const memory = memories[Math.floor(random() * memories.length)]
      if (memory) choices.push(...await drawReport(memory, { weights: current, vocabulary, temperature, seed: Math.floor(random() * 1e9) }))
    }
    learned = grown(learned, vocabulary)
    const gradient = new Float64Array(learned.length)
    for (const choice of choices) addChoice(gradient, learned, choice, options)
    optimiser.step(learned, gradient)
    pullBack(learned, options)
  }
  return learned
}

/** One verdict and one culprit are right, and the right one may be all but impossible yet; of statements, several may do. */
function addChoice(gradient: Float64Array, weights: Float64Array, choice: JudgedChoice, options: GradientOptions): void {
  const add = /\.(?:verdict|change|thing)$/.test(choice.head) ? addTowardsBest : addExpectedGradient
  add(gradient, weights, choice, choice.worths, options)
}

/**
 * How much more strongly the choice among other things than changes is pulled back. Hardly two families blame a thing of the same kind, so
 * what one of them teaches misleads the next: in a trial that left out each of 14 such families, 49 % instead of 32 % were right so.
 */
const pullAmongThings = 10

/** Keeps weights near where they started unless the rewards insist. */
export function pullBack(weights: Float64Array, { anchor, pull, vocabulary }: Pick<ReportLearning, 'anchor' | 'pull' | 'vocabulary'>): void {
  for (const [head, , index] of vocabulary.entries()) {
    const share = Math.min(1, head.endsWith('.thing') ? pull * pullAmongThings : pull)
    weights[index] = (weights[index] ?? 0) + share * ((anchor[index] ?? 0) - (weights[index] ?? 0))
  }
}
