import { Buffer } from 'node:buffer'
import type { WorldHeader } from '../../src/core/world/world.ts'
import type { Recorder } from './recorder.ts'
import { outageResponse, unauthorizedResponse } from './service-errors.ts'
import { labTokens, type LabService, type ServiceName } from './service.ts'

/** Paths a service serves to anybody: the pre-signed links it hands out, and what clients ask before they log in. */
const publicPaths: Partial<Record<ServiceName, RegExp>> = {
  github: /^\/_signed\//,
  kubernetes: /^\/(healthz|livez|readyz)$/,
  supabase: /^\/health$/,
}

/**
 * Kubernetes' own Go clients (kubectl among them) keep a bearer token to themselves unless the server speaks TLS, which
 * the lab does not: there a request without a credential is taken for the lab's user. A wrong one is still refused.
 */
const withoutCredential: ReadonlySet<ServiceName> = new Set(['kubernetes'])

/** The credential in a request, in any form the real services accept: bearer, `token`, basic (its password), or their own headers. */
function credentialOf(request: Request): string | undefined {
  const own = request.headers.get('project-access-token') ?? request.headers.get('apikey')
  const authorization = request.headers.get('authorization')
  if (authorization === null) return own ?? undefined
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(authorization) ?? []
  if (scheme.toLowerCase() !== 'basic') return value
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  return decoded.slice(decoded.indexOf(':') + 1)
}

interface GateDeps {
  readonly outages: WorldHeader['outages']
  readonly recorder: Recorder
  /** Starts the service when its first request has passed. */
  readonly open: () => Promise<LabService>
}

/**
 * The one way to a service: refuses what bears no known credential, answers for a service that is down, asks the
 * service otherwise, and enters every request with the recorder.
 */
export function createGate(service: ServiceName, { outages, recorder, open }: GateDeps): (request: Request) => Promise<Response> {
  const outage = outages.find((candidate) => candidate.worker === service)
  const answer = async (request: Request): Promise<Response> => {
    const isPublic = publicPaths[service]?.test(new URL(request.url).pathname) === true
    const credential = credentialOf(request)
    const isKnown = credential === undefined ? withoutCredential.has(service) : credential === labTokens[service]
    if (!isPublic && !isKnown) {
      return unauthorizedResponse(service, credential === undefined ? 'missing' : 'wrong')
    }
    if (outage !== undefined) return outageResponse(service, outage.status, outage.message)
    const opened = await open()
    return opened.fetch(request)
  }
  return async (request) => {
    const response = await answer(request)
    recorder.record(service, request, response.status)
    return response
  }
}
