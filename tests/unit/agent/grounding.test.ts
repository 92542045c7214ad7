import { describe, expect, it } from 'vitest'
import { groundClaims, keyTerms } from '../../../src/agent/grounding.ts'
import type { Call } from '../../../src/core/investigation.ts'

const shown = (id: string, text: string): [string, Call] => [id, {
  id, tool: 't', args: {}, startedAt: '', ms: 0, result: { structured: { text }, text, entities: [], signals: [], links: [], truncated: false },
}]

describe('grounding', () => {
  const calls = new Map<string, Call>([
    shown('a.0.0', 'deployment d-77 of orders-api at 14:02'),
    ['a.0.1', { id: 'a.0.1', tool: 't', args: {}, startedAt: '', ms: 0, failure: { kind: 'timeout', message: 'late' } }],
  ])

  it('keeps a claim whose cited call shows its terms', () => {
    expect(groundClaims([{ text: 'orders-api was deployed as d-77', calls: ['a.0.0'] }], calls).dropped).toBe(0)
  })

  it('drops a citation of a call that shows none of the terms, and counts the claim', () => {
    expect(groundClaims([{ text: 'billing-api ran out of memory at 16:40', calls: ['a.0.0'] }], calls)).toEqual({ claims: [], dropped: 1 })
  })

  it('drops citations of calls that failed or never were', () => {
    const { claims, dropped } = groundClaims([{ text: 'orders-api', calls: ['a.0.1', 'z.9.9', 'a.0.0'] }, { text: 'orders-api', calls: ['z.9.9'] }], calls)
    expect(claims).toEqual([{ text: 'orders-api', calls: ['a.0.0'] }])
    expect(dropped).toBe(1)
  })

  it('takes ids, numbers and quoted words as the terms of a claim', () => {
    expect(keyTerms('The column "delivery note" went away in 20261119 for orders_v2.')).toEqual(expect.arrayContaining(['delivery note', '20261119', 'orders_v2']))
  })
})
