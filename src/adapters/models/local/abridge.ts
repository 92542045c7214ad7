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

/** Statements as one text. */
export function storyOf(texts: readonly string[]): string {
  return texts.map(abridge).join(separator)
}

/** Whether another statement finds room in a story of at most `most` characters. */
export function fits(texts: readonly string[], next: string, most: number): boolean {
  return storyOf([...texts, next]).length <= most
}
