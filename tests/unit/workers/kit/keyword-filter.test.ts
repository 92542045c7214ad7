import { describe, expect, it } from 'vitest'
import { createKeywordFilter } from '../../../../workers/kit/keyword-filter.ts'

const things = [
  { name: 'jwt', keywords: ['eyj'] }, { name: 'key', keywords: ['private key', 'sk-'] }, { name: 'card', keywords: ['4', '5'] },
  { name: 'foreign', keywords: ['schlüssel'] },
]
const filter = createKeywordFilter(things)
const names = (text: string): string[] => filter(text).map(({ name }) => name)

describe('a keyword filter', () => {
  it.each([['short', ''], ['long', ' lorem ipsum'.repeat(400)]])('finds what has a keyword in a %s text, in order', (_length, padding) => {
    expect(names(`${padding} nothing`)).toEqual([])
    expect(names(`${padding} 4 eyj`)).toEqual(['jwt', 'card'])
    expect(names(`a private key ${padding}`)).toEqual(['key'])
    expect(names(`sk-${padding}`)).toEqual(['key'])
    expect(names(`${padding}der schlüssel`)).toEqual(['foreign'])
  })

  it('is not taken in by the letters of a keyword in other places, nor by the text before', () => {
    const scattered = 'e y j ey yj sk k- privat key '.repeat(60)
    expect(names(`eyj ${scattered}`)).toEqual(['jwt'])
    expect(names(scattered)).toEqual([])
  })
})
