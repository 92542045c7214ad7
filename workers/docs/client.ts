import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import MiniSearch from 'minisearch'
import type { Options } from 'minisearch'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Clock } from '../../src/core/time.ts'
import { createExactIndex } from './exact-index.ts'
import { catalogPage, pageKinds, parsePage, statements } from './markdown.ts'
import type { Page, PageKind, Section } from './markdown.ts'
import { readSources } from './sources.ts'
import type { SourceDocument } from './sources.ts'
import { isStopWord } from './stop-words.ts'
import { yamlServices } from './yaml-catalog.ts'

/** Where the documents are: given as they are, in a directory, on a web server that lists them in `/llms.txt`; vendors' pages besides. */
export const DocsConnection = z.object({
  pages: z.record(z.string(), z.string()).optional(),
  directory: z.string().optional(),
  baseUrl: z.url().optional(),
  token: z.string().optional(),
  /** The only pages outside of the team's own that are ever read: addresses of Markdown or text. */
  vendorPages: z.array(z.url({ protocol: /^https?$/ })).optional(),
  /** Where people open the pages of `directory`, such as a repository's file view; without it they have no link. */
  webUrl: z.url().optional(),
  /** Where the index is kept between starts; without it, it is built once per process. */
  indexDirectory: z.string().optional(),
}).refine(({ pages, directory, baseUrl, vendorPages = [] }) => pages !== undefined || directory !== undefined || baseUrl !== undefined || vendorPages.length > 0, 'give pages, a directory, a base URL or vendor pages')
  .refine(({ baseUrl, vendorPages = [] }) => vendorPages.every((url) => url.startsWith('https:') || URL.parse(url)?.origin === URL.parse(baseUrl ?? '')?.origin), 'vendor pages must be https addresses')
export type DocsConnection = z.infer<typeof DocsConnection>

/** A section found, with its page; `score` orders hits of one search and means nothing else. */
export interface Hit {
  readonly page: Page
  readonly section: Section
  readonly score: number
}

/** All pages, and two ways into them: by words, and by an exact string. */
export interface Library {
  readonly pages: readonly Page[]
  /** What could not be read, and why. */
  readonly problems: readonly string[]
  search(query: string, options: { kinds?: readonly PageKind[]; limit: number }): Hit[]
  /** Sections in which the string stands as a word of its own; letter case is ignored. */
  exact(text: string): Hit[]
}

/** Gives the library; it is read once per connection, and indexed once per content, however many calls ask for it. */
export interface DocsClient {
  library(): Promise<Library>
}

const read = new WeakMap<DocsConnection, Promise<Library>>()

/** Libraries by what is in them: every investigation has a connection of its own, over documents that seldom change. */
const indexed = new Map<string, Promise<Library>>()
const MOST_LIBRARIES = 8

/** A client over the connection's pages; `guarded` may read the documents' own web server and the vendors' pages. */
export function createDocsClient(connection: DocsConnection, guarded: typeof fetch, clock: Clock): DocsClient {
  return {
    library: () => {
      const known = read.get(connection)
      if (known !== undefined) return known
      const reading = readSources(connection, guarded, clock).then(({ documents, problems }) => libraryOf(documents, problems, connection.indexDirectory))
      read.set(connection, reading)
      // A failed reading must not be the answer for ever.
      reading.catch(() => read.delete(connection))
      return reading
    },
  }
}

function libraryOf(documents: readonly SourceDocument[], problems: readonly string[], indexDirectory: string | undefined): Promise<Library> {
  const key = createHash('sha256').update(JSON.stringify([documents, problems])).digest('hex')
  const library = indexed.get(key) ?? createLibrary(documents, problems, indexDirectory)
  // Set anew, so that the one unused for longest is the first.
  indexed.delete(key)
  indexed.set(key, library)
  library.catch(() => indexed.delete(key))
  const [oldest] = indexed.keys()
  if (indexed.size > MOST_LIBRARIES && oldest !== undefined) indexed.delete(oldest)
  return library
}

