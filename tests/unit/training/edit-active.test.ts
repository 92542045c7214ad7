import { describe, expect, it } from 'vitest'
import { AgentName } from '../../../src/core/worker.ts'
import { withCanary, withChampion } from '../../../training/gate/edit-active.ts'
import { activePrior } from '../../fixtures/active-prior.ts'

const active = activePrior
const all = Object.fromEntries(AgentName.options.map((agent) => [agent, 'local:better']))

/** The lines of `after` that are not in `before`. */
function changed(before: string, after: string): string[] {
  const lines = new Set(before.split('\n'))
  return after.split('\n').filter((line) => !lines.has(line))
}

describe('an edit of active.json', () => {
  it('is one line when all roles change together, and one a role when not', () => {
    expect(changed(active, withChampion(active, all))).toEqual(['  "policy": "local:better",'])
    const sentry = withChampion(active, { sentry: 'local:better' })
    expect(changed(active, sentry)).toEqual(['  "sentry": { "prompt": "v1", "policy": "local:better" },'])
    expect(withChampion(sentry, { sentry: 'local:prior' })).toBe(active)
  })

  it('gathers roles that come to agree, and makes no line where nothing changes', () => {
    const others = Object.fromEntries(Object.entries(all).filter(([agent]) => agent !== 'sentry'))
    expect(withChampion(withChampion(active, { sentry: 'local:better' }), others)).toBe(withChampion(active, all))
    expect(withChampion(active, { docs: 'local:prior' })).toBe(active)
  })

  it('adds a canary beside the champion, which ends when a champion is made', () => {
    const canary = withCanary(active, all, 10)
    expect(changed(active, canary)).toEqual(['  "candidate": "local:better",', '  "canary": 10,'])
    expect(changed(active, withCanary(active, { docs: 'local:better' }, 5))).toEqual(['  "candidate": { "docs": "local:better" },', '  "canary": 5,'])
    expect(withChampion(canary, all)).toBe(withChampion(active, all))
  })
})
