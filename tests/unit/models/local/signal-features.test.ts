import { describe, expect, it } from 'vitest'
import { culpritFeatures } from '../../../../src/adapters/models/local/culprit-features.ts'
import type { Features } from '../../../../src/adapters/models/local/head.ts'
import { signalFeatures } from '../../../../src/adapters/models/local/signal-features.ts'
import { entity, remember, seenOf, signal, thingOf } from '../../../fixtures/local-memory.ts'

const [mailer, replicas, commit, limit] = [entity('service', 'mailer'), entity('variable', 'REPLICAS'), entity('commit', 'c3'.repeat(20)), entity('variable', 'LIMIT')]
const texts = { missing: 'mailer has no ready endpoints', quiet: 'mailer has no alert', hand: 'somebody set REPLICAS', deployed: 'LIMIT came with a commit' }
const memory = remember([
  signal('absence', texts.missing, [mailer]), { ...signal('absence', texts.quiet, [mailer]), severity: 1 },
  signal('change', texts.hand, [replicas]), signal('change', texts.deployed, [limit, commit]),
], [mailer])
const featuresOf = (text: string, blame: Parameters<typeof signalFeatures>[3]): Features => signalFeatures(seenOf(memory, text), memory, [], blame)

describe('a statement', () => {
  it('tells a state when something needed is missing, and an absence when nothing was found', () => {
    expect(featuresOf(texts.missing, 'no_fault')).toMatchObject({ 'kind:state': 1 })
    expect(featuresOf(texts.quiet, 'no_fault')).toMatchObject({ 'kind:absence': 1 })
  })

  it('names a change where nobody is to blame, told apart by how the report ends', () => {
    expect(featuresOf(texts.deployed, 'no_fault')).toMatchObject({ 'nobody:names_change': 1, 'no_fault:names_change': 1, 'story:other_change': 1 })
    expect(featuresOf(texts.deployed, 'undecided')).toMatchObject({ 'nobody:names_change': 1, 'undecided:names_change': 1 })
    expect(featuresOf(texts.hand, 'undecided')).toMatchObject({ 'undecided:names_change': 0 })
  })
})

describe('a setting', () => {
  it('was changed by hand when no commit and no deployment is named with its change', () => {
    const [byHand, byCommit] = culpritFeatures([thingOf(memory, replicas), thingOf(memory, limit)], memory, [])
    expect(byHand).toMatchObject({ 'changed:by_hand': 1, 'changed:with_change': 0 })
    expect(byCommit).toMatchObject({ 'changed:by_hand': 0, 'changed:with_change': 1 })
  })
})
