/**
 * Railway's log filter language: words and "phrases" (substring, case-insensitive), `@attribute:value` with
 * `>`, `>=`, `<`, `<=` and `a..b` for numbers, `replica:id`, AND (also implied), OR, `-` and parentheses.
 * Source: Railway's documentation, "Logs", "Filter syntax".
 */
export interface FilterableLine {
  readonly message: string
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

type Predicate = (line: FilterableLine) => boolean

/** A filter that cannot be read; the message says where. */
export class LogFilterError extends Error {}

const tokenPattern = /\s+|(\()|(\))|(-)(?=[\w@"(])|((?:[\w@.[\]-]+:)?"(?:[^"\\]|\\.)*")|([^\s()"]+)/gy

function tokenize(filter: string): string[] {
  const tokens: string[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < filter.length) {
    const at = tokenPattern.lastIndex
    const match = tokenPattern.exec(filter)
    if (!match) throw new LogFilterError(`Invalid filter: unexpected character at position ${at}`)
    if (match[0].trim() !== '') tokens.push(match[0])
  }
  return tokens
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replaceAll('\\"', '"') : text
}

const comparisons: Record<string, (actual: number, wanted: number) => boolean> = {
  '>=': (actual, wanted) => actual >= wanted,
  '<=': (actual, wanted) => actual <= wanted,
  '>': (actual, wanted) => actual > wanted,
  '<': (actual, wanted) => actual < wanted,
}

function attributeTerm(name: string, wanted: string): Predicate {
  const range = /^(-?[\d.]+?)\.\.(-?[\d.]+)$/.exec(wanted)
  if (range) {
    return ({ attributes }) => Number(attributes[name]) >= Number(range[1]) && Number(attributes[name]) <= Number(range[2])
  }
  const [, operator = '', bound = ''] = /^(>=|<=|>|<)(-?[\d.]+)$/.exec(wanted) ?? []
  const compare = comparisons[operator]
  if (compare) return ({ attributes }) => attributes[name] !== undefined && compare(Number(attributes[name]), Number(bound))
  const plain = unquoted(wanted).toLowerCase()
  return ({ attributes }) => attributes[name] !== undefined && String(attributes[name]).toLowerCase() === plain
}

function term(token: string): Predicate {
  const attribute = /^@([^:"]+):(.*)$/s.exec(token)
  if (attribute) return attributeTerm(attribute[1] ?? '', attribute[2] ?? '')
  const replica = /^replica:(.*)$/s.exec(token)
  if (replica) return attributeTerm('replica', replica[1] ?? '')
  const wanted = unquoted(token).toLowerCase()
  return ({ message }) => message.toLowerCase().includes(wanted)
}

/** Recursive descent over the tokens: or ← and (OR and)*, and ← not (AND? not)*, not ← '-' not | '(' or ')' | term. */
function parse(tokens: string[]): Predicate {
  let at = 0
  const either = (): Predicate => {
    let left = both()
    while (tokens[at] === 'OR') {
      at += 1
      const [before, after] = [left, both()]
      left = (line) => before(line) || after(line)
    }
    return left
  }
  const both = (): Predicate => {
    let left = single()
    while (at < tokens.length && tokens[at] !== 'OR' && tokens[at] !== ')') {
      if (tokens[at] === 'AND') at += 1
      const [before, after] = [left, single()]
      left = (line) => before(line) && after(line)
    }
    return left
  }
  const single = (): Predicate => {
    const token = tokens[at]
    at += 1
    if (token === undefined || token === ')' || token === 'AND' || token === 'OR') {
      throw new LogFilterError(`Invalid filter: an expression is missing before "${token ?? 'the end'}"`)
    }
    if (token === '-') {
      const inner = single()
      return (line) => !inner(line)
    }
    if (token !== '(') return term(token)
    const inner = either()
    if (tokens[at] !== ')') throw new LogFilterError('Invalid filter: a parenthesis is not closed')
    at += 1
    return inner
  }
  const predicate = either()
  if (at < tokens.length) throw new LogFilterError(`Invalid filter: unexpected "${tokens[at] ?? ''}"`)
  return predicate
}

/** The predicate a filter stands for; an empty one lets everything through. Throws LogFilterError for one that cannot be read. */
export function compileLogFilter(filter: string | null | undefined): Predicate {
  const tokens = tokenize(filter ?? '')
  return tokens.length === 0 ? () => true : parse(tokens)
}
