/** What sort of page it is; the order is the order of trust. `repository` is what a repository says of itself, `vendor` a service's own pages. */
export const pageKinds = ['runbook', 'post_mortem', 'catalog', 'decision', 'repository', 'page', 'vendor'] as const
export type PageKind = (typeof pageKinds)[number]

/** A part of a page under one heading; lines are counted from 1 in the page's Markdown. */
export interface Section {
  readonly heading: string
  readonly startLine: number
  readonly endLine: number
  readonly text: string
}

/** A service that a page lists as data: its fields by name, and the line it begins on. */
export interface ListedService {
  readonly service: string
  readonly fields: Readonly<Record<string, string>>
  readonly line: number
}

/** A page with its parts. `date` is what the page itself says of its age, or when a vendor's page was read, or null. */
export interface Page {
  readonly path: string
  readonly title: string
  readonly kind: PageKind
  readonly date: string | null
  readonly markdown: string
  readonly sections: readonly Section[]
  /** Where a person can open it. */
  readonly url: string | null
  /** The services of a catalogue that is data (YAML); a Markdown catalogue is read when it is asked for. */
  readonly listed: readonly ListedService[]
}

/** What is known of a page besides its text. */
export interface PageOrigin {
  readonly url?: string | undefined
  /** The day a vendor's page was read, where it is one. */
  readonly fetchedOn?: string | undefined
}

const HEADING = /^(#{1,4})\s+(.+?)\s*#*$/
const TABLE_RULE = /^\|?[\s:|-]*-[\s:|-]*$/
const FENCE = /^\s*(?:```|~~~)/

/** A Markdown file as a page: title, kind by its path, date by its text or name, and one section a heading. */
export function parsePage(path: string, markdown: string, { url, fetchedOn }: PageOrigin = {}): Page {
  const lines = markdown.split(/\r?\n/)
  const title = /^#\s+(.+?)\s*#*$/m.exec(markdown)?.[1] ?? /^title:\s*["']?(.+?)["']?\s*$/m.exec(frontMatter(markdown))?.[1] ?? path
  return {
    path, title, kind: fetchedOn === undefined ? kindOf(path, title) : 'vendor', date: dateOf(path, markdown) ?? fetchedOn ?? null, markdown, sections: sectionsOf(lines, title), url: url ?? null, listed: [],
  }
}

function frontMatter(markdown: string): string {
  return /^---\r?\n([\s\S]*?)\r?\n---/.exec(markdown)?.[1] ?? ''
}

/** A page of data as a catalogue: one section a service, from its line to the next one's. */
export function catalogPage(path: string, text: string, listed: readonly ListedService[], { url }: PageOrigin = {}): Page {
  const lines = text.split(/\r?\n/)
  const sections = listed.map(({ service, line }, index): Section => {
    const endLine = (listed[index + 1]?.line ?? lines.length + 1) - 1
    return { heading: service, startLine: line, endLine, text: lines.slice(line - 1, endLine).join('\n').trim() }
  })
  return { path, title: `Services in ${path}`, kind: 'catalog', date: dateOf(path, text), markdown: text, sections, url: url ?? null, listed }
}

function kindOf(path: string, title: string): PageKind {
  const name = `${path} ${title}`.toLowerCase()
  if (/run-?books?|playbooks?/.test(name)) return 'runbook'
  if (/post-?mortems?|retrospectives?|incidents?\//.test(name)) return 'post_mortem'
  if (/service-?(?:catalog(?:ue)?|map|list)|^services?\b|\/services?\.md|catalog(?:ue)?|ownership/.test(name)) return 'catalog'
  if (/(?:^|\/)adrs?\/|decisions?\//.test(name)) return 'decision'
  return /(?:^|\/)(?:readme|changelog|contributing|architecture)\.mdx?\b/i.test(path) ? 'repository' : 'page'
}

function dateOf(path: string, markdown: string): string | null {
  const said = /(?:last[ _-]?(?:reviewed|updated|changed|verified)|updated|reviewed|date)\W{1,6}(\d{4}-\d\d-\d\d)/i.exec(markdown.slice(0, 3_000))?.[1]
  return said ?? /(\d{4}-\d\d-\d\d)/.exec(path)?.[1] ?? null
}

function sectionsOf(lines: readonly string[], title: string): Section[] {
  const sections: Section[] = []
  const trail: string[] = []
  let start = 0
  let heading = title
  let fenced = false
  const close = (end: number): void => {
    const text = lines.slice(start, end).join('\n').trim()
    if (text !== '' && !HEADING.test(text)) sections.push({ heading, startLine: start + 1, endLine: end, text })
  }
  for (const [index, line] of lines.entries()) {
    if (FENCE.test(line)) fenced = !fenced
    const match = fenced ? null : HEADING.exec(line)
    if (match === null) continue
    close(index)
    const depth = match[1]?.length ?? 1
    trail.length = Math.min(trail.length, depth - 1)
    trail[depth - 1] = match[2] ?? ''
    heading = trail.filter((part) => part !== undefined && part !== '').join(' › ')
    start = index
  }
  close(lines.length)
  return sections
}

/** What one sentence, list item or table row says, under its heading; `cells` are a row's, each under its column's name. */
export interface Statement {
  readonly line: number
  readonly heading: string
  readonly text: string
  readonly cells: readonly { readonly column: string; readonly value: string }[]
}

/** The sentences and table rows of a section, without its heading and its Markdown dress; each with its line. A row says `name: Column value | Column value`. */
export function statements(section: Section): Statement[] {
  const lines = section.text.split('\n')
  let columns: readonly string[] = []
  return lines.flatMap((raw, index) => {
    if (!raw.includes('|')) columns = []
    // A table's header says what its rows mean, and nothing by itself.
    if (raw.includes('|') && TABLE_RULE.test(lines[index + 1]?.trim() ?? '')) {
      columns = cellsOf(raw)
      return []
    }
    const bare = raw.replace(/^\s*(?:[-*+]|\d+\.|>)\s+/, '').trim()
    if (bare === '' || HEADING.test(raw) || /^(?:last )?(?:reviewed|updated)\b/i.test(bare) || FENCE.test(raw) || TABLE_RULE.test(bare)) return []
    const place = { line: section.startLine + index, heading: section.heading }
    if (bare.startsWith('|') || columns.length > 0) return [{ ...place, ...rowOf(cellsOf(bare), columns) }]
    return bare.split(/(?<=[.!?])\s+(?=[A-Z`"“])/).map((text) => ({ ...place, text, cells: [] }))
  })
}

function cellsOf(row: string): string[] {
  return row.trim().replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim())
}

function rowOf(values: readonly string[], columns: readonly string[]): Pick<Statement, 'text' | 'cells'> {
  const cells = values.map((value, index) => ({ column: columns[index] ?? '', value })).filter(({ value }) => !/^[-–—]?$/.test(value))
  const [name, ...others] = cells
  const rest = others.map(({ column, value }) => (column === '' ? value : `${column} ${value}`)).join(' | ')
  return { text: rest === '' ? (name?.value ?? '') : `${name?.value ?? ''}: ${rest}`, cells }
}
