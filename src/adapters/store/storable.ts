/** What Postgres takes for text, shown in place of what it does not: NUL anywhere, half of a surrogate pair in JSON. */
const REPLACEMENT = '\u{FFFD}'
const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/i

/** `text` without NUL and lone surrogates; the same text gives the same result, so keys still match. */
export function storableText(text: string): string {
  const wellFormed = text.toWellFormed()
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', REPLACEMENT) : wellFormed
}

/** `value` as JSON text that Postgres takes and that parses back to the same value, unstorable characters replaced; undefined becomes null. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  // JSON.stringify escapes exactly the characters in question, so most values need no second look.
  return UNSTORABLE_ESCAPE.test(text) ? JSON.stringify(replaced(JSON.parse(text))) : text
}

function replaced(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(replaced)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), replaced(inner)]))
}
