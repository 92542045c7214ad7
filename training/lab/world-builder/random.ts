/** A source of chance that one seed fixes: the same seed always tells the same story. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number, both ends included. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** `count` different items in a random order. */
  sample<T>(items: readonly T[], count: number): T[]
  hex(length: number): string
  letters(length: number): string
  /** Letters of both cases and digits, as providers mint ids. */
  token(length: number): string
  uuid(): string
  /** The characters Kubernetes uses for the random part of a name. */
  suffix(length: number): string
}

/** Random values from `seed`; equal seeds give equal sequences. Not for secrets. */
export function createRandom(seed: string): Random {
  let state = hash(seed)
  // SplitMix32: a Weyl sequence, mixed; small, fast and good enough to tell stories.
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296
  }
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)]
    if (item === undefined) throw new Error('cannot pick from an empty list')
    return item
  }
  const sample = <T>(items: readonly T[], count: number): T[] => {
    if (count > items.length) throw new Error(`cannot pick ${count} different items of ${items.length}`)
    const left = [...items]
    return Array.from({ length: count }, () => left.splice(int(0, left.length - 1), 1)).flat()
  }
  const from = (alphabet: string, length: number): string => Array.from({ length }, () => alphabet[int(0, alphabet.length - 1)]).join('')
  const hex = (length: number): string => from('0123456789abcdef', length)
  return {
    next,
    int,
    pick,
    sample,
    hex,
    chance: (probability) => next() < probability,
    letters: (length) => from('abcdefghijklmnopqrstuvwxyz', length),
    token: (length) => from('ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789', length),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${from('89ab', 1)}${hex(3)}-${hex(12)}`,
    suffix: (length) => from('bcdfghjklmnpqrstvwxz2456789', length),
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return value
}
