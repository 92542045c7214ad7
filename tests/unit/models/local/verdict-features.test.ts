import { describe, expect, it } from 'vitest'
import type { Features } from '../../../../src/adapters/models/local/head.ts'
import { verdictFeatures } from '../../../../src/adapters/models/local/verdict-features.ts'
import type { Suspect } from '../../../../src/adapters/models/local/verdict-features.ts'
import type { Signal } from '../../../../src/core/signal.ts'
import { entity, remember, signal, thingOf } from '../../../fixtures/local-memory.ts'

const issue = entity('issue', '4711')
const table = entity('table', 'orders')
const failing = signal('error', 'orders fails', [issue, table], 30)
const changing = signal('change', 'orders changed', [table], 40)
const nobody = { suspects: { change: [], thing: [] }, rated: { change: 0, thing: 0 } }
const noFault = (signals: readonly Signal[]): Features => verdictFeatures(['no_fault'], remember(signals, [issue]), nobody)[0] ?? {}

describe('what speaks for an ending', () => {
  it('carries the name of the ending, in their order', () => {
    const both = verdictFeatures(['no_fault', 'undecided'], remember([failing], [issue]), nobody)
    expect(both.map((features) => Object.keys(features).filter((name) => !name.includes(':')))).toEqual([['no_fault'], ['undecided']])
  })

  it('is that nothing is broken, or nothing that has to do with the question', () => {
    expect(noFault([changing])).toMatchObject({ 'no_fault:nothing_broken': 1, 'no_fault:nothing_relevant_broken': 1, 'no_fault:no_change': 0 })
    expect(noFault([signal('error', 'the printer jams', [entity('service', 'printer')])])).toMatchObject({ 'no_fault:nothing_broken': 0, 'no_fault:nothing_relevant_broken': 1 })
    expect(noFault([failing])).toMatchObject({ 'no_fault:nothing_broken': 0, 'no_fault:nothing_relevant_broken': 0, 'no_fault:no_change': 1 })
  })

  it('is that somebody announced it', () => {
    const told = noFault([failing, signal('knowledge', 'a game day with orders is planned for today', [table])])
    expect(told['no_fault:announced']).toBeGreaterThan(0)
    expect(told['no_fault:explained']).toBeGreaterThan(0)
    expect(noFault([failing, signal('knowledge', 'who owns the printer', [])])).toMatchObject({ 'no_fault:announced': 0, 'no_fault:explained': 0 })
  })

  it('is that a change shares a name with the trouble', () => {
    expect(noFault([failing, changing])['no_fault:changed']).toBeGreaterThan(0)
    expect(noFault([failing, signal('change', 'the printer changed', [entity('host', 'printer')])])['no_fault:changed']).toBe(0)
  })

  it('is the best of the suspects, harmless changes and what was alerted aside', () => {
    const memory = remember([failing, changing], [issue])
    const suspect = (features: Features): Suspect => ({ thing: thingOf(memory, table), features: { relevance: 1, ...features } })
    const suspects = {
      change: [suspect({ 'change:words': 0.9, 'change:harmless': 1 }), suspect({ 'change:words': 0.4 }), suspect({ 'change:words': 0.2 })],
      thing: [suspect({ 'leads:state': 1, is_alerted: 1 }), suspect({ 'leads:state': 0.3 })],
    }
    expect(verdictFeatures(['change'], memory, { suspects, rated: { change: 5, thing: 0 } })[0]).toMatchObject({ 'change:change:change:words': 0.4, 'change:thing:leads:state': 0.3, 'change:best_change': 1, 'change:best_thing': 0 })
  })
})
