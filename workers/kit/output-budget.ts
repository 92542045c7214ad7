import { messageTemplate } from './log-lines.ts'

/** Characters a tool's text may have: about 1,500 tokens. */
const OUTPUT_BUDGET = 6_000

const LONGEST_LINE = 600
const LEAST_RUN = 3
const NOTABLE = /\b(?:error|fatal|panic|exception|fail(?:ed|ure|ing)?|denied|refused|unauthori[sz]ed|forbidden|timed? ?out|crash\w*|oom\w*|killed|critical|invalid|not found|does not exist|5\d\d)\b|\w(?:Error|Exception)\b/i

/** Whether a line's words speak of something that went wrong. */
export function isNotable(line: string): boolean {
  return NOTABLE.test(line)
}

/**
 * Cuts a text to `budget` characters. Equal lines in a row become one with "(×37)"; if that is not enough, so do lines that differ only
 * in ids and numbers; then the beginning, the end and as many lines about errors as fit stay. A last line says what is missing.
 */
export function fitText(text: string, budget: number = OUTPUT_BUDGET): { text: string; cut: boolean } {
  const lines = foldRuns(text.split('\n'), (line) => line)
  const folded = lines.join('\n')
  if (folded.length <= budget) return { text: folded, cut: false }
  const short = foldRuns(lines, messageTemplate).map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}… (+${line.length - LONGEST_LINE} characters)` : line))
  const refolded = short.join('\n')
  if (refolded.length <= budget) return { text: refolded, cut: true }
  return { text: keepWhatMatters(short, budget), cut: true }
}

function foldRuns(lines: readonly string[], sameness: (line: string) => string): string[] {
  const folded: string[] = []
  for (let start = 0; start < lines.length; ) {
    const line = lines[start] ?? ''
    const key = sameness(line)
    let end = start + 1
    while (end < lines.length && line.trim() !== '' && sameness(lines[end] ?? '') === key) end += 1
    if (end - start >= LEAST_RUN) folded.push(`${line} … (×${end - start})`)
    else folded.push(...lines.slice(start, end))
    start = end
  }
  return folded
}

/** A quarter for the beginning, a quarter for the end, half for lines about errors; what one leaves over the next may use. */
function keepWhatMatters(lines: readonly string[], budget: number): string {
  const room = budget - 120
  const kept = new Set<number>()
  const last = lines.length - 1
  let used = take(lines.keys(), lines, { kept, room: room / 4 })
  used += take(backwards(last), lines, { kept, room: room / 2 - used })
  const notable = [...lines.keys()].filter((index) => isNotable(lines[index] ?? ''))
  used += take(notable.values(), lines, { kept, room: room - used })
  take(lines.keys(), lines, { kept, room: room - used })
  const shown: string[] = []
  let missing = 0
  for (const [index, line] of lines.entries()) {
    if (kept.has(index)) {
      if (missing > 0) shown.push(`… ${missing} lines left out …`)
      missing = 0
      shown.push(line)
    } else {
      missing += 1
    }
  }
  if (missing > 0) shown.push(`… ${missing} lines left out …`)
  const note = `[Cut to fit: ${kept.size} of ${lines.length} lines are shown. Narrow the window or lower the limit for the rest.]`
  return `${shown.join('\n').slice(0, budget - note.length - 1)}\n${note}`
}

/** Room a line about a gap may need. */
const GAP = 28

function take(order: Iterable<number>, lines: readonly string[], { kept, room }: { kept: Set<number>; room: number }): number {
  let used = 0
  for (const index of order) {
    if (kept.has(index)) continue
    const cost = (lines[index]?.length ?? 0) + 1 + (kept.has(index - 1) ? 0 : GAP)
    if (used + cost > room) break
    kept.add(index)
    used += cost
  }
  return used
}

function* backwards(from: number): Generator<number> {
  for (let index = from; index >= 0; index -= 1) yield index
}
