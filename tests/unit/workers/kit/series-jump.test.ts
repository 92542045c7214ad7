import { describe, expect, test } from 'vitest'
import { findRise, withZeros } from '../../../../workers/kit/series-jump.ts'

function series(...values: number[]) {
  return values.map((value, minute) => ({ at: `2026-03-12T10:0${minute}:00Z`, value }))
}

describe('a rise in a series', () => {
  test('is found at the first sample of the higher level', () => {
    expect(findRise(series(10, 11, 9, 10, 40, 42, 38))).toMatchObject({ at: '2026-03-12T10:04:00Z', before: 10, after: 40 })
  })

  test.each([
    ['a steady series', series(10, 11, 9, 10, 11)], ['a fall', series(40, 40, 10, 10)], ['a rise below the factor', series(10, 10, 15, 15)], ['too few samples', series(1, 9, 9)], ['nothing', []],
  ])('is not seen in %s', (_name, samples) => {
    expect(findRise(samples)).toBeUndefined()
  })

  test('counts only from the least size', () => {
    expect(findRise(series(0, 0, 0.02, 0.02), { least: 0.05 })).toBeUndefined()
  })
})

describe('counts with their empty steps', () => {
  const window = { start: new Date('2026-03-12T10:00:00Z'), end: new Date('2026-03-12T10:05:00Z') }

  test('show a rise from nothing', () => {
    const filled = withZeros([{ at: '2026-03-12T10:03:30Z', value: 4 }, { at: '2026-03-12T10:04:00Z', value: 6 }], window, 60)
    expect(filled.map(({ value }) => value)).toEqual([0, 0, 0, 4, 6])
    expect(findRise(filled)).toMatchObject({ at: '2026-03-12T10:03:00Z', before: 0, after: 5 })
  })

  test('keep samples at the edges inside', () => {
    expect(withZeros([{ at: '2026-03-12T09:59:59Z', value: 1 }, { at: '2026-03-12T10:05:00Z', value: 2 }], window, 60).map(({ value }) => value)).toEqual([1, 0, 0, 0, 2])
  })
})
