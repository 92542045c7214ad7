/** How a statement's time stands to now: it ended, it runs, it is over, it is to come, it will end soon. */
export interface Dated {
  readonly state: 'ended' | 'running' | 'over' | 'coming' | 'ending'
  /** When it ended, or began, or is to; ISO 8601. */
  readonly at: string
  readonly end: string | null
}

interface Moment {
  readonly from: number
  readonly to: number
  readonly at: number
  readonly isDay: boolean
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** What ends later than this is no news yet. */
const SOON = 14 * DAY
/** What was announced without an end counts as running for so long. */
const RUNS = 2 * 60 * MINUTE

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\.?'
const CLOCK = '(?:(?:T|,? (?:at |from )?)(?<hour>\\d{1,2}):(?<minute>\\d\\d))?'
const FORMS = [
  new RegExp(`(?<!\\d)(?<year>\\d{4})-(?<number>\\d\\d)-(?<day>\\d\\d)${CLOCK}`, 'g'),
  new RegExp(`(?<!\\d)(?<day>\\d{1,2})\\.? ${MONTH} (?<year>\\d{4})${CLOCK}`, 'g'),
  new RegExp(`\\b${MONTH} (?<day>\\d{1,2})(?:st|nd|rd|th)?,? (?<year>\\d{4})${CLOCK}`, 'g'),
]
/** Words after which a time is an end, not a beginning. */
const ENDS = /(?:valid|good) (?:until|to|till|through)|expir\w*|\bends?\b(?! in)|end date|not after|renew\w*|\bdue\b|runs? out|rotat\w*|\buntil\b|\bbefore\b|\bby\b/i
const CLOCK_END = /^[^|.;]{0,12}?(?:-|–|to|till|until|and)\s*(\d{1,2}):(\d\d)|^[^.;]{0,30}?\buntil\W{1,3}(\d{1,2}):(\d\d)/i
const LENGTH = /\b(?:minutes?|min)\b\W{1,3}(\d{1,4})\b|\b(\d{1,4}) ?(?:minutes?|min)\b|\bhours?\b\W{1,3}(\d{1,3})\b|\b(\d{1,3}) ?(?:hours?|h)\b/i

/**
 * How the time that a statement names stands to now; undefined where it names none, or one that is far off. Times are read as UTC,
 * which is how teams write what people of several zones must read.
 */
export function datedOf(text: string, now: Date): Dated | undefined {
  const [first, second] = momentsIn(text)
  if (first === undefined) return undefined
  const present = now.getTime()
  if (ENDS.test(text.slice(Math.max(0, first.from - 24), first.from))) {
    // A day that something is valid until belongs to it.
    const end = first.isDay ? first.at + DAY : first.at
    return end <= present ? dated('ended', end, null) : end - present < SOON ? dated('ending', end, null) : undefined
  }
  const end = endOf(text, first, second)
  if (first.at > present) return first.at - present < DAY ? dated('coming', first.at, end) : undefined
  if (present < (end ?? first.at + RUNS)) return dated('running', first.at, end)
  return present - (end ?? first.at) < DAY ? dated('over', first.at, end) : undefined
}

function dated(state: Dated['state'], at: number, end: number | null): Dated {
  return { state, at: new Date(at).toISOString(), end: end === null ? null : new Date(end).toISOString() }
}

function momentsIn(text: string): Moment[] {
  return FORMS.flatMap((form) => [...text.matchAll(form)].flatMap(({ 0: found, index, groups = {} }): Moment[] => {
    const month = groups['number'] === undefined ? MONTHS.indexOf(groups['month']?.toLowerCase() ?? '') : Number(groups['number']) - 1
    const at = Date.UTC(Number(groups['year']), month, Number(groups['day']), Number(groups['hour'] ?? 0), Number(groups['minute'] ?? 0))
    return Number.isNaN(at) ? [] : [{ from: index, to: index + found.length, at, isDay: groups['hour'] === undefined }]
  })).sort((a, b) => a.from - b.from)
}

/** When what begins at `first` ends: at a second time, at an hour of the same day, after so many minutes; a day ends with itself. */
function endOf(text: string, first: Moment, second: Moment | undefined): number | null {
  if (second !== undefined && second.at >= first.at) return second.isDay ? second.at + DAY : second.at
  if (first.isDay) return first.at + DAY
  const clock = CLOCK_END.exec(text.slice(first.to))
  if (clock !== null) {
    const end = Math.floor(first.at / DAY) * DAY + (Number(clock[1] ?? clock[3]) * 60 + Number(clock[2] ?? clock[4])) * MINUTE
    return end > first.at ? end : end + DAY
  }
  const [, a, b, c, d] = LENGTH.exec(text.slice(first.to)) ?? []
  const minutes = a ?? b
  const hours = c ?? d
  if (minutes === undefined && hours === undefined) return null
  return first.at + Number(minutes ?? 0) * MINUTE + Number(hours ?? 0) * 60 * MINUTE
}
