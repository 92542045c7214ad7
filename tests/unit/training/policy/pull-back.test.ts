import { expect, it } from 'vitest'
import { createVocabulary, toVector, toWeights } from '../../../../training/policy/dense-weights.ts'
import { pullBack } from '../../../../training/policy/learn-reports.ts'

it('leads weights back towards where they started, those that tell other things than changes apart most', () => {
  const vocabulary = createVocabulary()
  const start = toVector({ 'orchestrator.change': { words: 1 }, 'orchestrator.thing': { words: 1 } }, vocabulary)
  const weights = toVector({ 'orchestrator.change': { words: 2 }, 'orchestrator.thing': { words: 2, new: 1 } }, vocabulary)
  pullBack(weights, { anchor: start, pull: 0.01, vocabulary })
  expect(toWeights(weights, vocabulary)).toEqual({ 'orchestrator.change': { words: 1.99 }, 'orchestrator.thing': { words: 1.9, new: 0.9 } })
  for (let step = 0; step < 5; step += 1) pullBack(weights, { anchor: start, pull: 0.5, vocabulary })
  expect(toWeights(weights, vocabulary)['orchestrator.thing']).toEqual({ words: 1 })
})
