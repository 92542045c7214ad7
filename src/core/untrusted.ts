/**
 * `text` between markers only this run knows, so that data cannot pretend to be the end of data.
 * `boundary` is random per run; any copy of it inside the text is broken up.
 */
export function wrapUntrusted(text: string, boundary: string): string {
  return `<data-${boundary}>\n${text.replaceAll(boundary, '[boundary]')}\n</data-${boundary}>`
}
