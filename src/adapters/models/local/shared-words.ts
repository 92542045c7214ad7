
/** Endings that do not part two words: deploys and deploy, retried and retry. */
function stem(word: string): string {
  return word.length <= 4 ? word.replace(/s$/, '') : word.replace(/(?:ies|ied)$/, 'y').replace(/(?:ing|ed|es|s)$/, '')
}

const stemsByText = new Map<string, ReadonlySet<string>>()
const mostRemembered = 20_000

/** The words of a text: names are parted at dots, dashes, underscores and capitals; numbers, hex and moments are none. */
export function stemsOf(text: string): ReadonlySet<string> {
  const known = stemsByText.get(text)
  if (known) return known
  const pieces = text.replaceAll(/\b[0-9a-f]{7,}\b/gi, ' ').replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z]+/)
  const stems = new Set(pieces.filter((piece) => piece.length >= 3).map(stem))
  if (stemsByText.size >= mostRemembered) stemsByText.clear()
  stemsByText.set(text, stems)
  return stems
}

/** The words of several signals' texts. */
export function stemsIn(signals: readonly { readonly signal: { readonly text: string } }[]): ReadonlySet<string> {
  return new Set(signals.flatMap(({ signal }) => [...stemsOf(signal.text)]))
}

/** How telling each word is among these texts, 0 (stands in all) to 1 (stands in one). */
export function rarityAmong(texts: readonly string[]): (word: string) => number {
  const frequency = new Map<string, number>()
  for (const text of texts) for (const word of stemsOf(text)) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  const most = Math.log(texts.length + 2)
  return (word) => 1 - Math.log(Math.max(1, frequency.get(word) ?? 1)) / most
}

/** How much two sets of words share, weighed by how telling a word is: 0 when nothing, towards 1 with every telling word. */
export function sharedWords(some: Iterable<string>, others: ReadonlySet<string>, rarity: (word: string) => number): number {
  let shared = 0
  for (const word of some) if (others.has(word)) shared += rarity(word) ** 2
  return 1 - Math.exp(-shared)
}

