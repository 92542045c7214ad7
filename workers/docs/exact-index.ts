/** Finds which of many texts hold a string, by the words they hold, without reading the texts that cannot. */
export interface ExactIndex {
  /** Positions of the texts in which `wanted` stands as a word of its own (or several in a row); letter case is ignored. */
  find(wanted: string): number[]
}

/** Indexes `texts` once; a look-up then reads only texts that hold every word of what is looked for. */
export function createExactIndex(texts: readonly string[]): ExactIndex {
  const places = new Map<string, Set<number>>()
  for (const [position, text] of texts.entries()) {
    for (const word of wordsOf(text)) {
      const known = places.get(word)
      if (known === undefined) places.set(word, new Set([position]))
      else known.add(position)
    }
  }
  return {
    find(wanted) {
      const [rarest, ...others] = wordsOf(wanted).map((word) => places.get(word) ?? new Set<number>()).sort((a, b) => a.size - b.size)
      const possible = rarest === undefined ? [...texts.keys()] : [...rarest].filter((position) => others.every((set) => set.has(position)))
      const standing = new RegExp(String.raw`(?<![\w-])${wanted.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w-])`, 'i')
      return possible.filter((position) => standing.test(texts[position] ?? ''))
    },
  }
}

function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [])]
}
