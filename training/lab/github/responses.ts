import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

const documentation = 'https://docs.github.com/rest'

/** GitHub's refusal with its own envelope; thrown from anywhere below a route. */
export function refusal(status: 403 | 404 | 422, message: string, errors?: readonly Record<string, unknown>[]): HTTPException {
  const body = { message, ...(errors === undefined ? {} : { errors }), documentation_url: documentation, status: String(status) }
  return new HTTPException(status, { message, res: Response.json(body, { status }) })
}

/** What GitHub says of anything that is not there, or that the token may not see. */
export function notFound(message = 'Not Found'): HTTPException {
  return refusal(404, message)
}

/** The query of a request. */
export function paramsOf(c: Context): URLSearchParams {
  return new URL(c.req.url).searchParams
}

/** Where this API is reached: `https://host`, or `https://host/api/v3` for clients that speak to it as an enterprise server. */
export function apiBase(c: Context): string {
  const { origin, pathname } = new URL(c.req.url)
  return pathname.startsWith('/api/') ? `${origin}/api/v3` : origin
}

/** Where people look at repositories. */
export const htmlBase = 'https://github.com'

/**
 * One page of `items` as JSON with GitHub's `Link` header (docs.github.com, "Using pagination in the REST API"): 30 to a
 * page unless `per_page` says otherwise, 100 at most; `wrap` puts the page into its envelope.
 */
export function pageResponse<T>(c: Context, items: readonly T[], view: (item: T) => unknown, wrap: (page: unknown[]) => unknown = (page) => page): Response {
  const params = paramsOf(c)
  const size = Math.min(100, positive(params.get('per_page'), 30))
  const page = positive(params.get('page'), 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const link = (rel: string, to: number): string => {
    const url = new URL(c.req.url)
    url.searchParams.set('page', String(to))
    return `<${url.href}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link('prev', Math.min(page - 1, last))] : []), ...(page < last ? [link('next', page + 1), link('last', last)] : []), ...(page > 1 ? [link('first', 1)] : []),
  ]
  if (links.length > 0) c.header('Link', links.join(', '))
  return c.json(wrap(items.slice((page - 1) * size, page * size).map(view)))
}

function positive(text: string | null, fallback: number): number {
  const number = Number(text)
  return text === null || !Number.isInteger(number) || number < 1 ? fallback : number
}

/** A GraphQL-style id for what has only a number or a SHA. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64')
}

/** A time as GitHub prints it: UTC, whole seconds. */
export function githubTime(time: string | number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
