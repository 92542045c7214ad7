/** The secrets one run has met, by the placeholders that stand for them. */
export interface KnownSecrets {
  /** The placeholder of this secret, made when it is met first. A `cut` secret is taken for the known one it begins. */
  placeholder(kind: string, secret: string): string
  /** `text` with every known secret hidden that stands there as a word of its own, whatever stands around it, and pieces of one at its two ends. */
  hide(text: string): string
  /** The placeholder of the secret that `value` is, or is a piece of. */
  placeholderOfPiece(value: string): string | undefined
}

/** Below this, a secret could be an ordinary word: it is only hidden where its surroundings give it away. */
const SHORTEST_TELLING = 12
const SHORTEST_PIECE = 8
/** Enough for any real answer; a text of nothing but secrets must not make every later call slow. */
const MOST_TELLING = 2_000

const WORD = /[\w.~+/-]{12,}={0,2}/g

/** Tools cut texts no shorter than this, at their end or, for logs, at their beginning; what was cut through is a piece of a word. */
const SHORTEST_CUT = 100
const LONGEST_WORD = 2_000
const LAST_WORD = /[\w.~+/-]{8,}={0,2}$/
const FIRST_WORD = /^[\w.~+/-]{8,}={0,2}/

/** No secrets yet. Placeholders are numbered per kind in the order secrets are met. */
export function createKnownSecrets(): KnownSecrets {
  const placeholders = new Map<string, string>()
  const counts = new Map<string, number>()
  const telling = new Map<string, string>()
  const wholeOf = (beginning: string): string | undefined =>
    beginning.length < SHORTEST_PIECE ? undefined : [...placeholders].find(([secret]) => secret.startsWith(beginning))?.[1]
  const placeholderOfWord = (word: string): string => telling.get(word) ?? word
  const placeholderOfPiece = (value: string): string | undefined => {
    if (value.length < SHORTEST_PIECE || !/\d/.test(value)) return undefined
    return telling.get(value) ?? [...telling].find(([secret]) => secret.includes(value))?.[1]
  }
  const hideEnds = (text: string): string => {
    if (text.length < SHORTEST_CUT) return text
    const first = FIRST_WORD.exec(text.slice(0, LONGEST_WORD))?.[0] ?? ''
    const begun = (placeholderOfPiece(first) ?? first) + text.slice(first.length)
    const last = LAST_WORD.exec(begun.slice(-LONGEST_WORD))?.[0] ?? ''
    return begun.slice(0, begun.length - last.length) + (placeholderOfPiece(last) ?? last)
  }
  return {
    placeholder: (kind, secret) => {
      const known = placeholders.get(secret) ?? (kind === 'cut' ? wholeOf(secret) : undefined)
      if (known !== undefined) return known
      const number = (counts.get(kind) ?? 0) + 1
      counts.set(kind, number)
      const made = `[secret:${kind}:${number}]`
      placeholders.set(secret, made)
      if (isTelling(secret) && telling.size < MOST_TELLING) telling.set(secret, made)
      return made
    },
    hide: (text) => (telling.size === 0 ? text : hideEnds(text.replace(WORD, (word) => telling.get(word) ?? (word.includes('/') ? word.split('/').map(placeholderOfWord).join('/') : word)))),
    placeholderOfPiece,
  }
}

function isTelling(secret: string): boolean {
  return secret.length >= SHORTEST_TELLING && /\d/.test(secret) && /[a-z]/i.test(secret)
}
