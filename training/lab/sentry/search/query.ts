/** A search that Sentry would refuse; the message is what it would say. */
export class SearchError extends Error {
  override name = 'SearchError'
}

export type Operator = '=' | '>' | '>=' | '<' | '<='

/** One `key:value`, its negation, or a comparison; several values (`key:[a, b]`) are alternatives. */
export interface Filter {
  readonly type: 'filter'
  readonly key: string
  readonly negated: boolean
  readonly operator: Operator
  readonly values: readonly string[]
}

export type SearchNode =
  | Filter
  | { readonly type: 'text'; readonly value: string; readonly negated: boolean }
  | { readonly type: 'and' | 'or'; readonly nodes: readonly SearchNode[] }

const filterPattern = /^(!?)((?:[\w.-]+(?:\[[^\]]*\]|\([^)]*\))?)|"[^"]+"):(>=|<=|>|<|=)?/
const valuePattern = /^(?:"((?:\\.|[^"\\])*)"|\[([^\]]*)\]|([^\s()]*(?:\([^)]*\)[^\s()]*)*))/

/** Reads Sentry's search syntax (docs.sentry.io/concepts/search). Neighbours are joined by AND, which binds tighter than OR. Throws SearchError. */
export function parseSearch(query: string): SearchNode {
  const reader = { rest: query.trim(), query }
  const node = readAlternatives(reader)
  if (reader.rest !== '') throw new SearchError(`Parse error at '${reader.rest.slice(0, 20)}' (column ${column(reader)}). This is commonly caused by unmatched parentheses. Enclose any text in double quotes.`)
  return node
}

interface Reader {
  rest: string
  readonly query: string
}

function column(reader: Reader): number {
  return reader.query.length - reader.rest.length + 1
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  const match = pattern.exec(reader.rest)
  if (match === null) return undefined
  reader.rest = reader.rest.slice(match[0].length)
  return match
}

function skipSpace(reader: Reader): void {
  reader.rest = reader.rest.trimStart()
}

function readAlternatives(reader: Reader): SearchNode {
  const nodes = [readSequence(reader)]
  while (take(reader, /^OR\b/i)) {
    skipSpace(reader)
    nodes.push(readSequence(reader))
  }
  const [only, second] = nodes
  return only !== undefined && second === undefined ? only : { type: 'or', nodes }
}

function readSequence(reader: Reader): SearchNode {
  const nodes: SearchNode[] = []
  for (;;) {
    skipSpace(reader)
    if (reader.rest === '' || reader.rest.startsWith(')') || /^OR\b/i.test(reader.rest)) return { type: 'and', nodes }
    if (!take(reader, /^AND\b/i)) nodes.push(readTerm(reader))
  }
}

function readTerm(reader: Reader): SearchNode {
  if (take(reader, /^\(/)) {
    const node = readAlternatives(reader)
    if (!take(reader, /^\)/)) throw new SearchError('Parse error: missing closing parenthesis')
    return node
  }
  const filter = take(reader, filterPattern)
  if (filter) return readFilter(reader, filter)
  const [, bang = '', quoted, word = ''] = take(reader, /^(!?)(?:"((?:\\.|[^"\\])*)"|([^\s()]+))/) ?? []
  if (quoted === undefined && word === '') throw new SearchError(`Parse error at column ${column(reader)}`)
  return { type: 'text', value: quoted ?? word, negated: bang === '!' }
}

function readFilter(reader: Reader, [, bang, rawKey = '', operator]: RegExpExecArray): Filter {
  const key = rawKey.replaceAll('"', '').replace(/^tags\[([^\],]+)(?:,\s*\w+)?\]$/, '$1')
  const match = take(reader, valuePattern)
  const [whole = '', quoted, list, word] = match ?? []
  if (whole === '') throw new SearchError(`Empty string after '${key}:'`)
  const values = list !== undefined
    ? list.split(',').map((value) => value.trim().replace(/^"(.*)"$/, '$1'))
    : [quoted?.replaceAll(/\\(.)/g, '$1') ?? word ?? '']
  return { type: 'filter', key, negated: bang === '!', operator: isOperator(operator) ? operator : '=', values }
}

function isOperator(text: string | undefined): text is Operator {
  return text !== undefined && ['=', '>', '>=', '<', '<='].includes(text)
}

/** Every filter in a search, however deep. */
export function filtersOf(node: SearchNode): Filter[] {
  if (node.type === 'filter') return [node]
  return node.type === 'text' ? [] : node.nodes.flatMap(filtersOf)
}
