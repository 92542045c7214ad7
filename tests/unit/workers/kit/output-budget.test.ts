import { describe, expect, it } from 'vitest'
import { fitText } from '../../../../workers/kit/output-budget.ts'

describe('fitText', () => {
  it('leaves a short text as it is', () => {
    expect(fitText('one\ntwo\n\nthree')).toEqual({ text: 'one\ntwo\n\nthree', cut: false })
  })

  it('folds equal lines in a row with their number', () => {
    expect(fitText(`start\n${'retrying\n'.repeat(37)}end`).text).toBe('start\nretrying … (×37)\nend')
  })

  it('folds lines that differ in ids and numbers only when the text is too long', () => {
    const text = Array.from({ length: 50 }, (_, index) => `job ${index} finished in ${index * 7} ms`).join('\n')
    expect(fitText(text).cut).toBe(false)
    expect(fitText(text, 500)).toEqual({ text: 'job 0 finished in 0 ms … (×50)', cut: true })
  })

  it('keeps the beginning, the end and the lines about errors, and says what is missing', () => {
    const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta']
    const lines = Array.from({ length: 2_000 }, (_, index) => `${words[index % 7] ?? ''} ${words[(index * 3) % 5] ?? ''} of ${words[(index >> 2) % 6] ?? ''}`)
    lines[1_000] = 'TypeError: quote has no price'
    const { text, cut } = fitText(lines.join('\n'), 2_000)
    expect(cut).toBe(true)
    expect(text.length).toBeLessThanOrEqual(2_000)
    expect(text.startsWith(lines[0] ?? '?')).toBe(true)
    expect(text).toContain('TypeError: quote has no price')
    expect(text).toContain(lines.at(-1))
    expect(text).toMatch(/… \d+ lines left out …/)
    expect(text).toMatch(/\[Cut to fit: \d+ of 2000 lines/)
  })

  it('stays within the budget when every line is about an error, or one line is endless', () => {
    expect(fitText(Array.from({ length: 900 }, (_, index) => `error ${'x'.repeat(index % 13)} of kind ${'yz'.repeat(index % 7)}`).join('\n'), 1_500).text.length).toBeLessThanOrEqual(1_500)
    expect(fitText('z'.repeat(2_000_000), 1_500).text.length).toBeLessThanOrEqual(1_500)
  })
})
