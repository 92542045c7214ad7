import { parseSpan } from '../time-window.ts'
import { SearchError, type Filter, type Operator, type SearchNode } from './query.ts'

export type Scalar = string | number | boolean

/** Something a search can be asked of. */
export interface Searchable {
  /** Every value the thing has under a key, none when it has no such key. */
  values(key: string): readonly Scalar[]
  /** What free text is looked for in. */
  readonly text: string
}

/** Keys whose values are points in time (milliseconds), compared with dates and with ages such as `-24h`. */
const timeKeys = new Set(['timestamp', 'firstSeen', 'lastSeen', 'age', 'first_seen', 'last_seen', 'last_seen()', 'timestamp.to_day', 'timestamp.to_hour'])

/** Whether a thing satisfies a parsed search; `now` in milliseconds is what ages are measured from. */
export function matches(node: SearchNode, thing: Searchable, now: number): boolean {
  switch (node.type) {
    case 'and': return node.nodes.every((child) => matches(child, thing, now))
    case 'or': return node.nodes.some((child) => matches(child, thing, now))
    case 'text': return containsText(thing.text, node.value) !== node.negated
    case 'filter': return matchesFilter(node, thing, now) !== node.negated
    default: throw new Error('unreachable: unknown search node')
  }
}

function containsText(text: string, wanted: string): boolean {
  return wanted.includes('*') ? wildcard(`*${wanted}*`).test(text) : text.toLowerCase().includes(wanted.toLowerCase())
}

function matchesFilter({ key, operator, values }: Filter, thing: Searchable, now: number): boolean {
  if (key === 'has') return values.some((name) => thing.values(name).some((value) => value !== ''))
  const candidates = thing.values(key)
  return values.some((wanted) => {
    if (wanted === '' && operator === '=') return candidates.length === 0 || candidates.includes('')
    if (timeKeys.has(key)) return candidates.some((value) => matchesTime(Number(value), operator, wanted, { now, key }))
    return candidates.some((value) => matchesValue(value, operator, wanted))
  })
}

function matchesValue(value: Scalar, operator: Operator, wanted: string): boolean {
  if (operator === '=' && wanted.includes('*')) return wildcard(wanted).test(String(value))
  const number = typeof value === 'number' ? quantity(wanted) : undefined
  if (number !== undefined) return compare(Number(value), operator, number)
  return operator === '=' ? String(value) === wanted : compare(String(value), operator, wanted)
}

/** A number as searches write it: plain, a share (`5%`), or a duration in milliseconds (`300ms`, `2s`, `1m`). */
function quantity(text: string): number | undefined {
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)(ms|s|m|min|h|hr|d|day|w|k|m|b|%)?$/.exec(text) ?? []
  if (digits === undefined) return undefined
  const factors: Record<string, number> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, hr: 3_600_000, d: 86_400_000, day: 86_400_000, w: 604_800_000, k: 1000, b: 1e9, '%': 0.01 }
  return Number(digits) * (factors[unit] ?? 1)
}

function matchesTime(value: number, operator: Operator, wanted: string, { now, key }: { now: number; key: string }): boolean {
  const [, sign, span] = /^([+-])(\d+[smhdw])$/.exec(wanted) ?? []
  if (span !== undefined) {
    const edge = now - (parseSpan(span) ?? 0)
    return sign === '-' ? value >= edge : value <= edge
  }
  const day = /^\d{4}-\d{2}-\d{2}$/.test(wanted)
  const time = Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(wanted) || day ? wanted : `${wanted}Z`)
  if (Number.isNaN(time)) throw new SearchError(`${key}: Invalid date: ${wanted}. Expected +/-duration (e.g. +1h) or ISO 8601-like (e.g. 2026-03-12T12:00:00).`)
  if (operator === '=') return value >= time && value < time + (day ? 86_400_000 : 60_000)
  return compare(value, operator, time)
}

function compare<T extends number | string>(value: T, operator: Operator, edge: T): boolean {
  switch (operator) {
    case '=': return value === edge
    case '>': return value > edge
    case '>=': return value >= edge
    case '<': return value < edge
    case '<=': return value <= edge
    default: throw new Error('unreachable: unknown operator')
  }
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`, 'is')
}
