import { describe, expect, it } from 'vitest'
import { onsetOf, onsetPhrase } from '../../../../src/adapters/models/local/onset.ts'
import type { Signal } from '../../../../src/core/signal.ts'
import { entity, noon, remember, signal } from '../../../fixtures/local-memory.ts'

const service = entity('service', 'api')
const trouble = (minutes: number, named = [service]): Signal => signal('error', `api fails, ${minutes}`, named, minutes)
/** Minutes before noon at which the trouble began. */
const began = (signals: readonly Signal[], question = 'What is going on?'): number => {
  const onset = remember(signals, [service], question).onset
  return onset === undefined ? NaN : (noon.getTime() - Date.parse(onset)) / 60_000
}

describe('the onset', () => {
  it('is what a question of our own says, whatever else was seen', () => {
    expect(began([trouble(90)], `Who changed it? ${onsetPhrase}2026-03-01T11:30:00.000Z. Look there first.`)).toBe(30)
  })

  it('is as long ago as an alert says', () => {
    expect(began([], 'First Seen: 27 minutes ago')).toBe(27)
    expect(began([], 'Failing for about 3 hours')).toBe(180)
    expect(began([], 'First seen 2 days ago, last seen 5 min ago')).toBe(2 * 1440)
  })

  it('is an earlier trouble where that came shortly before what the alert says, and no much older one', () => {
    expect(began([trouble(33), trouble(300)], 'First Seen: 27 minutes ago')).toBe(33)
  })

  it('is the earliest trouble of the last day where nothing is said', () => {
    expect(began([trouble(50), trouble(70), trouble(3 * 1440)])).toBe(70)
  })

  it('is an older trouble where there is no other', () => {
    expect(began([trouble(3 * 1440)])).toBe(3 * 1440)
  })

  it('passes over what has little to do with the question, what is mild, and what was a change', () => {
    expect(began([trouble(40), trouble(80, [entity('service', 'printer')]), { ...trouble(200), severity: 1, text: 'slow' }, signal('change', 'api was deployed', [service], 100)])).toBe(40)
  })

  it('is not in the future while something is in the past', () => {
    expect(began([trouble(-60), trouble(20, [entity('service', 'printer')])])).toBe(20)
  })

  it('is unknown where nothing went wrong and nobody says when', () => {
    expect(onsetOf([], 'Why is it slow?', noon)).toBeUndefined()
  })
})
