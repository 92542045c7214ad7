/** A question to the logs that the lab cannot put to its Postgres; the message names what it cannot do. */
export class LogsSqlError extends Error {}

/** A piece of SQL: quoted text is never rewritten. */
const pieces = /('(?:[^'\\]|\\.|'')*')|(--[^\n]*|\/\*[\s\S]*?\*\/)|(`[^`]*`|"[^"]*")|([A-Za-z_][\w]*)|(\d+(?:\.\d+)?)|(\s+)|([\s\S])/g

type Kind = 'text' | 'comment' | 'quoted' | 'word' | 'number' | 'space' | 'sign'
interface Piece {
  readonly kind: Kind
  readonly text: string
}

const kinds: readonly Kind[] = ['text', 'comment', 'quoted', 'word', 'number', 'space', 'sign']

function split(sql: string): Piece[] {
  return [...sql.matchAll(pieces)].flatMap((match) => {
    const index = match.slice(1).findIndex((group) => group !== undefined)
    const kind = kinds[index] ?? 'sign'
    return kind === 'comment' ? [] : [{ kind, text: kind === 'space' ? ' ' : match[0] }]
  })
}

/** Functions of ClickHouse that have another name or form in Postgres. `count()` and `uniq(` need more than a name. */
const renamed: Readonly<Record<string, string>> = { any: 'any_value', anyLast: 'any_value', position: 'strpos', groupArray: 'array_agg', toDate: 'date', now64: 'now', lowerUTF8: 'lower' }
const distinct = new Set(['uniq', 'uniqExact', 'uniqCombined', 'uniqHLL12'])
/** Constructs that stand for something Postgres has no form of. */
const unsupported = new Map([
  ['arrayJoin', 'arrayJoin'], ['PREWHERE', 'PREWHERE'], ['FINAL', 'FINAL'], ['SETTINGS', 'SETTINGS'], ['FORMAT', 'FORMAT'], ['multiIf', 'multiIf (use CASE)'], ['topK', 'topK'], ['sumIf', 'sumIf (use sum(if(…)))'], ['avgIf', 'avgIf (use avg(if(…)))'],
])

/** ClickHouse escapes a quote with a backslash; Postgres doubles it. */
function literal(text: string): string {
  const inner = text.slice(1, -1).replaceAll(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t', '\'': '\'\'' })[character] ?? (character === '\\' ? '\\' : `\\${character}`))
  return `'${inner}'`
}

/** The word at `index` as Postgres wants it, with how many pieces it used up. */
function rewriteWord(all: readonly Piece[], index: number): { sql: string; used: number } {
  const word = all[index]?.text ?? ''
  const opens = all[index + 1]?.text === '('
  const limit = unsupported.get(word) ?? unsupported.get(word.toUpperCase() === word ? word : '')
  if (limit !== undefined && (opens || word === word.toUpperCase())) throw new LogsSqlError(`${limit} is not supported by the simulated log store`)
  if (word === 'log_attributes' && all[index + 1]?.text === '[' && all[index + 2]?.kind === 'text' && all[index + 3]?.text === ']') {
    return { sql: `information_schema.map_value(log_attributes, ${literal(all[index + 2]?.text ?? '')})`, used: 4 }
  }
  if (opens && word.toLowerCase() === 'count' && all[index + 2]?.text === ')') return { sql: 'count(*)', used: 3 }
  if (opens && distinct.has(word)) return { sql: 'count(distinct ', used: 2 }
  if (opens && /^quantile(Exact|TDigest)?$/.test(word) && all[index + 2]?.kind === 'number' && all[index + 3]?.text === ')' && all[index + 4]?.text === '(') {
    return rewriteQuantile(all, index)
  }
  if (word.toUpperCase() === 'INTERVAL' && all[index + 2]?.kind === 'number' && all[index + 4]?.kind === 'word') {
    return { sql: `interval '${all[index + 2]?.text ?? ''} ${all[index + 4]?.text ?? ''}'`, used: 5 }
  }
  if (opens && Object.hasOwn(renamed, word)) return { sql: renamed[word] ?? word, used: 1 }
  return { sql: word, used: 1 }
}

/** `quantile(0.95)(x)`: the argument stands in parentheses of its own. */
function rewriteQuantile(all: readonly Piece[], index: number): { sql: string; used: number } {
  let depth = 0
  let end = index + 4
  for (; end < all.length; end += 1) {
    depth += { '(': 1, ')': -1 }[all[end]?.text ?? ''] ?? 0
    if (depth === 0) break
  }
  const argument = rewrite(all.slice(index + 5, end))
  return { sql: `percentile_cont(${all[index + 2]?.text ?? '0.5'}) within group (order by (${argument})::double precision)`, used: end - index + 1 }
}

function rewrite(all: readonly Piece[]): string {
  let sql = ''
  for (let index = 0; index < all.length;) {
    const piece = all[index]
    if (!piece) break
    if (piece.kind === 'word') {
      const { sql: rewritten, used } = rewriteWord(all, index)
      sql += rewritten
      index += used
      continue
    }
    if (piece.kind === 'text') sql += literal(piece.text)
    else if (piece.kind === 'quoted') sql += `"${piece.text.slice(1, -1)}"`
    else if (piece.text !== '=' || all[index + 1]?.text !== '=') sql += piece.text
    index += 1
  }
  return sql
}

const columns = 'id, timestamp, event_message, severity_text, source, source as source_name, log_attributes'

/**
 * A ClickHouse query over `logs` as Postgres SQL over the stored lines of the window `$1` ≤ timestamp < `$2`. The dialect's functions
 * live in sql/clickhouse.sql; map access, `count()`, `uniq`, `quantile(p)(x)`, INTERVAL, backticks and `==` are rewritten here. A source's own name
 * (`from edge_logs`) stands for its lines. Throws a LogsSqlError for arrayJoin, multiIf, topK, PREWHERE, LIMIT BY, FORMAT and SETTINGS.
 */
export function logsQuery(sql: string): string {
  const all = split(sql.trim().replace(/;\s*$/, ''))
  if (all.some(({ text }) => text === ';')) throw new LogsSqlError('Multi-statements are not allowed')
  const first = all.find(({ kind }) => kind !== 'space')?.text.toLowerCase()
  if (first !== 'select' && first !== 'with') throw new LogsSqlError('Only SELECT queries are allowed')
  if (/\blimit\s+\d+\s+by\b/i.test(sql)) throw new LogsSqlError('LIMIT BY is not supported by the simulated log store')
  const named = new Set(all.filter(({ kind, text }) => kind === 'word' && text.endsWith('_logs')).map(({ text }) => text).filter((name) => new RegExp(String.raw`\b(from|join)\s+${name}\b`, 'i').test(sql)))
  const sources = [...named].map((name) => `, ${name} as (select * from logs where source = '${name}')`).join('')
  const own = rewrite(all).trim()
  const body = first === 'with' ? `, ${own.replace(/^with\s+/i, '')}` : ` ${own}`
  return `with logs as (select ${columns} from information_schema.lab_logs where timestamp >= $1 and timestamp < $2)${sources}${body}`
}
