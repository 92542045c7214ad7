import { describe, expect, it } from 'vitest'
import { rarityAmong, sharedWords, stemsOf } from '../../../../src/adapters/models/local/shared-words.ts'

const words = (text: string): string[] => [...stemsOf(text)].toSorted()
const even = (): number => 1

describe('the words of a text', () => {
  it('are the same in camelCase, kebab-case, snake_case and dotted', () => {
    for (const name of ['retryBudget', 'retry-budget', 'retry_budget', 'retry.budget']) expect(words(name)).toEqual(['budget', 'retry'])
  })

  it('are the same in one and many, now and then', () => {
    for (const form of ['deploy', 'deploys', 'deployed', 'deploying']) expect(words(form)).toEqual(['deploy'])
    for (const form of ['retry', 'retries', 'retried']) expect(words(form)).toEqual(['retry'])
  })

  it('are no numbers, hex, moments or short ones', () => {
    expect(words('at 2026-03-01T11:00:00Z 278ee689b7e4 is 90 of it')).toEqual([])
  })
})

describe('how telling a word is', () => {
  const rarity = rarityAmong(['pool exhausted', 'pool opened', 'pool resized in checkout', 'pool closed'])

  it('is all where one text has it, and less the more have it', () => {
    expect(rarity('checkout')).toBe(1)
    expect(rarity('pool')).toBeLessThan(0.5)
    expect(rarityAmong(['pool', 'pool', 'other'])('pool')).toBeGreaterThan(rarity('pool'))
  })

  it('is all for a word that none of them has', () => {
    expect(rarity('never')).toBe(1)
  })
})

describe('what two texts share', () => {
  it('is nothing without a common word, and grows with each', () => {
    const trouble = stemsOf('checkout pool exhausted')
    const shares = ['printer jams', 'a pool', 'checkout pool', 'checkoutPool exhausted'].map((text) => sharedWords(stemsOf(text), trouble, even))
    expect(shares[0]).toBe(0)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(new Set(shares).size).toBe(4)
    expect(Math.max(...shares)).toBeLessThan(1)
  })

  it('counts a word that everything has for little', () => {
    const texts = Array.from({ length: 20 }, (_, index) => `request ${'abcdefghijklmnopqrst'.charAt(index).repeat(4)}`)
    const rarity = rarityAmong([...texts, 'quota exceeded'])
    expect(sharedWords(['request'], stemsOf('request'), rarity)).toBeLessThan(0.1)
    expect(sharedWords(['quota'], stemsOf('quota'), rarity)).toBeGreaterThan(0.6)
  })
})
