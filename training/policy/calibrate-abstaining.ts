import type { Weights } from '../../src/adapters/models/local/head.ts'

/** How much is taken from the scores of ending without a culprit. */
const reluctances = [1, 2, 3] as const

/** Weights with what they are worth. */
export interface Calibrated {
  readonly weights: Weights
  readonly worth: number
}

/**
 * The weights with the reluctance to abstain that is worth most by `worthOf`, the least of equals. `worthOf` measures at families that nobody
 * learned from: suspects of a mechanism that was not learned score lower than those of learned ones, so what was learned blames nobody
 * too readily there.
 */
export async function calibrateAbstaining(weights: Weights, worthOf: (weights: Weights) => Promise<number>): Promise<Calibrated> {
  let best: Calibrated = { weights, worth: await worthOf(weights) }
  for (const reluctance of reluctances) {
    const tried = reluctantToAbstain(weights, reluctance)
    const worth = await worthOf(tried)
    if (worth > best.worth) best = { weights: tried, worth }
  }
  return best
}

function reluctantToAbstain(weights: Weights, reluctance: number): Weights {
  const verdict = weights['orchestrator.verdict'] ?? {}
  return { ...weights, 'orchestrator.verdict': { ...verdict, no_fault: (verdict['no_fault'] ?? 0) - reluctance, undecided: (verdict['undecided'] ?? 0) - reluctance } }
}
