import { describe, expect, it } from 'vitest'
import { changeFeatures, touchStrength } from '../../../../src/adapters/models/local/change-features.ts'
import type { Features } from '../../../../src/adapters/models/local/head.ts'
import type { Entity } from '../../../../src/core/entity.ts'
import { entity, remember, signal, thingOf } from '../../../fixtures/local-memory.ts'

const commit = entity('commit', 'a'.repeat(40))
const issue = entity('issue', '4711')
const pool = entity('file', 'src/pool.ts')
const failing = signal('error', 'the connection pool is exhausted', [issue, pool], 30)
const memoryWith = (text: string, entities: Entity[]) => remember([failing, signal('change', text, [commit, ...entities], 40)], [issue])
const featuresOf = (text: string, entities: Entity[], minutes: number | undefined = 10): Features => {
  const memory = memoryWith(text, entities)
  return changeFeatures(thingOf(memory, commit), memory, minutes)
}

describe('a change', () => {
  it('touches the trouble when both name one part, and soon before when it is not long ago', () => {
    expect(featuresOf('shrinks it', [pool])).toMatchObject({ 'change:touches_trouble': 1, 'change:touches_soon_before': 1 })
    expect(featuresOf('shrinks it', [pool], 600)['change:touches_soon_before']).toBe(0)
    expect(featuresOf('shrinks it', [pool], -30)['change:touches_soon_before']).toBe(0)
  })

  it('touches nothing when it changed something else, however new it is', () => {
    expect(featuresOf('a new colour', [entity('file', 'src/colour.ts')])).toMatchObject({ 'change:touches_nothing': 1, 'change:touches_soon_before': 0, 'change:words': 0 })
  })

  it('speaks the words of the trouble or does not', () => {
    const spoken = ['a new colour', 'a smaller pool', 'a smaller connectionPool'].map((text) => featuresOf(text, [])['change:words'] ?? NaN)
    expect(spoken[0]).toBe(0)
    expect(spoken[1]).toBeGreaterThan(0)
    expect(spoken[2]).toBeGreaterThan(spoken[1] ?? NaN)
  })

  it('is harmless when it changes nothing but documents, tests and texts', () => {
    expect(featuresOf('words', [entity('file', 'README.md'), entity('file', 'tests/pool.test.ts')])).toMatchObject({ 'change:harmless': 1, 'change:file:documentation': 0.5, 'change:file:test': 0.5 })
    expect(featuresOf('words', [entity('file', 'README.md'), pool])).toMatchObject({ 'change:harmless': 0, 'change:file:code': 0.5 })
    expect(featuresOf('words', [])).toMatchObject({ 'change:files_unknown': 1 })
  })

  it('changes a number when a line comes back with another one', () => {
    expect(featuresOf('src/pool.ts: - const most = 50 + const most = 5', [pool])).toMatchObject({ 'change:diff_seen': 1, 'change:replaces': 1, 'change:numbers': 1, 'change:only_adds': 0 })
    expect(featuresOf('src/pool.ts: - const most = 50 + const least = 50', [pool])).toMatchObject({ 'change:replaces': 1, 'change:numbers': 0 })
    expect(featuresOf('src/pool.ts: - const most = 50 + const most = 50', [pool])).toMatchObject({ 'change:replaces': 1, 'change:numbers': 0 })
    expect(featuresOf('src/pool.ts: + const most = 5', [pool])).toMatchObject({ 'change:diff_seen': 1, 'change:numbers': 0, 'change:only_adds': 1 })
    expect(featuresOf('shrinks it', [pool])).toMatchObject({ 'change:diff_seen': 0, 'change:only_adds': 0 })
  })
})

describe('how strongly a change touches the trouble', () => {
  const strength = (shared: Entity): number => {
    const memory = remember([signal('error', 'it fails', [issue, shared], 30), signal('change', 'it changed', [commit, shared], 40), signal('healthy', 'another', [entity('service', 'web')])], [issue])
    return touchStrength(thingOf(memory, commit), memory)
  }

  it('follows what both name, but not the place they are in or the commit itself', () => {
    expect(strength(entity('table', 'orders'))).toBeGreaterThan(0)
    expect(strength(entity('environment', 'production'))).toBe(0)
    expect(strength(entity('release', commit.value))).toBe(0)
  })
})
