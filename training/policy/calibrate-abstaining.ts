import type { Weights } from '../../src/adapters/models/local/head.ts'
import { worthAt } from './success.ts'
import type { MeasureOptions } from './success.ts'
import type { Ground } from './training-ground.ts'

/** How much is taken from the scores of ending without a culprit. */
const reluctances = [0, 1, 2, 3] as const

/** Weights that blame nobody less readily, by `reluctance` points of score. */
export function reluctantToAbstain(weights: Weights, reluctance: number): Weights {
  const verdict = weights['orchestrator.verdict'] ?? {}
  return { ...weights, 'orchestrator.verdict': { ...verdict, no_fault: (verdict['no_fault'] ?? 0) - reluctance, undecided: (verdict['undecided'] ?? 0) - reluctance } }
}

/**
 * The weights with the reluctance to abstain that is worth most at `held` tasks, whose families nobody learned from; the least of equals.
 * Suspects of a mechanism that was not learned score lower than those of learned ones, so what was learned abstains too readily there.
 */
export async function calibrateAbstaining(weights: Weights, held: readonly Ground[], options: MeasureOptions): Promise<Weights> {
  let best = { weights, worth: -Infinity }
  for (const reluctance of reluctances) {
    const tried = reluctance === 0 ? weights : reluctantToAbstain(weights, reluctance)
    const worth = await worthAt(tried, held, options)
    if (worth > best.worth) best = { weights: tried, worth }
  }
  return best.weights
}
