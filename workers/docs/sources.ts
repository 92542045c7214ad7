import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FailureError, fail } from '../../src/core/errors.ts'
import type { Clock } from '../../src/core/time.ts'
import { failureOfStatus } from '../kit/failure-of.ts'
import type { PageOrigin } from './markdown.ts'

/** A document as it was found. */
export interface SourceDocument extends PageOrigin {
  readonly path: string
  readonly text: string
}

/** Where documents are; see the connection's schema. */
export interface SourcePlaces {
  readonly pages?: Readonly<Record<string, string>> | undefined
  readonly directory?: string | undefined
  readonly baseUrl?: string | undefined
  readonly token?: string | undefined
  readonly vendorPages?: readonly string[] | undefined
  readonly webUrl?: string | undefined
}

/** Pages of all places together; more are left out, and said to be. */
const MOST_PAGES = 2_000
const LARGEST_PAGE = 1_000_000
const AT_ONCE = 8
const DOCUMENT = /\.(?:md|mdx|markdown|ya?ml)$/i
const NOT_OURS = /(?:^|[\\/])(?:node_modules|\.git)[\\/]/

/**
 * Every document of every place; a later place replaces an earlier one's page of the same path. The team's own places must answer (a
 * `FailureError` otherwise); a vendor's page that does not is left out, and `problems` says why.
 */
export async function readSources(places: SourcePlaces, guarded: typeof fetch, clock: Clock): Promise<{ documents: SourceDocument[]; problems: string[] }> {
  const found = new Map<string, SourceDocument>()
  const add = (documents: readonly SourceDocument[]): void => {
    for (const document of documents) found.set(document.path, document)
  }
  add(Object.entries(places.pages ?? {}).map(([path, text]) => ({ path, text, ...webAddress(places.webUrl, path) })))
  if (places.directory !== undefined) add(await readDirectory(places.directory, places.webUrl))
  if (places.baseUrl !== undefined) add(await readServer(places.baseUrl, places.token, guarded))
  const vendor = await readVendorPages(places, guarded, clock)
  add(vendor.documents)
  const documents = [...found.values()]
  const more = documents.length - MOST_PAGES
  return { documents: documents.slice(0, MOST_PAGES), problems: [...vendor.problems, ...(more > 0 ? [`${more} more pages are left out: ${MOST_PAGES} are read at most`] : [])] }
}

function webAddress(webUrl: string | undefined, path: string): { url?: string } {
  return webUrl === undefined ? {} : { url: `${webUrl.replace(/\/$/, '')}/${encodeURI(path)}` }
}

async function readDirectory(directory: string, webUrl: string | undefined): Promise<SourceDocument[]> {
  const names = await readdir(directory, { recursive: true })
  const paths = names.filter((name) => DOCUMENT.test(name) && !NOT_OURS.test(name)).sort().slice(0, MOST_PAGES + 1)
  return Promise.all(paths.map(async (name) => {
    const path = name.replaceAll('\\', '/')
    return { path, text: (await readFile(join(directory, name), 'utf8')).slice(0, LARGEST_PAGE), ...webAddress(webUrl, path) }
  }))
}

async function readServer(baseUrl: string, token: string | undefined, guarded: typeof fetch): Promise<SourceDocument[]> {
  const base = `${baseUrl.replace(/\/$/, '')}/`
  const headers = bearer(token)
  const { text: list } = await readText(`${base}llms.txt`, guarded, headers)
  // Source: llmstxt.org; the title is the one thing such a list must have. A login page would read as a list of nothing.
  if (!/^\s*# /.test(list)) fail('bad_response', 'The documents’ server answered llms.txt with something that is no list of pages: its address may be wrong, or a proxy or login page stands before it.')
  const listed = [...list.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => URL.parse(target ?? '', base)?.href ?? [])
  const urls = [...new Set(listed)].filter((url) => url.startsWith(base)).slice(0, MOST_PAGES + 1)
  return inBatches(urls, async (url) => ({ path: decodeURI(url.slice(base.length)), text: (await readText(url, guarded, headers)).text, url }))
}

/** Vendors' pages by address, for the day they were read on: an investigation need not fetch them again. */
const readToday = new Map<string, SourceDocument>()

async function readVendorPages({ vendorPages, baseUrl, token }: SourcePlaces, guarded: typeof fetch, clock: Clock): Promise<{ documents: SourceDocument[]; problems: string[] }> {
  const problems: string[] = []
  const documents = await inBatches([...new Set(vendorPages)], async (url): Promise<SourceDocument | undefined> => {
    const today = clock.now().toISOString().slice(0, 10)
    const known = readToday.get(url)
    if (known?.fetchedOn === today) return known
    try {
      const { text, type } = await readText(url, guarded, URL.parse(url)?.origin === URL.parse(baseUrl ?? '')?.origin ? bearer(token) : {})
      if (type.includes('html')) fail('bad_response', `${url} is a web page; give the address of its Markdown.`)
      const document = { path: url.replace(/^https?:\/\//, ''), text, url, fetchedOn: today }
      // What is not on the public web may be another place's page at the same address.
      if (url.startsWith('https:')) readToday.set(url, document)
      return document
    } catch (error) {
      problems.push(`${url}: ${error instanceof FailureError ? error.failure.message : 'it could not be reached'}`.replace(/\.$/, ''))
      return undefined
    }
  })
  return { documents: documents.filter((document) => document !== undefined), problems }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

async function readText(url: string, guarded: typeof fetch, headers: Record<string, string>): Promise<{ text: string; type: string }> {
  const response = await guarded(url, { headers: { accept: 'text/markdown, text/plain', ...headers } })
  if (!response.ok) {
    const { kind, message, ...rest } = failureOfStatus(response.status, 'The documents’ server', { headers: response.headers })
    fail(kind, message, rest)
  }
  return { text: (await response.text()).slice(0, LARGEST_PAGE), type: response.headers.get('content-type') ?? '' }
}

async function inBatches<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = []
  for (let from = 0; from < items.length; from += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))))
  }
  return done
}
