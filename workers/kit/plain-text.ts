/** `text` on one line of at most `most` characters, the cut marked; between words where one ends near, since half an id or half a secret is neither. */
export function clip(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line.length <= most) return line
  const space = line.lastIndexOf(' ', most - 1)
  return `${line.slice(0, space > most * 0.75 ? space : most - 1)}…`
}

/** A time as `2026-11-22 09:12:03Z`; what cannot be read as a time comes back as it is. */
export function utc(time: string | number | Date): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}

/** Only the time of day: `09:12:03Z`. */
export function utcTime(time: string | number | Date): string {
  return utc(time).replace(/^\d{4}-\d\d-\d\d /, '')
}

/** How long ago, in the largest unit that says enough: `12 min`, `3 h`, `5 d`. */
export function ago(time: string | Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - new Date(time).getTime()) / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`
}

/** The last whole lines of `text` that have room in `most` characters: a cut within a line could halve what must be seen whole. */
export function lastLines(text: string, most: number): string {
  return text.length <= most ? text : text.slice(text.indexOf('\n', text.length - most - 1) + 1 || text.length)
}
