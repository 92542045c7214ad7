import { describe, expect, it } from 'vitest'
import type { Features } from '../../../../src/adapters/models/local/head.ts'
import { storyFeatures } from '../../../../src/adapters/models/local/story-features.ts'
import { entity, remember, seenOf, signal, thingOf } from '../../../fixtures/local-memory.ts'

const [culprit, rival] = [entity('commit', 'a'.repeat(40)), entity('commit', `${'a'.repeat(30)}${'b'.repeat(10)}`)]
const [worker, twin, printer] = [entity('service', 'payments-worker'), entity('service', 'payments-api'), entity('service', 'label-printer')]
const texts = {
  told: 'payments fail 40 times in checkout',
  again: 'payments fail 40 times',
  more: 'the pool had 5 connections since 2026-03-01T11:20:00Z',
  rival: 'another commit went live',
  twin: 'the api answers',
  printer: 'the printer is idle',
}
const memory = remember([
  signal('error', texts.told, [worker]), signal('error', texts.again, [worker]), signal('anomaly', texts.more, [worker]),
  signal('change', texts.rival, [rival]), signal('healthy', texts.twin, [twin]), signal('healthy', texts.printer, [printer]), signal('change', 'the culprit went live', [culprit]),
], [worker])
const featuresOf = (text: string, blamed = culprit): Features => storyFeatures(seenOf(memory, text), memory, [seenOf(memory, texts.told)], thingOf(memory, blamed))

describe('a statement in a story', () => {
  it('brings nothing new when it repeats what was told', () => {
    expect(featuresOf(texts.again)).toMatchObject({ 'story:new_words': 0, 'story:new_names': 0, 'story:new_number': 0 })
  })

  it('brings words, names and numbers that nobody told', () => {
    expect(featuresOf(texts.more)).toMatchObject({ 'story:new_number': 1, 'story:measure': 1 })
    expect(featuresOf(texts.more)['story:new_words']).toBeGreaterThan(0.5)
    expect(featuresOf(texts.printer)['story:new_names']).toBeGreaterThan(0)
  })

  it('has no numbers by its moments or SHAs', () => {
    const dated = 'commit 278ee689b7e4 of 2026-03-01T11:20:00Z'
    const seen = remember([signal('change', dated, [])])
    expect(storyFeatures(seenOf(seen, dated), seen, [])).toMatchObject({ 'story:numbers': 0, 'story:new_number': 0 })
  })

  it('speaks of what was asked about', () => {
    expect([featuresOf(texts.more), featuresOf(texts.printer)].map((features) => features['story:asked_about'])).toEqual([1, 0])
  })

  it('draws in a rival of the culprit when it names another of its kind', () => {
    expect(featuresOf(texts.rival)).toMatchObject({ 'story:rival': 1, 'story:other_change': 1, 'story:other_change:change': 1 })
    expect(featuresOf('the culprit went live')).toMatchObject({ 'story:rival': 0, 'story:other_change': 0 })
    expect(featuresOf(texts.rival, worker)).toMatchObject({ 'story:rival': 0, 'story:other_change': 1, 'story:other_change:runner': 1 })
  })

  it('draws in a near twin when it names something that is nearly called like the culprit', () => {
    expect(featuresOf(texts.twin, worker)['story:near_twin']).toBe(1)
    expect(featuresOf(texts.printer, worker)['story:near_twin']).toBe(0)
    expect(featuresOf(texts.more, worker)['story:near_twin']).toBe(0)
    expect(featuresOf(texts.rival)['story:near_twin']).toBe(0)
  })
})
