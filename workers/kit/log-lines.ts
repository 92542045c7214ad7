import type { Entity } from '../../src/core/entity.ts'
import { distinctEntities, entityKey } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from './extract-entities.ts'
import { logNotes } from './log-notes.ts'
import type { LogNote } from './log-notes.ts'
import { clip, utc, utcTime } from './plain-text.ts'

export const logLevels = ['debug', 'info', 'warning', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

/** One line as a service keeps it. `origin` is what wrote it, where several things write into one answer (a pod, a function). */
export interface LogEntry {
  readonly at: string
  readonly level: LogLevel
  readonly message: string
  readonly origin?: string
}

/** Lines that say the same but for ids, numbers and times. `sample` is the newest of them. */
export interface FoldedLine {
  readonly level: LogLevel
  readonly sample: string
  readonly count: number
  readonly first: string
  readonly last: string
  readonly origins: readonly string[]
  readonly entities: readonly Entity[]
  /** What only many lines together show; said once a log, with its first folded line. */
  readonly notes?: readonly LogNote[]
}

const ENTITY_SAMPLES = 12
/** Of what differs from line to line, so many of a kind are examples enough. */
const MOST_EXAMPLES = 3
const VARYING: readonly [RegExp, string][] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<uuid>'],
  [/\b[a-z]{2,12}_[A-Za-z0-9]{8,}\b/g, '<id>'],
  [/(?<=[a-z0-9])-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-<pod>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b/gi, '<hex>'],
  [/\d+(?:\.\d+)?/g, '<n>'],
]

/** What of a message stays the same when only ids, numbers and times change. */
export function messageTemplate(message: string): string {
  return VARYING.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), message.slice(0, 600))
}

const LEVEL_WORDS: readonly [RegExp, LogLevel][] = [
  [/^(?:fatal|panic|critical|crit|alert|emerg\w*)$/i, 'fatal'],
  [/^(?:err|error|severe)$/i, 'error'],
  [/^(?:warn|warning)$/i, 'warning'],
  [/^(?:debug|trace|verbose)$/i, 'debug'],
]
const LEVEL_IN_TEXT: readonly [RegExp, LogLevel][] = [
  [/\b(?:FATAL|PANIC|CRITICAL)\b|^panic:|^(?:Killed|Segmentation fault|Aborted)\b/, 'fatal'],
  [/\bERROR\b|\b\w*(?:Error|Exception)\b|\berror:|^Traceback|\bunhandled(?:Promise)?Rejection\b/, 'error'],
  [/\bWARN(?:ING)?\b/, 'warning'],
]

/** The level a service or a line names: `named` first when it says more than "info", then what the text itself says. */
export function levelOf(named: string | null | undefined, message: string): LogLevel {
  const byName = LEVEL_WORDS.find(([pattern]) => pattern.test(named ?? ''))
  if (byName !== undefined) return byName[1]
  return LEVEL_IN_TEXT.find(([pattern]) => pattern.test(message))?.[1] ?? 'info'
}

/** Where the common loggers put an error they were given. */
const ERROR_FIELDS = ['err', 'error', 'exception', 'exc_info'] as const
const MOST_FRAMES = 6

