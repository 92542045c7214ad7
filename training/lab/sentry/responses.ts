import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

/** Sentry's refusal with a reason, thrown from anywhere below a route. */
export function badRequest(detail: string): HTTPException {
  return new HTTPException(400, { message: detail })
}

/** What Sentry says of a thing it does not have, or that the token may not see. */
export function notFound(detail = 'The requested resource does not exist'): HTTPException {
  return new HTTPException(404, { message: detail })
}

/** The query of a request, with repeated parameters kept. */
export function paramsOf(c: Context): URLSearchParams {
  return new URL(c.req.url).searchParams
}

interface PageOptions {
  /** Rows a page has when the request does not say. */
  readonly size?: number
  /** The parameters that say how many rows a page has; the first one present counts. */
  readonly sizeParams?: readonly string[]
  /** What is answered for a page, when it is not the page itself. */
  readonly wrap?: (page: unknown[]) => unknown
}

/**
 * Answers one page of `items` as JSON, with Sentry's `Link` header: a previous and a next link always stand there, and
 * `results` says whether anything is behind them (docs.sentry.io/api/pagination). Cursors are `0:<offset>:<is previous>`.
 */
export function pageResponse<T>(c: Context, items: readonly T[], view: (item: T) => unknown, options: PageOptions = {}): Response {
  const params = paramsOf(c)
  const size = pageSize(params, options)
  const offset = cursorOffset(params.get('cursor'))
  const page = items.slice(offset, offset + size).map(view)
  const link = (rel: 'previous' | 'next', at: number, results: boolean): string => {
    const cursor = `0:${at}:${rel === 'previous' ? 1 : 0}`
    const url = new URL(c.req.url)
    url.searchParams.set('cursor', cursor)
    return `<${url.href}>; rel="${rel}"; results="${results}"; cursor="${cursor}"`
  }
  c.header('Link', `${link('previous', Math.max(0, offset - size), offset > 0)}, ${link('next', offset + size, offset + size < items.length)}`)
  c.header('X-Hits', String(items.length))
  return c.json(options.wrap === undefined ? page : options.wrap(page))
}

function pageSize(params: URLSearchParams, { size = 100, sizeParams = ['per_page', 'limit'] }: PageOptions): number {
  const asked = sizeParams.map((name) => params.get(name)).find((value) => value !== null)
  if (asked === undefined || asked === null) return size
  const count = Number(asked)
  if (!Number.isInteger(count) || count < 1 || count > 100) throw badRequest('Invalid per_page value. Must be between 1 and 100.')
  return count
}

function cursorOffset(cursor: string | null): number {
  if (cursor === null || cursor === '') return 0
  const [, offset] = /^-?\d+:(\d+):[01]$/.exec(cursor) ?? []
  if (offset === undefined) throw badRequest('Invalid cursor parameter.')
  return Number(offset)
}
