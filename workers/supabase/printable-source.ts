/** Bytes that no source file has; a few may stand in a bundle's header. */
const CONTROL = /(?![\t\n\v\f\r])[\p{Cc}\uFFFD]/gu
const LONGEST = 40_000

/**
 * The readable part of a function's body: as it is when it is text, the longest readable run when it is a bundle, null when there is
 * none worth reading. At most 40,000 characters.
 */
export function printableSource(body: string): string | null {
  const controls = body.match(CONTROL)?.length ?? 0
  if (controls === 0) return body.trim() === '' ? null : body.slice(0, LONGEST)
  const longest = body.split(CONTROL).reduce((a, b) => (b.length > a.length ? b : a), '').trim()
  return longest.length < 80 ? null : longest.slice(0, LONGEST)
}
