import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import MiniSearch from 'minisearch'
import { z } from 'zod'
import { fail } from '../../src/core/errors.ts'
import { failureOfStatus } from '../kit/failure-of.ts'
import { isStopWord } from './stop-words.ts'
import { pageKinds, parsePage, statements } from './markdown.ts'
import type { Page, PageKind, Section } from './markdown.ts'

/** Where the Markdown is: given as it is, in a directory, or on a web server that lists it in `/llms.txt`. At least one. */
export const DocsConnection = z.object({
  pages: z.record(z.string(), z.string()).optional(),
  directory: z.string().optional(),
  baseUrl: z.url().optional(),
  token: z.string().optional(),
}).refine(({ pages, directory, baseUrl }) => pages !== undefined || directory !== undefined || baseUrl !== undefined, 'give pages, a directory or a base URL')
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
  search(query: string, options: { kinds?: readonly PageKind[]; limit: number }): Hit[]
  /** Sections in which the string stands as a word of its own; letter case is ignored. */
  exact(text: string): Hit[]
}

/** Gives the library; it is read and indexed once per connection, however many calls ask for it. */
export interface DocsClient {
  library(): Promise<Library>
}

const MOST_PAGES = 2_000
const AT_ONCE = 8
const libraries = new WeakMap<DocsConnection, Promise<Library>>()

/** A client over the connection's pages; `guarded` may read the documents' own web server. */
export function createDocsClient(connection: DocsConnection, guarded: typeof fetch): DocsClient {
  return {
    library: () => {
      const known = libraries.get(connection)
      if (known !== undefined) return known
      const loading = loadPages(connection, guarded).then(createLibrary)
      libraries.set(connection, loading)
      // A failed load must not be the answer for ever.
      loading.catch(() => libraries.delete(connection))
      return loading
    },
  }
}

async function loadPages({ pages, directory, baseUrl, token }: DocsConnection, guarded: typeof fetch): Promise<Page[]> {
  const found = new Map(Object.entries(pages ?? {}))
  if (directory !== undefined) {
    for (const [path, markdown] of await readDirectory(directory)) found.set(path, markdown)
  }
  if (baseUrl !== undefined) {
    for (const [path, markdown] of await readServer(baseUrl, token, guarded)) found.set(path, markdown)
  }
  return [...found].slice(0, MOST_PAGES).map(([path, markdown]) => parsePage(path, markdown)).sort((a, b) => pageKinds.indexOf(a.kind) - pageKinds.indexOf(b.kind) || a.path.localeCompare(b.path))
}

async function readDirectory(directory: string): Promise<[string, string][]> {
  const names = await readdir(directory, { recursive: true })
  const paths = names.filter((name) => /\.(?:md|mdx|markdown)$/i.test(name) && !/(?:^|[\\/])(?:node_modules|\.git)[\\/]/.test(name)).slice(0, MOST_PAGES)
  return Promise.all(paths.map(async (path): Promise<[string, string]> => [path.replaceAll('\\', '/'), await readFile(join(directory, path), 'utf8')]))
}

async function readServer(baseUrl: string, token: string | undefined, guarded: typeof fetch): Promise<[string, string][]> {
  const base = `${baseUrl.replace(/\/$/, '')}/`
  const read = async (url: string): Promise<string> => {
    const response = await guarded(url, { headers: { accept: 'text/markdown, text/plain', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) } })
    if (!response.ok) {
      const { kind, message, ...rest } = failureOfStatus(response.status, 'The documents’ server', { headers: response.headers })
      fail(kind, message, rest)
    }
    return response.text()
  }
  const listed = [...(await read(`${base}llms.txt`)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => URL.parse(target ?? '', base)?.href ?? [])
  const urls = [...new Set(listed)].filter((url) => url.startsWith(base)).slice(0, MOST_PAGES)
  const pages: [string, string][] = []
  for (let from = 0; from < urls.length; from += AT_ONCE) {
    const batch = urls.slice(from, from + AT_ONCE)
    pages.push(...(await Promise.all(batch.map(async (url): Promise<[string, string]> => [decodeURI(url.slice(base.length)), await read(url)]))))
  }
  return pages
}

/** What trust is worth in a search: a runbook beats a page that says the same. */
const TRUST: Readonly<Record<PageKind, number>> = { runbook: 1.3, post_mortem: 1.15, catalog: 1.1, decision: 1, page: 1 }

/** Any shared word makes a hit; below this share of the best one's score it is noise. */
const LEAST_SHARE = 0.15

function createLibrary(pages: readonly Page[]): Library {
  const entries = pages.flatMap((page) => page.sections.filter((section) => statements(section).length > 0).map((section) => ({ page, section })))
  const index = new MiniSearch({
    fields: ['title', 'heading', 'text'],
    processTerm: (term) => {
      const word = term.toLowerCase()
      return isStopWord(word) ? null : word
    },
    searchOptions: { boost: { title: 3, heading: 2 }, prefix: (term) => term.length > 3, fuzzy: (term) => (term.length > 5 ? 0.1 : false), combineWith: 'OR' },
  })
  index.addAll(entries.map(({ page, section }, id) => ({ id, title: page.title, heading: section.heading, text: section.text })))
  return {
    pages,
    search: (query, { kinds, limit }) => {
      const kindOf = (id: unknown): PageKind => entries[Number(id)]?.page.kind ?? 'page'
      const found = index.search(query, { filter: ({ id }) => kinds === undefined || kinds.includes(kindOf(id)), boostDocument: (id) => TRUST[kindOf(id)] })
      const least = (found[0]?.score ?? 0) * LEAST_SHARE
      return found.slice(0, limit).flatMap(({ id, score }) => {
        const entry = entries[Number(id)]
        return entry === undefined || score < least ? [] : [{ ...entry, score }]
      })
    },
    exact: (text) => {
      const word = new RegExp(String.raw`(?<![\w-])${text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w-])`, 'i')
      return entries.filter(({ section }) => word.test(section.text)).map((entry) => ({ ...entry, score: 1 }))
    },
  }
}
