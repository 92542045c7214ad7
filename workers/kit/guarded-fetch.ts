import { FailureError, fail } from '../../src/core/errors.ts'
import type { Operation } from '../../src/core/worker.ts'
import { compilePathTemplate } from './path-template.ts'
import type { PathTemplate } from './path-template.ts'

/** Where a service lives and how much of it one call may take. */
export interface GuardOptions {
  /** Absolute URLs; a path on one is the prefix of every operation's path. */
  readonly baseUrls: readonly string[]
  /**
   * Hosts that a redirected GET may go to, without its credentials: `self` is the service's own, whatever the path (signed
   * addresses of logs and files), and `*` stands for letters, digits and dashes.
   */
  readonly redirectHosts?: readonly string[]
  /** Bytes of one answer; 8 MiB unless given. */
  readonly maxBytes?: number
  /** When the call ends whatever happens, in milliseconds since the epoch of `Date.now()`. */
  readonly deadline?: number
  readonly signal?: AbortSignal
  /** Sees the text of every answer, piece by piece, as the caller reads it. */
  notice?(text: string): void
}

interface Outgoing {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string
  /** Undici's own option: how a client with its own certificates says so. */
  readonly dispatcher?: unknown
}

type NetworkOperation = Exclude<Operation, { type: 'local' | 'mcp' }> & { readonly template: PathTemplate }

const MAX_BYTES = 8 * 1024 * 1024
const MAX_REDIRECTS = 3
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url', 'x-rewrite-url', 'upgrade']
const OVERRIDE_PARAMETERS = ['_method', 'x-http-method-override', 'method_override']

/**
 * A fetch that sends only what `operations` allow, to `baseUrls` only, and throws a `FailureError` of kind `refused_write`
 * before anything leaves for everything else. It follows redirects itself (to own operations, or as GETs without
 * credentials to `redirectHosts`), waits once for Retry-After on 429 and 503 when the deadline leaves room, and cuts answers at `maxBytes`.
 */
export function guardFetch(fetchImpl: typeof fetch, operations: readonly Operation[], options: GuardOptions): typeof fetch {
  const bases = options.baseUrls.map((url) => new URL(url))
  const allowed = operations.flatMap((operation): NetworkOperation[] =>
    operation.type === 'local' || operation.type === 'mcp' ? [] : [{ ...operation, template: compilePathTemplate(operation.path) }],
  )
  const check = async (request: Outgoing) => {
    const refusal = await refusalOf(request, bases, allowed)
    if (refusal !== null) fail('refused_write', `Refused before anything was sent: ${refusal}.`)
  }
  return async (input, init) => {
    const { request, signal } = await outgoing(input, init, options.signal)
    await check(request)
    let current = request
    for (let hop = 0; ; hop += 1) {
      const response = await sendWithOneRetry(fetchImpl, current, signal, options.deadline)
      const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null
      if (location === null) return watchBody(response, options)
      await response.body?.cancel()
      if (hop === MAX_REDIRECTS) fail('bad_response', `The service redirected more than ${MAX_REDIRECTS} times.`)
      current = await redirected(current, location, { bases, hosts: options.redirectHosts ?? [], check })
    }
  }
}

