/** A statement as a report says it: long ids by their first digits, as people write them, and no trace ids. */
export function abridge(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{40}\b/g, (sha) => sha.slice(0, 12))
    .replaceAll(/\s*\b(?:trace|span|request|trace_id|span_id|request_id)[=:]\s?[0-9a-f-]{16,36}\b/gi, '')
    .replaceAll(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '$1')
    .replaceAll(/ \([\w./-]+ into [\w./-]+\)/g, '')
    .replaceAll(/\s{2,}/g, ' ')
    .trim()
}

const separator = ' · '

/** Shortened statements as one text. */
export function storyOf(shortened: readonly string[]): string {
  return shortened.join(separator)
}

/** Characters a story of this length has after another statement. */
export function lengthWith(length: number, next: string): number {
  return length === 0 ? next.length : length + separator.length + next.length
}
