import { refusal } from './responses.ts'

/** A search as GitHub reads it: words and phrases that must all occur, and `name:value` qualifiers. */
export interface SearchQuery {
  readonly terms: readonly string[]
  readonly qualifiers: readonly { readonly name: string; readonly value: string; readonly negated: boolean }[]
}

/** Reads `q`. Refuses with 422 what GitHub refuses: nothing to search for. */
export function parseQuery(q: string | null): SearchQuery {
  if (q === null || q.trim() === '') throw refusal(422, 'Validation Failed', [{ resource: 'Search', field: 'q', code: 'missing' }])
  const terms: string[] = []
  const qualifiers: SearchQuery['qualifiers'][number][] = []
  for (const [, bang, name, quotedValue, value, phrase, word] of q.matchAll(/(-|NOT\s+)?(?:([a-z-]+):(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+))/g)) {
    if (name !== undefined) qualifiers.push({ name, value: quotedValue ?? value ?? '', negated: bang !== undefined })
    else if ((phrase ?? word) !== 'AND') terms.push((phrase ?? word ?? '').toLowerCase())
  }
  return { terms, qualifiers }
}

/** Whether every term occurs in one of the texts, whatever the case. */
export function containsAll(terms: readonly string[], texts: readonly string[]): boolean {
  const all = texts.join('\n').toLowerCase()
  return terms.every((term) => all.includes(term))
}

/** Whether a time satisfies `>=2026-01-01`, `<T`, `A..B` (with `*` for open), or lies in the day or month written. */
export function inRange(range: string, time: string | null): boolean {
  if (time === null) return false
  const at = Date.parse(time)
  const edge = (text: string, late: boolean): number => Date.parse(text) + (late && text.length === 10 ? 86_400_000 - 1 : 0)
  const [, from, to] = /^(.+)\.\.(.+)$/.exec(range) ?? []
  if (from !== undefined && to !== undefined) return (from === '*' || at >= edge(from, false)) && (to === '*' || at <= edge(to, true))
  const [, operator, text = ''] = /^(>=|<=|>|<)?(.+)$/.exec(range) ?? []
  switch (operator) {
    case '>=': return at >= edge(text, false)
    case '>': return at > edge(text, true)
    case '<=': return at <= edge(text, true)
    case '<': return at < edge(text, false)
    default: return new Date(at).toISOString().startsWith(text)
  }
}

/** Whether the qualifiers that name repositories or their owner let this one in. GitHub takes several `repo:` as alternatives. */
export function allowsRepository({ qualifiers }: SearchQuery, owner: string, fullName: string): boolean {
  const matches = (value: string, name: string): boolean => (name === 'repo' ? fullName : owner).toLowerCase() === value.toLowerCase()
  const places = qualifiers.filter(({ name }) => ['repo', 'org', 'user'].includes(name))
  const wanted = places.filter(({ negated }) => !negated)
  return (wanted.length === 0 || wanted.some(({ name, value }) => matches(value, name))) && !places.some(({ name, value, negated }) => negated && matches(value, name))
}
