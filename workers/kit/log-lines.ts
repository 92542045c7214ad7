import type { Entity } from '../../src/core/entity.ts'
import { distinctEntities } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from './extract-entities.ts'
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
}

const ENTITY_SAMPLES = 12
const VARYING: readonly [RegExp, string][] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<uuid>'],
  [/\b[a-z]{2,12}_[A-Za-z0-9]{8,}\b/g, '<id>'],
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

/** A line that is a JSON object, read as its message with its other short fields behind; any other line as it is. */
export function plainMessage(line: string): string {
  const trimmed = line.trimEnd()
  if (!trimmed.startsWith('{')) return trimmed
  try {
    const { msg, message = msg, time: _time, timestamp: _timestamp, pid: _pid, hostname: _hostname, ...rest } = JSON.parse(trimmed) as Record<string, unknown>
    if (typeof message !== 'string') return trimmed
    const fields = Object.entries(rest).filter(([, value]) => value !== null && typeof value !== 'object').map(([key, value]) => `${key}=${String(value)}`)
    return [message, ...fields].join(' ')
  } catch {
    return trimmed
  }
}

const CONTINUATION = /^(?:\s+at |\s+File "|\s{4,}\S|Caused by: |\.\.\. \d+ more)/

/** Stack frames join the line above them from the same origin, so that one error is one entry. Oldest first in and out. */
export function joinContinuations(entries: readonly LogEntry[]): LogEntry[] {
  const joined: LogEntry[] = []
  for (const entry of entries) {
    const above = joined.at(-1)
    if (above !== undefined && above.origin === entry.origin && CONTINUATION.test(entry.message)) {
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
  return [...groups.values()].map(foldGroup).sort((a, b) => logLevels.indexOf(b.level) - logLevels.indexOf(a.level) || b.count - a.count)
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
    entities: distinctEntities(group.slice(0, ENTITY_SAMPLES).flatMap((entry) => extractEntities(entry.message))),
  }
}

/** One folded line for reading: level, count, span, text. */
function foldedText(line: FoldedLine): string {
  const span = line.first === line.last ? utc(line.first) : `${utc(line.first)} to ${utcTime(line.last)}`
  const origins = line.origins.length > 0 ? ` [${line.origins.slice(0, 4).join(', ')}${line.origins.length > 4 ? ', …' : ''}]` : ''
  const frames = line.sample.split('\n')
  const shown = [frames[0] ?? '', ...frames.slice(1, 5).map((frame) => `    ${frame.trim()}`)].map((text) => clip(text, 500)).join('\n')
  return `${line.level.toUpperCase()} ×${line.count} ${span}${origins} ${shown}`
}

/** The signals of folded lines: each error, and warnings that repeat. `about` are the entities the log, or one line of it, belongs to. */
export function logSignals(lines: readonly FoldedLine[], about: readonly Entity[] | ((line: FoldedLine) => readonly Entity[]), most = 8): Signal[] {
  return lines
    .filter((line) => line.level === 'fatal' || line.level === 'error' || (line.level === 'warning' && line.count > 1))
    .slice(0, most)
    .map((line) => ({
      kind: 'error' as const,
      text: clip(`${line.level} ×${line.count}: ${line.sample.split('\n')[0] ?? ''}`, 380),
      severity: line.level === 'fatal' ? 3 : line.level === 'warning' ? 1 : line.count >= 5 ? 3 : 2,
      at: line.first,
      count: line.count,
      entities: distinctEntities([...(typeof about === 'function' ? about(line) : about), ...line.entities]).slice(0, 20),
    }))
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
