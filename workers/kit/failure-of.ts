import { z } from 'zod'
import { FailureError } from '../../src/core/errors.ts'
import type { Failure, FailureKind } from '../../src/core/errors.ts'

const STATUS_KINDS: Readonly<Record<number, FailureKind>> = {
  400: 'invalid_input', 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 405: 'invalid_input', 408: 'timeout', 409: 'conflict', 410: 'gone',
  413: 'bad_response', 414: 'invalid_input', 422: 'invalid_input', 429: 'rate_limited', 504: 'timeout',
}

const MEANINGS: Readonly<Partial<Record<FailureKind, string>>> = {
  invalid_input: 'it did not accept these arguments; change them',
  unauthorized: 'the token is missing, wrong or expired; whoever runs Foreman must renew it',
  forbidden: 'the token may not read this; whoever runs Foreman must widen its read scopes or accept the gap',
  not_found: 'no such thing exists there, or the token cannot see it; check the id or the name',
  gone: 'it was there and has been removed or has expired',
  conflict: 'it is changing at this moment; ask again later',
  rate_limited: 'its request limit is used up; ask less, or later',
  unavailable: 'it is failing itself at the moment; this says nothing about the question',
  timeout: 'it did not answer in time; ask for less',
  bad_response: 'its answer could not be used',
}

/** The failure an HTTP status stands for, in our words. `service` is a name people know it by; `what` says what was asked for. */
export function failureOfStatus(status: number, service: string, extra: { headers?: Headers; what?: string } = {}): Failure {
  const limited = status === 403 && (extra.headers?.get('x-ratelimit-remaining') === '0' || extra.headers?.has('retry-after') === true)
  const kind = limited ? 'rate_limited' : (STATUS_KINDS[status] ?? (status >= 500 ? 'unavailable' : 'bad_response'))
  const about = extra.what === undefined ? '' : ` for ${extra.what}`
  const retryAfter = Number(extra.headers?.get('retry-after') ?? Number.NaN)
  return {
    kind,
    message: `${service} answered ${status}${about}: ${MEANINGS[kind] ?? 'its answer could not be used'}.`.slice(0, 600),
    status,
    ...(Number.isFinite(retryAfter) && retryAfter >= 0 ? { retryAfterSeconds: retryAfter } : {}),
  }
}

/**
 * Any thrown thing as a failure in our words: a `FailureError` as it is (also as a cause), an error of an HTTP client by its status,
 * a network error as unavailable, an answer of an unknown shape as bad_response, and everything else as a defect of ours.
 */
export function failureOf(error: unknown, service: string): Failure {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth += 1) {
    if (cause instanceof FailureError) return cause.failure
  }
  if (error instanceof z.ZodError) {
    const where = error.issues[0]?.path.join('.') ?? ''
    return { kind: 'bad_response', message: `The answer of ${service} does not have the shape it is documented to have${where === '' ? '' : ` (at ${where.slice(0, 100)})`}.` }
  }
  if (error instanceof RangeError && error.message.endsWith('cannot be part of a path')) return { kind: 'invalid_input', message: `${error.message}: give an id or a name.` }
  const status = statusOf(error)
  if (status !== undefined) return failureOfStatus(status, service, whatWasAsked(error))
  if (isNetworkError(error)) return { kind: 'unavailable', message: `${service} could not be reached: the connection was refused, reset or not resolved. Whether the address is right can be checked with \`foreman doctor\`.` }
  return { kind: 'defect', message: `A tool of ${service} failed for a reason that is a mistake in Foreman itself; the log has the details.` }
}

/** HTTP clients put the status in `status` (octokit, supabase-js) or `code` (client-node). */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  const { status, code } = error as { status?: unknown; code?: unknown }
  return [status, code].find((value): value is number => typeof value === 'number' && value >= 400 && value < 600)
}

/** Octokit's errors carry their request; its path is ours and says what was not found. */
function whatWasAsked(error: unknown): { what?: string } {
  const parsed = z.object({ request: z.object({ method: z.string(), url: z.string() }) }).safeParse(error)
  const url = parsed.success ? URL.parse(parsed.data.request.url) : null
  return parsed.success && url !== null ? { what: `${parsed.data.request.method} ${url.pathname.replaceAll('%2F', '/').slice(0, 160)}` } : {}
}

function isNetworkError(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth += 1) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && /^(?:E[A-Z]{4,}|UND_ERR_\w+)$/.test(code)) return true
    if (cause instanceof TypeError && cause.message === 'fetch failed') return true
  }
  return false
}
