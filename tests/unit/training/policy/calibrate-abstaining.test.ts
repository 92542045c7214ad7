import { describe, expect, it } from 'vitest'
import type { Weights } from '../../../../src/adapters/models/local/head.ts'
import { calibrateAbstaining } from '../../../../training/policy/calibrate-abstaining.ts'

const weights: Weights = { 'orchestrator.verdict': { no_fault: 0.5, change: 1 }, 'worker.act': { call: 1 } }
const taken = (tried: Weights): number => 0.5 - (tried['orchestrator.verdict']?.['no_fault'] ?? 0)

describe('the reluctance to abstain', () => {
  it('is the one that is worth most where it is measured', async () => {
    const chosen = await calibrateAbstaining(weights, async (tried) => -Math.abs(taken(tried) - 2))
    expect(chosen).toEqual({ weights: { ...weights, 'orchestrator.verdict': { no_fault: -1.5, undecided: -2, change: 1 } }, worth: -0 })
  })

  it('is none when more of it is not better', async () => {
    expect((await calibrateAbstaining(weights, async () => 0.3)).weights).toBe(weights)
    expect((await calibrateAbstaining(weights, async (tried) => -taken(tried))).weights).toBe(weights)
  })
})