/** A line that is a JSON object, read as its message with its other short fields behind, and a logged error's stack beneath; any other line as it is. */
export function plainMessage(line: string): string {
  const trimmed = line.trimEnd()
  if (!trimmed.startsWith('{')) return trimmed
  const record = objectOf(trimmed)
  if (record === undefined) return trimmed
  const { msg, message = msg, time: _time, timestamp: _timestamp, pid: _pid, hostname: _hostname, ...rest } = record
  const nested = ERROR_FIELDS.map((name) => rest[name]).find((value): value is Record<string, unknown> => typeof value === 'object' && value !== null)
  const error = nested === undefined ? '' : errorHead(nested)
  if (typeof message !== 'string' && error === '') return trimmed
  const said = typeof message === 'string' ? message : ''
  const fields = Object.entries(rest).filter(([, value]) => value !== null && typeof value !== 'object').map(([key, value]) => `${key}=${String(value)}`)
  const head = [said, ...(error === '' || said.includes(error) ? [] : [error]), ...fields].filter((part) => part !== '').join(' ')
  return [head, ...frames(nested)].join('\n')
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** `TypeError: no such thing (ECONNREFUSED)`; empty where the object is no error. */
function errorHead(error: Record<string, unknown>): string {
  const [type = error['name'], message, code] = [error['type'], error['message'], error['code']]
  if (typeof message !== 'string') return ''
  return `${typeof type === 'string' ? `${type}: ` : ''}${message}${typeof code === 'string' && !message.includes(code) ? ` (${code})` : ''}`
}

function frames(error: Record<string, unknown> | undefined): string[] {
  const stack = error?.['stack']
  return typeof stack === 'string' ? stack.split('\n').filter((part) => /^\s+at /.test(part)).slice(0, MOST_FRAMES) : []
}

/** Frames, causes and the runtime's last words, also where a collector put the level before each line. */
const CONTINUATION = /^(?:\s+at |\s+File "|\s{4,}\S|(?:[A-Z]{4,8} +)?(?:Caused by: |\.\.\. \d+ more|at (?:async )?[\w.<>[\] $]*\(?(?:file:\/\/|node:|\/|[\w.-]+\/)\S*:\d+|Node\.js v\d))/
/** An uncaught error's place, which Node.js prints above the error. */
const PLACE = /^(?:[A-Z]{4,8} +)?(?:file:\/\/)?\/\S+:\d+$/

/** Stack frames join the line above them from the same origin, so that one error is one entry. Oldest first in and out. */
export function joinContinuations(entries: readonly LogEntry[]): LogEntry[] {
  const joined: LogEntry[] = []
  for (const entry of entries) {
    const above = joined.at(-1)
    if (above !== undefined && above.origin === entry.origin && PLACE.test(above.message)) {
      joined[joined.length - 1] = { ...entry, at: above.at, message: `${entry.message}\n    at ${above.message.replace(/^[A-Z]{4,8} +/, '')}` }
    } else if (above !== undefined && above.origin === entry.origin && CONTINUATION.test(entry.message)) {
      joined[joined.length - 1] = { ...above, message: `${above.message}\n${entry.message}` }
    } else {
      joined.push(entry)
    }
  }
  return joined
}

/** Entries folded by level and template: the gravest first, then the most frequent. */
export function foldLines(entries: readonly LogEntry[]): FoldedLine[] {
  const groups = new Map<string, LogEntry[]>()
  for (const entry of entries) {
    const key = `${entry.level} ${messageTemplate(entry.message)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  const [first, ...others] = [...groups.values()].map(foldGroup).sort((a, b) => logLevels.indexOf(b.level) - logLevels.indexOf(a.level) || b.count - a.count)
  const notes = logNotes(entries)
  return first === undefined ? [] : [notes.length === 0 ? first : { ...first, notes }, ...others]
}

function foldGroup(group: readonly LogEntry[]): FoldedLine {
  const times = group.map((entry) => entry.at).sort()
  const newest = group.reduce((a, b) => (b.at >= a.at ? b : a))
  return {
    level: newest.level,
    sample: newest.message,
    count: group.length,
    first: times[0] ?? newest.at,
    last: times.at(-1) ?? newest.at,
    origins: [...new Set(group.flatMap((entry) => entry.origin ?? []))],
    entities: sharedFirst(group.slice(0, ENTITY_SAMPLES).map((entry) => extractEntities(entry.message))),
  }
}

/** What the lines of a group have in common tells more than what differs among them, of which a few examples are kept. */
function sharedFirst(samples: readonly (readonly Entity[])[]): Entity[] {
  const counts = new Map<string, number>()
  for (const entity of samples.flat()) counts.set(entityKey(entity), (counts.get(entityKey(entity)) ?? 0) + 1)
  const count = (entity: Entity): number => counts.get(entityKey(entity)) ?? 0
  const examples = new Map<string, number>()
  return distinctEntities(samples.flat()).toSorted((a, b) => count(b) - count(a)).filter((entity) => {
    if (samples.length <= MOST_EXAMPLES || count(entity) > 1) return true
    const kept = (examples.get(entity.kind) ?? 0) + 1
    examples.set(entity.kind, kept)
    return kept <= MOST_EXAMPLES
  })
}

/** One folded line for reading: level, count, span, text. */
function foldedText(line: FoldedLine): string {
  const span = line.first === line.last ? utc(line.first) : `${utc(line.first)} to ${utcTime(line.last)}`
  const origins = line.origins.length > 0 ? ` [${line.origins.slice(0, 4).join(', ')}${line.origins.length > 4 ? ', …' : ''}]` : ''
  const frames = line.sample.split('\n')
  const shown = [frames[0] ?? '', ...frames.slice(1, 5).map((frame) => `    ${frame.trim()}`)].map((text) => clip(text, 500)).join('\n')
  return `${line.level.toUpperCase()} ×${line.count} ${span}${origins} ${shown}`
}

/** What only moves the fact to the right: the time, the level and the trace before a message. */
const PREAMBLE = /^(?:\[?\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\]?\s+|\[?(?:ERROR|FATAL|WARN(?:ING)?|CRITICAL|PANIC|INFO)\]?:?\s+|(?:trace|span|request|req)(?:_?id)?=[0-9a-f-]{16,36}\s+)+/
/** Frames outside of what the team wrote. */
const FOREIGN_FRAME = /node_modules|site-packages|\bnode:|internal\/|<anonymous>/

/** What an error says, and the first place in the team's own code where it stands under it. */
function spoken(sample: string): string {
  const [head = '', ...frames] = sample.split('\n')
  const own = frames.find((frame) => /[\w-]\.[a-z]{1,5}[":]/.test(frame) && !FOREIGN_FRAME.test(frame))
  const place = own === undefined ? undefined : /(?:file:\/\/)?(?:\/(?:usr\/src\/)?app\/)?((?:\/?[\w.@-]+\/)*[\w.@-]+\.[a-z]{1,5})(?::|", line )(\d+)/.exec(own)
  return `${clip(head.replace(PREAMBLE, '') || head, 260)}${place === undefined || place === null ? '' : ` at ${place[1] ?? ''}:${place[2] ?? ''}`}`
}

/**
 * The signals of folded lines: what they show together, each error, and warnings that repeat. `about` are the entities the log, or
 * one line of it, belongs to; they follow what a note is on.
 */
export function logSignals(lines: readonly FoldedLine[], about: readonly Entity[] | ((line: FoldedLine) => readonly Entity[]), most = 8): Signal[] {
  const of = (line: FoldedLine): readonly Entity[] => (typeof about === 'function' ? about(line) : about)
  const notes = lines.flatMap((line) => (line.notes ?? []).map((note): Signal => ({ ...note, entities: distinctEntities([...note.entities, ...of(line)]).slice(0, 20) })))
  const errors = lines
    .filter((line) => line.level === 'fatal' || line.level === 'error' || (line.level === 'warning' && line.count > 1))
    .slice(0, most)
    .map((line): Signal => ({
      kind: 'error',
      text: clip(`${line.level} ×${line.count}: ${spoken(line.sample)}`, 380),
      severity: line.level === 'fatal' ? 3 : line.level === 'warning' ? 1 : line.count >= 5 ? 3 : 2,
      at: line.first,
      count: line.count,
      entities: distinctEntities([...of(line), ...line.entities]).slice(0, 20),
    }))
  return [...notes, ...errors]
}

/** The answer of a log tool as text: a head line, folded errors and warnings, then the newest other lines (given oldest first). */
export function logText(head: string, entries: readonly LogEntry[], folded: readonly FoldedLine[], tail = 20): string {
  const notable = folded.filter((line) => line.level !== 'info' && line.level !== 'debug')
  const others = folded.filter((line) => line.level === 'info' || line.level === 'debug').sort((a, b) => a.last.localeCompare(b.last)).slice(-tail)
  const sections = [`${head}: ${entries.length} lines, ${notable.reduce((sum, line) => sum + line.count, 0)} of them warnings or errors.`]
  if (notable.length > 0) sections.push(notable.map(foldedText).join('\n'))
  if (others.length > 0) sections.push(`Other lines, folded, the newest last:\n${others.map(foldedText).join('\n')}`)
  return sections.join('\n\n')
}