async function outgoing(
  input: string | URL | Request, init: RequestInit | undefined, callSignal: AbortSignal | undefined,
): Promise<{ request: Outgoing; signal: AbortSignal | undefined }> {
  const source = input instanceof Request ? input : undefined
  const raw = input instanceof Request ? input.url : input.toString()
  const url = URL.parse(raw) ?? fail('defect', 'A tool asked for a URL that is not absolute.')
  if (/\/(?:\.|%2e){1,2}(?:\/|$|[?#])/i.test(raw)) fail('refused_write', 'Refused before anything was sent: the path contains "." or ".." segments.')
  const signals = [callSignal, init?.signal ?? source?.signal].filter((signal) => signal !== undefined && signal !== null)
  const body = init?.body ?? source?.body ?? null
  const dispatcher: unknown = init !== undefined && 'dispatcher' in init ? init.dispatcher : undefined
  return {
    request: {
      url,
      method: (init?.method ?? source?.method ?? 'GET').toUpperCase(),
      headers: new Headers(init?.headers ?? source?.headers),
      body: body === null ? '' : await new Response(body).text(),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    },
    signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
  }
}

async function refusalOf(request: Outgoing, bases: readonly URL[], allowed: readonly NetworkOperation[]): Promise<string | null> {
  const { url, method, headers, body } = request
  const path = pathBelow(url, bases)
  if (path === null) return `${url.origin} is not the address of this service`
  if (url.username !== '' || url.password !== '') return 'the URL carries credentials'
  const override = OVERRIDES.find((name) => headers.has(name)) ?? OVERRIDE_PARAMETERS.find((name) => url.searchParams.has(name))
  if (override !== undefined) return `${override} could change what the request does`
  const here = allowed.filter((operation) => operation.template.matches(path))
  const reason = `${method} ${path.slice(0, 120)} is not an operation of this tool`
  const http = here.some((operation) => operation.type === 'http' && operation.method === method)
  if (http) return method === 'POST' || body === '' ? null : `${method} requests carry no body`
  if (method !== 'POST') return reason
  const documents = here.flatMap((operation) => (operation.type === 'graphql' ? [operation.document] : []))
  if (documents.length > 0) return (await import('./graphql-guard.ts')).graphqlRefusal(body, documents)
  if (here.some((operation) => operation.type === 'sql')) return sqlBodyRefusal(body)
  return reason
}

/** The path as the operations write it, or null when the URL is not below one of the bases. */
function pathBelow(url: URL, bases: readonly URL[]): string | null {
  for (const base of bases) {
    const prefix = base.pathname.replace(/\/$/, '')
    if (url.origin === base.origin && url.pathname.startsWith(`${prefix}/`)) return url.pathname.slice(prefix.length)
  }
  return null
}

async function sqlBodyRefusal(body: string): Promise<string | null> {
  let request: unknown
  try {
    request = JSON.parse(body)
  } catch {
    return 'the SQL request is not JSON'
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return 'the SQL request is not one JSON object'
  const { query, parameters: _parameters, read_only: readOnly, ...rest } = request as Record<string, unknown>
  if (Object.keys(rest).length > 0) return `the SQL request carries ${Object.keys(rest).join(', ')}`
  if (readOnly !== undefined && readOnly !== true) return 'the SQL request asks for a writing session'
  if (typeof query !== 'string') return 'the SQL request has no query'
  return (await import('./sql-guard.ts')).sqlRefusal(query)
}

interface RedirectRules {
  readonly bases: readonly URL[]
  readonly hosts: readonly string[]
  check(request: Outgoing): Promise<void>
}

async function redirected(request: Outgoing, location: string, rules: RedirectRules): Promise<Outgoing> {
  const url = URL.parse(location, request.url) ?? fail('bad_response', 'The service redirected to something that is not a URL.')
  if (request.method !== 'GET' && request.method !== 'HEAD') fail('refused_write', `Refused: a ${request.method} was redirected, and only reads follow redirects.`)
  const own = rules.bases.some((base) => base.origin === url.origin)
  if (own && !rules.hosts.includes('self')) {
    const next = { ...request, url }
    await rules.check(next)
    return next
  }
  if (!own && (url.protocol !== 'https:' || !rules.hosts.some((pattern) => hostMatches(url.hostname, pattern)))) {
    fail('refused_write', `Refused: the service redirected to ${url.origin}, which is not allowed.`)
  }
  // A new request, so that no header, body or client certificate goes along.
  return { url, method: request.method, headers: new Headers({ accept: request.headers.get('accept') ?? '*/*' }), body: '' }
}

function hostMatches(host: string, pattern: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll('.', String.raw`\.`)).join('[a-z0-9-]*')
  return new RegExp(`^${source}$`, 'i').test(host)
}

async function sendWithOneRetry(
  fetchImpl: typeof fetch, request: Outgoing, signal: AbortSignal | undefined, deadline: number | undefined,
): Promise<Response> {
  const { url, method, headers, body, dispatcher } = request
  const init: RequestInit = { method, headers, redirect: 'manual', ...(body === '' ? {} : { body }), ...(signal === undefined ? {} : { signal }) }
  if (dispatcher !== undefined) Object.assign(init, { dispatcher })
  const first = await fetchImpl(url.href, init)
  if (first.status !== 429 && first.status !== 503) return first
  const seconds = Number(first.headers.get('retry-after') ?? Number.NaN)
  const room = (deadline ?? Date.now()) - Date.now() - 1_000
  if (!Number.isFinite(seconds) || seconds < 0 || seconds * 1_000 > room) return first
  await first.body?.cancel()
  await pause(seconds * 1_000, signal)
  return fetchImpl(url.href, init)
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

/** The same answer, cut off at `maxBytes`, each piece of it shown to `notice` as it is read. */
function watchBody(response: Response, { maxBytes = MAX_BYTES, notice }: GuardOptions): Response {
  if (response.body === null) return response
  const tooLarge = () =>
    new FailureError({ kind: 'bad_response', message: `The answer is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB and was cut off; ask for a shorter window or a smaller limit.` })
  const noticed = notice === undefined ? undefined : piecewise(notice)
  let seen = 0
  const watched = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        seen += chunk.byteLength
        noticed?.(chunk)
        if (seen > maxBytes) controller.error(tooLarge())
        else controller.enqueue(chunk)
      },
    }),
  )
  return new Response(watched, { status: response.status, statusText: response.statusText, headers: response.headers })
}

/** How much of the piece before is seen again, so that nothing falls between two. */
const OVERLAP = 2_000

function piecewise(notice: (text: string) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder()
  let before = ''
  return (chunk) => {
    const text = before + decoder.decode(chunk, { stream: true })
    notice(text)
    before = text.slice(-OVERLAP)
  }
}
