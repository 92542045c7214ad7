import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import type { SlackWorkspace } from '../slack/workspace.ts'
import { readSnapshot, visibleChange } from './snapshot.ts'

/** An incident a visitor may set off. */
export interface OfferedIncident {
  readonly id: string
  readonly title: string
  readonly description: string
}

export interface WorkspacePageOptions {
  readonly slack: SlackWorkspace
  /** The person the visitor is, by name. */
  readonly person?: string
  readonly incidents: readonly OfferedIncident[]
  /** Sets an incident off; the alert it posts, if it says so, is opened on the page. */
  readonly fire: (id: string) => Promise<{ readonly channel: string; readonly ts: string } | undefined>
}

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Everything the page loads comes from its own server; styles and scripts are files, never inline. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const heartbeatMs = 15_000
const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * The page acts as a person, so only the page may ask: other sites can neither send JSON here without a preflight that is
 * never answered, nor reach it under a name of their own (DNS rebinding).
 */
const onlyFromThePage = createMiddleware(async (context, next) => {
  const { hostname } = new URL(context.req.url)
  if (!loopbackHosts.has(hostname)) return context.text('This page is served on this machine only.', 403)
  const isJson = context.req.header('content-type')?.startsWith('application/json') ?? false
  if (context.req.method !== 'GET' && !isJson) return context.text('Send JSON.', 415)
  await next()
  return undefined
})

function readStaticFiles(): ReadonlyMap<string, { readonly content: string; readonly type: string }> {
  const folder = fileURLToPath(new URL('static/', import.meta.url))
  return new Map(
    readdirSync(folder).map((name) => [
      name,
      {
        content: readFileSync(folder + name, 'utf8'),
        type: contentTypes[name.split('.').at(-1) ?? ''] ?? 'text/plain',
      },
    ]),
  )
}

function staticFiles(): Hono {
  const files = readStaticFiles()
  const pages = new Hono()
  pages.use(async (context, next) => {
    await next()
    context.header('content-security-policy', contentSecurityPolicy)
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'no-referrer')
    context.header('cache-control', 'no-cache')
  })
  const serve = (name: string) => {
    const file = files.get(name)
    return file
      ? new Response(file.content, { headers: { 'content-type': file.type } })
      : new Response('not found', { status: 404 })
  }
  pages.get('/', () => serve('index.html'))
  pages.get('/page/:file', (context) => serve(context.req.param('file')))
  return pages
}

const Place = z.object({ channel: z.string(), ts: z.string() })
const Said = z.object({ channel: z.string(), text: z.string().min(1).max(40_000), threadTs: z.string().optional() })
const Used = z.object({
  actionId: z.string(),
  value: z.string().optional(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  viewId: z.string().optional(),
})
const Stopped = z.object({ channel: z.string(), threadTs: z.string() })

/** What the visitor does, one route an act. Bodies that do not fit, and acts the workspace has no place for, answer 400 with the reason. */
function acts({ slack, person = 'you' }: WorkspacePageOptions): Hono {
  const { people } = slack
  const routes = new Hono()
  routes.onError((error, context) => context.json({ error: error.message }, 400))

  routes.post('/workspace/messages', async (context) => {
    const { channel, text, threadTs } = Said.parse(await context.req.json())
    const command = /^(\/[a-z][\w-]*)(?:\s+([\s\S]*))?$/.exec(text)
    if (command) {
      const answer = await people.slash(person, channel, command[1] ?? '', command[2] ?? '')
      return context.json({ acknowledged: answer.acknowledged })
    }
    const message = people.postAs(person, channel, text, threadTs === undefined ? {} : { threadTs })
    return context.json({ ts: message.ts })
  })
  routes.post('/workspace/actions', async (context) => {
    const { actionId, value, channel, ts, viewId } = Used.parse(await context.req.json())
    const answer = await (viewId === undefined
      ? people.click(person, Place.parse({ channel, ts }), actionId, value)
      : people.clickInView(person, viewId, actionId, value))
    return context.json({ acknowledged: answer.acknowledged })
  })
  routes.post('/workspace/shortcuts/:id', async (context) => {
    const answer = await people.shortcut(person, context.req.param('id'), Place.parse(await context.req.json()))
    return context.json({ acknowledged: answer.acknowledged })
  })
  routes.post('/workspace/views/:id', async (context) => {
    const values = z.record(z.string(), z.string()).parse(await context.req.json())
    return context.json(await people.submitView(person, context.req.param('id'), values))
  })
  routes.delete('/workspace/views/:id', (context) => {
    people.closeView(person, context.req.param('id'))
    return context.json({ ok: true })
  })
  routes.post('/workspace/stop', async (context) => {
    const { channel, threadTs } = Stopped.parse(await context.req.json())
    people.stopSession(person, channel, threadTs)
    return context.json({ ok: true })
  })
  routes.post('/workspace/home/:tab', (context) => {
    people.openHome(person, context.req.param('tab') === 'home' ? 'home' : 'messages')
    return context.json({ ok: true })
  })
  return routes
}

function reading({ slack, person = 'you', incidents, fire }: WorkspacePageOptions): Hono {
  const routes = new Hono()
  routes.get('/workspace/state', (context) => context.json(readSnapshot(slack, person)))
  routes.get('/workspace/incidents', (context) => context.json(incidents))
  routes.post('/workspace/incidents/:id/fire', async (context) => {
    const id = context.req.param('id')
    if (!incidents.some((incident) => incident.id === id))
      return context.json({ error: `There is no incident ${id}.` }, 404)
    return context.json((await fire(id)) ?? {})
  })
  routes.get('/workspace/stream', (context) =>
    streamSSE(context, async (stream) => {
      const unsubscribe = slack.state.subscribe((change) => {
        const visible = visibleChange(slack, person, change)
        if (visible) void stream.writeSSE({ data: JSON.stringify(visible) })
      })
      stream.onAbort(unsubscribe)
      while (!stream.aborted) {
        await stream.writeSSE({ event: 'heartbeat', data: '' })
        await stream.sleep(heartbeatMs)
      }
    }),
  )
  return routes
}

/**
 * The workspace in a browser: `GET /` and what it loads, the state and its changes (`/workspace/state`, `/workspace/stream`
 * as Server-Sent Events) and what the visitor does. To be given to the workspace's `mount`.
 */
export function createWorkspacePage(options: WorkspacePageOptions): Hono {
  const page = new Hono()
  page.use('/workspace/*', onlyFromThePage)
  page.route('/', staticFiles())
  page.route('/', reading(options))
  page.route('/', acts(options))
  return page
}
