import type { z } from 'zod'
import { FailureError, fail } from '../../src/core/errors.ts'
import { failureOfStatus } from './failure-of.ts'

/** What a request carries besides its path. Undefined values are left out; arrays repeat the key. */
export type Query = Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>

/** A parsed answer with its headers, for paging. */
export interface JsonAnswer<T> {
  readonly data: T
  readonly headers: Headers
}

/** A small client of one JSON API. Every method throws a `FailureError` for whatever is not a good answer of the given shape. */
export interface JsonClient {
  get<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<JsonAnswer<T>>
  post<T>(path: string, schema: z.ZodType<T>, body: unknown, query?: Query): Promise<JsonAnswer<T>>
  /** A text answer as a whole. */
  text(path: string, query?: Query): Promise<string>
}

/** What a JSON client is made of; `service` is the name people know, `fetch` the guarded one. */
export interface JsonClientParts {
  readonly service: string
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
}

/** A client below `baseUrl` (with or without a path and a trailing slash). */
export function createJsonClient({ service, baseUrl, headers, fetch }: JsonClientParts): JsonClient {
  const base = baseUrl.replace(/\/$/, '')
  const send = async (method: 'GET' | 'POST', path: string, query: Query | undefined, body?: unknown): Promise<Response> => {
    const url = `${base}${path}${queryString(query)}`
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.ok) return response
    await response.body?.cancel()
    throw new FailureError(failureOfStatus(response.status, service, { headers: response.headers, what: `${method} ${path.slice(0, 160)}` }))
  }
  const parsed = async <T>(response: Response, schema: z.ZodType<T>, path: string): Promise<JsonAnswer<T>> => ({
    data: parseJson(await response.text(), schema, { service, path, contentType: response.headers.get('content-type') }),
    headers: response.headers,
  })
  return {
    get: async (path, schema, query) => parsed(await send('GET', path, query), schema, path),
    post: async (path, schema, body, query) => parsed(await send('POST', path, query, body), schema, path),
    text: async (path, query) => (await send('GET', path, query)).text(),
  }
}

function parseJson<T>(text: string, schema: z.ZodType<T>, about: { service: string; path: string; contentType: string | null }): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const html = about.contentType?.includes('html') === true || /^\s*</.test(text)
    fail('bad_response', html
      ? `${about.service} answered ${about.path.slice(0, 160)} with a web page instead of JSON: its address may be wrong, or a proxy or login page stands before it.`
      : `${about.service} answered ${about.path.slice(0, 160)} with JSON that ends early or is broken.`)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const where = result.error.issues[0]?.path.join('.') ?? ''
  return fail('bad_response', `${about.service} answered ${about.path.slice(0, 160)} in an unknown shape${where === '' ? '' : ` (at ${where.slice(0, 100)})`}.`)
}

function queryString(query: Query | undefined): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    if (typeof value === 'object') for (const item of value) parameters.append(key, String(item))
    else parameters.set(key, String(value))
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

/** One entry of a Link header (RFC 8288): its target and its parameters. */
interface HeaderLink {
  readonly url: string
  readonly parameters: Readonly<Record<string, string>>
}

/** The link with this `rel` in a Link header, if there is one. */
function headerLink(header: string | null, rel: string): HeaderLink | undefined {
  for (const match of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+="[^"]*")*)/g)) {
    const parameters = Object.fromEntries([...(match[2] ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key ?? '', value ?? '']))
    if (parameters['rel'] === rel) return { url: match[1] ?? '', parameters }
  }
  return undefined
}

/** The cursor of the next page by Sentry's convention: the next link is always there, and `results` says whether it leads anywhere. */
export function nextCursor(headers: Headers): string | undefined {
  const next = headerLink(headers.get('link'), 'next')
  return next?.parameters['results'] === 'false' ? undefined : next?.parameters['cursor']
}
