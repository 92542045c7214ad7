import type { ServiceName } from './service.ts'

type Refusal = (status: number, message: string) => Response

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers })
}

/** How each service says no, before it has looked at the request: its own envelope around a status and a message. */
const refusals: Readonly<Record<ServiceName, Refusal>> = {
  sentry: (status, message) => json(status, { detail: message }),
  github: (status, message) =>
    json(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) }),
  supabase: (status, message) => json(status, { message }),
  // Railway's GraphQL answers 200 to a caller it does not know, and says so in `errors`.
  railway: (status, message) =>
    json(status === 401 ? 200 : status, { errors: [{ message, extensions: { code: status === 401 ? 'UNAUTHENTICATED' : 'INTERNAL_SERVER_ERROR' } }], data: null }),
  kubernetes: (status, message) =>
    json(status, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: kubernetesReason(status), code: status }),
  docs: (status, message) => new Response(`${message}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } }),
}

function kubernetesReason(status: number): string {
  const reasons: Record<number, string> = {
    401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 410: 'Expired', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout',
  }
  return reasons[status] ?? 'Unknown'
}

const unauthorized: Readonly<Record<ServiceName, { missing: string; wrong: string }>> = {
  sentry: { missing: 'Authentication credentials were not provided.', wrong: 'Invalid token' },
  github: { missing: 'Requires authentication', wrong: 'Bad credentials' },
  supabase: { missing: 'Unauthorized', wrong: 'JWT could not be decoded' },
  railway: { missing: 'Not Authorized', wrong: 'Not Authorized' },
  kubernetes: { missing: 'Unauthorized', wrong: 'Unauthorized' },
  docs: { missing: 'Unauthorized', wrong: 'Unauthorized' },
}

/** The service's own refusal of a request with no credential (`missing`) or one it does not know (`wrong`). */
export function unauthorizedResponse(service: ServiceName, credential: 'missing' | 'wrong'): Response {
  return refusals[service](401, unauthorized[service][credential])
}

/** The service's own error for an outage: `status` with `message`; 429 and 503 say when to come back, in seconds. */
export function outageResponse(service: ServiceName, status: number, message: string): Response {
  const response = refusals[service](status, message)
  if (status === 429 || status === 503) response.headers.set('retry-after', '30')
  return response
}
