import { describe, expect, it } from 'vitest'
import { abridge, lengthWith, storyOf } from '../../../../src/adapters/models/local/abridge.ts'

describe('a shortened statement', () => {
  it('keeps the first twelve digits of a SHA and the first eight of a UUID', () => {
    expect(abridge('commit 278ee689b7e4530604185f0525ae952a094ed0c9 broke deploy 3f2b8c1d-0a4e-4b7c-9d21-5e6f7a8b9c0d')).toBe('commit 278ee689b7e4 broke deploy 3f2b8c1d')
  })

  it('has no trace, span or request ids', () => {
    expect(abridge(`timeout in checkout trace=${'ab'.repeat(16)} span: ${'cd'.repeat(8)} request_id=3f2b8c1d-0a4e-4b7c-9d21-5e6f7a8b9c0d after 30 s`)).toBe('timeout in checkout after 30 s')
  })

  it('does not say which branch went into which', () => {
    expect(abridge('#12 lowers the limit (fix/limits into main) by Ada')).toBe('#12 lowers the limit by Ada')
  })

  it('keeps numbers, names and moments', () => {
    const text = 'orders_archive grew to 1234567 rows (42 %) at 2026-03-01T11:00:00Z'
    expect(abridge(text)).toBe(text)
  })
})

describe('the length of a story', () => {
  it('is known before the next statement is added', () => {
    const told = ['the limit fell', 'requests fail']
    expect(lengthWith(storyOf(told).length, 'nobody noticed')).toBe(storyOf([...told, 'nobody noticed']).length)
    expect(lengthWith(0, told[0] ?? '')).toBe(storyOf(told.slice(0, 1)).length)
  })
})
