import type { App, Receiver } from '@slack/bolt'
import { isValidSlackRequest } from '@slack/bolt'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { EdgeLog } from '../edge-log.ts'
import { deliver } from './deliver.ts'
import type { HealthyReceiver } from './socket-receiver.ts'

/** Slack's request URL, to be mounted on the bot's one web server. */
export interface HttpReceiver extends Receiver, HealthyReceiver {
  readonly routes: Hono
}

const requestPath = '/slack/events'
const largestBody = 1024 * 1024

/**
 * Events, interactions and commands over HTTP: signature over the raw body (`v0`, five minutes), challenge, and the answer.
 * 401 unsigned, 400 malformed, 413 too large, 503 when it could not be stored: Slack then sends it again.
 */
export function createHttpReceiver({ signingSecret, log }: { signingSecret: string; log: EdgeLog }): HttpReceiver {
  let app: App | undefined
  let open = false
  const routes = new Hono()
  const limit = bodyLimit({ maxSize: largestBody, onError: (context) => context.text('The body is larger than 1 MB.', 413) })
  routes.post(requestPath, limit, async (context) => {
    const raw = await context.req.text()
    if (!signed(context, raw, signingSecret)) return context.text('The signature does not fit.', 401)
    const body = parseBody(raw, context.req.header('content-type') ?? '')
    if (!body) return context.text('The body is not what Slack sends.', 400)
    if (body['ssl_check'] !== undefined) return context.body(null, 200)
    if (body['type'] === 'url_verification') return context.json({ challenge: body['challenge'] })
    if (!app || !open) return context.text('The bot is not taking events.', 503)
    return answer(context, app, body, log)
  })
  return {
    routes,
    init: (bolt) => {
      app = bolt
    },
    start: async () => {
      open = true
    },
    stop: async () => {
      open = false
    },
    trouble: () => (open ? undefined : 'The bot is not taking events from Slack.'),
  }
}

async function answer(context: Context, app: App, body: Record<string, unknown>, log: EdgeLog): Promise<Response> {
  const retryNum = Number(context.req.header('x-slack-retry-num'))
  try {
    const said = await deliver(app, { body, ...(Number.isInteger(retryNum) && retryNum > 0 && { retryNum }), retryReason: context.req.header('x-slack-retry-reason') })
    if (typeof said === 'object' && said !== null) return context.json(said)
    return typeof said === 'string' && said !== '' ? context.text(said) : context.body(null, 200)
  } catch (error) {
    log.error({ error: String(error), type: body['type'] }, 'A delivery of Slack was not taken; Slack will send it again')
    return context.text('It could not be stored. Send it again.', 503)
  }
}

function signed(context: Context, body: string, signingSecret: string): boolean {
  const signature = context.req.header('x-slack-signature')
  const timestamp = Number(context.req.header('x-slack-request-timestamp'))
  if (signature === undefined || !Number.isFinite(timestamp)) return false
  return isValidSlackRequest({ signingSecret, body, headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } })
}

/** JSON, or a form: an interaction's `payload` field, or a command's fields. */
function parseBody(raw: string, contentType: string): Record<string, unknown> | undefined {
  if (contentType.startsWith('application/json')) return parseObject(raw)
  const fields = new URLSearchParams(raw)
  const payload = fields.get('payload')
  return payload === null ? (fields.size > 0 ? Object.fromEntries(fields) : undefined) : parseObject(payload)
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