/** A document as a page, or null for YAML that lists no services; a catalogue that is not YAML at all is a problem. */
function pageOf({ path, text, ...origin }: SourceDocument): { page: Page } | { problem: string } | null {
  if (!/\.ya?ml$/i.test(path)) return { page: parsePage(path, text, origin) }
  const documents = parseAllDocuments(text, { logLevel: 'silent' })
  const error = documents.flatMap((document) => document.errors)[0]
  if (error !== undefined) return /catalog|services?\b/i.test(path) ? { problem: `${path} is not valid YAML${error.linePos === undefined ? '' : ` (line ${error.linePos[0].line})`}, so what it lists is missing` } : null
  const listed = yamlServices(documents.map((document) => document.toJS() as unknown), text)
  return listed.length === 0 ? null : { page: catalogPage(path, text, listed, origin) }
}

/** What trust is worth in a search: a runbook beats a page that says the same. */
const TRUST: Readonly<Record<PageKind, number>> = { runbook: 1.3, post_mortem: 1.15, catalog: 1.1, decision: 1, repository: 1, page: 1, vendor: 0.8 }

/** Any shared word makes a hit; below this share of the best one's score it is noise. */
const LEAST_SHARE = 0.15

const options: Options = {
  fields: ['title', 'heading', 'text'],
  processTerm: (term) => {
    const word = term.toLowerCase()
    return isStopWord(word) ? null : word
  },
  searchOptions: { boost: { title: 3, heading: 2 }, prefix: (term) => term.length > 3, fuzzy: (term) => (term.length > 5 ? 0.1 : false), combineWith: 'OR' },
}

async function createLibrary(documents: readonly SourceDocument[], problems: readonly string[], indexDirectory: string | undefined): Promise<Library> {
  const made = documents.map(pageOf).filter((result) => result !== null)
  const pages = made.flatMap((result) => ('page' in result ? [result.page] : [])).sort((a, b) => pageKinds.indexOf(a.kind) - pageKinds.indexOf(b.kind) || a.path.localeCompare(b.path))
  const entries = pages.flatMap((page) => page.sections.filter((section) => statements(section).length > 0).map((section) => ({ page, section })))
  const index = await keptIndex(entries.map(({ page, section }, id) => ({ id, title: page.title, heading: section.heading, text: section.text })), indexDirectory)
  const exact = createExactIndex(entries.map(({ section }) => section.text))
  return {
    pages,
    problems: [...problems, ...made.flatMap((result) => ('problem' in result ? [result.problem] : []))],
    search: (query, { kinds, limit }) => {
      const kindOf = (id: unknown): PageKind => entries[Number(id)]?.page.kind ?? 'page'
      const found = index.search(query, { filter: ({ id }) => kinds === undefined || kinds.includes(kindOf(id)), boostDocument: (id) => TRUST[kindOf(id)] })
      const least = (found[0]?.score ?? 0) * LEAST_SHARE
      return found.slice(0, limit).flatMap(({ id, score }) => {
        const entry = entries[Number(id)]
        return entry === undefined || score < least ? [] : [{ ...entry, score }]
      })
    },
    exact: (text) => exact.find(text).flatMap((position) => {
      const entry = entries[position]
      return entry === undefined ? [] : [{ ...entry, score: 1 }]
    }),
  }
}

interface Chunk {
  readonly id: number
  readonly title: string
  readonly heading: string
  readonly text: string
}

/** The word index of these chunks: from `directory` when an earlier start left it there, else built, and left there. */
async function keptIndex(chunks: readonly Chunk[], directory: string | undefined): Promise<MiniSearch> {
  const name = `docs-${createHash('sha256').update(JSON.stringify(chunks)).digest('hex').slice(0, 24)}.json`
  if (directory !== undefined) {
    const kept = await readFile(join(directory, name), 'utf8').catch(() => undefined)
    if (kept !== undefined) return MiniSearch.loadJSON(kept, options)
  }
  const index = new MiniSearch(options)
  index.addAll(chunks)
  // A directory that cannot be written costs the next start a few seconds, and no answer.
  if (directory !== undefined) await keep(JSON.stringify(index), directory, name).catch(() => undefined)
  return index
}

/** Written beside and renamed, so that nobody reads half of it; indexes of earlier contents go. */
async function keep(index: string, directory: string, name: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, `${name}.part`), index)
  await rename(join(directory, `${name}.part`), join(directory, name))
  const old = (await readdir(directory)).filter((other) => /^docs-[0-9a-f]+\.json$/.test(other) && other !== name)
  await Promise.all(old.map((other) => rm(join(directory, other), { force: true })))
}
