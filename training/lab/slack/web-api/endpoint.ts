import { Hono, type Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Faults } from '../faults.ts'
import type { RateLimits } from '../rate-limits.ts'
import type { Answer, InstalledApp } from '../records.ts'
import { agentSessionMethods } from './agent-sessions.ts'
import { appMethods } from './app.ts'
import { chatStreamMethods } from './chat-stream.ts'
import { chatMethods } from './chat.ts'
import { conversationMethods } from './conversations.ts'
import { fileMethods, receiveUpload } from './files.ts'
import { refuse, refuseScope, type Method, type MethodContext } from './method.ts'
import { reactionMethods } from './reactions.ts'
import { userMethods } from './users.ts'
import { viewMethods } from './views.ts'

const methods: ReadonlyMap<string, Method> = new Map(
  [
    ...appMethods,
    ...chatMethods,
    ...chatStreamMethods,
    ...agentSessionMethods,
    ...conversationMethods,
    ...reactionMethods,
    ...viewMethods,
    ...userMethods,
    ...fileMethods,
  ].map((method) => [method.name, method]),
)

/** Told about every call, for tests that count them. */
export interface ApiCall {
  readonly method: string
  readonly appId: string | undefined
  readonly args: Readonly<Record<string, unknown>>
  readonly status: number
  readonly error: string | undefined
}

export interface EndpointParts {
  readonly context: MethodContext
  readonly limits: RateLimits
  readonly faults: Faults
  readonly calls: ApiCall[]
}

interface Outcome {
  readonly answer: Answer
  readonly status: ContentfulStatusCode
  readonly headers: Record<string, string>
  readonly app: InstalledApp | undefined
}

/** The arguments of a request: query, form or JSON body; undefined when a JSON body is none. */
async function readArguments(context: Context): Promise<Record<string, unknown> | undefined> {
  const query = context.req.query()
  const type = context.req.header('content-type') ?? ''
  if (context.req.method === 'GET') return query
  if (type.startsWith('application/json')) {
    const body: unknown = await context.req.json().catch(() => undefined)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...query, ...body } : undefined
  }
  if (type.startsWith('application/x-www-form-urlencoded') || type.startsWith('multipart/form-data'))
    return { ...query, ...(await context.req.parseBody()) }
  return query
}

function identify(
  parts: EndpointParts,
  method: Method,
  token: string | undefined,
): { readonly app: InstalledApp } | { readonly error: string } {
  if (!token) return { error: 'not_authed' }
  for (const app of parts.context.state.apps.values()) {
    if (token === app.botToken) return method.token === 'bot' ? { app } : { error: 'not_allowed_token_type' }
    if (token === app.appToken) return method.token === 'app' ? { app } : { error: 'not_allowed_token_type' }
  }
  return { error: 'invalid_auth' }
}

function tokenOf(context: Context, args: Record<string, unknown>): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '')?.[1]
  const given = bearer ?? args['token']
  return typeof given === 'string' ? given : undefined
}

function plain(answer: Answer, app?: InstalledApp): Outcome {
  return { answer, status: 200, headers: {}, app }
}

function ratelimited(retryAfter: number, app: InstalledApp | undefined): Outcome {
  return { answer: refuse('ratelimited'), status: 429, headers: { 'retry-after': String(retryAfter) }, app }
}

async function run(
  parts: EndpointParts,
  name: string,
  context: Context,
  args: Record<string, unknown> | undefined,
): Promise<Outcome> {
  const method = methods.get(name)
  if (!method) return plain(refuse('unknown_method', { req_method: name }))
  if (!args) return plain(refuse('invalid_json'))
  const caller = identify(parts, method, tokenOf(context, args))
  if ('error' in caller) return plain(refuse(caller.error))
  const { app } = caller
  const wait = parts.limits.take({
    app: app.id,
    method: name,
    tier: method.tier,
    channel: typeof args['channel'] === 'string' ? args['channel'] : '',
  })
  if (wait > 0) return ratelimited(wait, app)
  if (method.scope !== undefined && !app.scopes.has(method.scope)) return plain(refuseScope(app, method.scope), app)
  return plain(await method.run({ ...parts.context, app }, args), app)
}

/** Lets a planned fault happen around a call. */
async function runWithFaults(
  parts: EndpointParts,
  name: string,
  context: Context,
  args: Record<string, unknown> | undefined,
): Promise<Outcome> {
  const fault = parts.faults.next(name)
  switch (fault?.type) {
    case 'hang':
      await parts.faults.hang(fault.ms)
      return run(parts, name, context, args)
    case 'server_error_after_acceptance': {
      const outcome = await run(parts, name, context, args)
      return { ...outcome, status: 500, answer: refuse('internal_error') }
    }
    case 'status':
      return { ...plain(refuse('internal_error')), status: fault.status }
    case 'ratelimited':
      return ratelimited(fault.retryAfter, undefined)
    case 'refusal':
      return plain(refuse(fault.error))
    default:
      return run(parts, name, context, args)
  }
}

/** The bytes of an upload, sent raw or as the first file of a form. */
async function uploadedBytes(context: Context): Promise<Uint8Array> {
  if (!context.req.header('content-type')?.startsWith('multipart/form-data'))
    return new Uint8Array(await context.req.arrayBuffer())
  const form = await context.req.parseBody()
  const file = Object.values(form).find((part) => part instanceof File)
  return file instanceof File
    ? new Uint8Array(await file.arrayBuffer())
    : new TextEncoder().encode(
        Object.values(form)
          .filter((part) => typeof part === 'string')
          .join(''),
      )
}

/** The Web API below /api, and the upload addresses it hands out. Every method answers JSON; unknown ones `unknown_method`. */
export function createWebApi(parts: EndpointParts): Hono {
  const hono = new Hono()
  hono.all('/api/:method', async (context) => {
    const name = context.req.param('method')
    const args = await readArguments(context)
    const { answer, status, headers, app } = await runWithFaults(parts, name, context, args)
    parts.calls.push({
      method: name,
      appId: app?.id,
      args: args ?? {},
      status,
      error: answer.ok ? undefined : answer.error,
    })
    const scope = methods.get(name)?.scope
    return context.json(answer, status, {
      ...headers,
      ...(app ? { 'x-oauth-scopes': [...app.scopes].join(',') } : {}),
      ...(scope === undefined ? {} : { 'x-accepted-oauth-scopes': scope }),
      'x-slack-req-id': crypto.randomUUID(),
    })
  })
  hono.post('/upload/:file', async (context) => {
    const content = await uploadedBytes(context)
    return receiveUpload(parts.context.state, context.req.param('file'), content)
      ? context.text(`OK - ${content.length}`)
      : context.text('not found', 404)
  })
  return hono
}
