/**
 * `text` as the grader reads it, so that formatting never decides: Unicode NFKC, lower case, no quotes, backticks or
 * invisible characters, plain hyphens, no Markdown escapes or emphasis by underscores, single spaces.
 */
export function normalise(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, '')
      .replaceAll(/[\u2014\u2015]|(?<=\s)--(?=\s)/g, ' - ')
      .replaceAll(/[\u2010-\u2013\u2212]/g, '-')
      .replaceAll(/\\(?=[_*`~\-"'])/g, '')
      // A possessive must not grow onto the name before it.
      .replaceAll(/['\u2019]s(?![\p{L}\p{N}])/gu, ' s')
      .replaceAll(/["'`\u00B4\u2018-\u201F\u00AB\u00BB\u2039\u203A]/g, '')
      .replaceAll(/(?<![\p{L}\p{N}_])_(?=[^\s_])([^\n]*?[^\s_])_(?![\p{L}\p{N}_])/gu, '$1')
      .replaceAll(/\s+/g, ' ')
      .trim()
  )
}

/** Every text and number in a structured value, keys included, one a line. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(valueText).join('\n')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, item]) => `${key} ${valueText(item)}`)
      .join('\n')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
