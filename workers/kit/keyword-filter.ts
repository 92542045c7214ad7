/** What has keywords, one of which stands (in lower case) in every text it has anything to do with. */
interface Keyed {
  readonly keywords: readonly string[]
}

/** Below this a text is searched for each keyword at once; above, a look at its pairs of letters rules most keywords out first. */
const LONG = 1_000

/** Filled anew for every long text, and done with before anything else can run. */
const present = new Uint8Array(1 << 16)

/**
 * Finds the few of many keyed things that may have to do with a text: those of which a keyword stands in it, in their order. The
 * text must be in lower case. A hundred and more searches through every answer of a service would be most of what a call costs us.
 */
export function createKeywordFilter<T extends Keyed>(things: readonly T[]): (lower: string) => readonly T[] {
  const keyed = things.map((thing) => ({ thing, keywords: thing.keywords.map((text) => ({ text, pairs: pairsOf(text) })) }))
  return (lower) => {
    const isLong = lower.length > LONG
    if (isLong) markPairs(lower)
    const stands = ({ text, pairs }: { text: string; pairs: readonly number[] }): boolean => (!isLong || pairs.every((pair) => present[pair] === 1)) && lower.includes(text)
    return keyed.filter(({ keywords }) => keywords.some(stands)).map(({ thing }) => thing)
  }
}

/** A pair of neighbouring characters by their low bytes: other alphabets may collide, which only costs a search. */
function pairAt(text: string, index: number): number {
  return ((text.charCodeAt(index - 1) & 0xff) << 8) | (text.charCodeAt(index) & 0xff)
}

function pairsOf(text: string): number[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => pairAt(text, index + 1))
}

function markPairs(text: string): void {
  present.fill(0)
  for (let index = 1; index < text.length; index += 1) present[pairAt(text, index)] = 1
}
