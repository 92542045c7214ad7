import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from './extract-entities.ts'
import { clip } from './plain-text.ts'

/** What many lines of a log show together, as a signal without what the log belongs to. */
export type LogNote = Omit<Signal, 'entities'> & { readonly entities: readonly Entity[] }

interface Line {
  readonly at: string
  readonly level: string
  readonly message: string
}

/** Lines beyond this are not compared; the newest are. */
const MOST_LINES = 2_000

/** The notes of a log: which field's value the failures share, and what is tried again and again. */
export function logNotes(lines: readonly Line[]): LogNote[] {
  const newest = lines.slice(-MOST_LINES)
  const shared = sharedNote(newest)
  return [...(shared === undefined ? [] : [shared]), ...retryNotes(newest)]
}

const FIELD = /(?<![\w.-])(?:"(?<quoted>[A-Za-z][\w.-]{0,40})"\s*:\s*|(?<key>[A-Za-z][\w.-]{0,40})=)(?:"(?<text>[^"]{1,120})"|(?<bare>[^\s,;)}\]"]{1,120}))/g
/** Nouns that a number or an id follows: `order 81234`, `tenant acme_77Hqq2`. */
const NAMED = /\b(?<key>message|order|job|row|invoice|tenant|customer|account|batch|record|user|device|session|document|subscription) #?(?<bare>\d{3,14}|[a-z]{2,12}_[A-Za-z0-9]{6,60})\b/gi
/** Fields that differ in every line, or say that and how a line failed instead of whom it is about. */
const TELLS_NOTHING = /^(?:level|lvl|severity|time|timestamp|ts|at|date|trace|traceid|trace_id|span|span_id|spanid|pid|msg|message_text|error|err|errno|code|status|status_code|statuscode|syscall|reason|duration|duration_ms|ms|took|elapsed|latency|nbf|exp|iat|now|attempts?|retry|retries|bytes|size|count|env|environment|logger|name|type|stack|method|port)$/i
/** Fields that say whom a line is about; they tell something even where no other line has them. */
const TELLS_WHO = /(?:^|[_.-])(?:id|key|tenant|user|customer|account|message|order|job|row|org|organization|shop|store|merchant|partner|team|workspace|topic|queue|partition|shard|host|pod|node|by|peer|upstream|provider|device|sku|source|client|caller|consumer|region|zone|feature|flag)$|(?:Id|Key)$/

function fieldsOf(message: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const match of [...message.matchAll(FIELD), ...message.matchAll(NAMED)]) {
    const { key, quoted, text, bare } = match.groups ?? {}
    const name = (key ?? quoted ?? '').toLowerCase()
    const value = text ?? bare
    if (value !== undefined && !TELLS_NOTHING.test(name) && !fields.has(name)) fields.set(name, value)
  }
  return fields
}

interface Share {
  readonly key: string
  readonly value: string
  readonly failed: number
  /** Lines that did not fail: how many have the field, and how many with this value. */
  readonly having: number
  readonly alike: number
}

const LEAST_FAILURES = 5

/** The value that failures share and other lines do not: `37 of 40 errors have tenant=acme; 2 of 900 other lines do.` */
function sharedNote(lines: readonly Line[]): LogNote | undefined {
  const failures = lines.filter(({ level }) => level === 'error' || level === 'fatal')
  if (failures.length < LEAST_FAILURES) return undefined
  const [failed, fine] = [failures, lines.filter(({ level }) => level === 'info' || level === 'debug')].map((part) => part.map(({ message }) => fieldsOf(message))) as [Map<string, string>[], Map<string, string>[]]
  const keys = new Set(failed.flatMap((fields) => [...fields.keys()]))
  const telling = [...keys].flatMap((key) => shareOf(key, failed, fine) ?? []).toSorted((a, b) => Number(b.having > 0) - Number(a.having > 0) || b.failed - a.failed)[0]
  if (telling === undefined) return undefined
  const { key, value, failed: count, having, alike } = telling
  const pair = `${key}=${value}`
  const others = having === 0 ? '' : `; ${alike === 0 ? 'none' : alike} of ${having} other lines with ${key} ${alike === 1 ? 'does' : 'do'}`
  const named = extractEntities(pair)
  return {
    kind: 'anomaly', severity: having === 0 ? 1 : 2, count,
    text: clip(`${count === failures.length ? `All ${count}` : `${count} of ${failures.length}`} errors have ${pair}${others}.`, 300),
    entities: named.length > 0 ? named : [{ kind: 'identifier', value: value.slice(0, 400) }],
  }
}

function shareOf(key: string, failed: readonly Map<string, string>[], fine: readonly Map<string, string>[]): Share | undefined {
  const counts = new Map<string, number>()
  for (const value of failed.flatMap((fields) => fields.get(key) ?? [])) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [value = '', count = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? []
  if (count < LEAST_FAILURES || count < failed.length * 0.7) return undefined
  const having = fine.flatMap((fields) => fields.get(key) ?? [])
  const alike = having.filter((other) => other === value).length
  if (having.length === 0) return TELLS_WHO.test(key) ? { key, value, failed: count, having: 0, alike: 0 } : undefined
  return alike / having.length <= count / failed.length / 3 ? { key, value, failed: count, having: having.length, alike } : undefined
}

const TRIED = /(?<![\w.-])(?:attempts?|retry|retries|try|tries|retry_count|deliveries|delivery_count|receive_count|redeliveries)["']?[=:# ]+(?<times>\d{1,6})\b/i
const MANY_TRIES = 5
const WHO = new Set(['identifier', 'event', 'job', 'user', 'function', 'url', 'host'])

/** What has been tried five times and more, each thing once, with its highest count. */
function retryNotes(lines: readonly Line[]): LogNote[] {
  const most = new Map<string, { times: number; line: Line; entities: Entity[] }>()
  for (const line of lines) {
    const times = Number(TRIED.exec(line.message)?.groups?.['times'] ?? 0)
    if (times < MANY_TRIES) continue
    const entities = distinctEntities(extractEntities(line.message)).filter(({ kind }) => kind !== 'trace')
    const who = entities.find(({ kind }) => WHO.has(kind))
    if (who !== undefined && times > (most.get(who.value)?.times ?? 0)) most.set(who.value, { times, line, entities: [who, ...entities.filter((entity) => entity !== who)] })
  }
  return [...most].toSorted((a, b) => b[1].times - a[1].times).slice(0, 2).map(([value, { times, line, entities }]) => ({
    kind: 'anomaly', severity: times >= 10 ? 3 : 2, count: times, at: line.at, entities,
    text: clip(`${value} was tried ${times} times: ${(line.message.split('\n')[0] ?? '').replace(/^(?:ERROR|WARN(?:ING)?|INFO|FATAL|DEBUG) +/, '')}`, 220),
  }))
}
