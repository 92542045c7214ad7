/** What still fits on one line; chosen so that a frame, a check-in or a log step stays readable in a diff. */
const LINE = 150

/** Items up to this length share lines: counts per hour, metric points. */
const SMALL = 44

/** `value` as JSON: whatever fits stands on one line, the rest is indented by one space. Ends without a newline. */
export function jsonText(value: unknown, indent = ''): string {
  const flat = oneLine(value)
  if (indent.length + flat.length <= LINE || typeof value !== 'object' || value === null) return flat
  const inner = `${indent} `
  if (Array.isArray(value))
    return `[\n${listLines(value, inner)
      .map((line) => inner + line)
      .join(',\n')}\n${indent}]`
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${jsonText(item, inner)}`).join(',\n')}\n${indent}}`
}

function listLines(items: readonly unknown[], indent: string): string[] {
  const flat = items.map(oneLine)
  if (flat.some((item) => item.length > SMALL)) return items.map((item) => jsonText(item, indent))
  return flat.reduce<string[]>((lines, item) => {
    const last = lines.at(-1)
    if (last === undefined || indent.length + last.length + item.length + 2 > LINE) return [...lines, item]
    return [...lines.slice(0, -1), `${last}, ${item}`]
  }, [])
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`).join(', ')} }`
}
