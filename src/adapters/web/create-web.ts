import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/** What a webhook's sender is told. */
export interface WebhookAnswer {
  readonly status: 200 | 202 | 400 | 401 | 503
  readonly body: { readonly outcome: string; readonly reason?: string }
}

/** A webhook's raw body and headers in, what to answer out; must answer well within a second. */
export type WebhookHandler = (rawBody: string, header: (name: string) => string | undefined) => Promise<WebhookAnswer>

export interface WebParts {
  /** Absent when no webhook secret is configured: then the path does not exist. */
  readonly sentryWebhook?: WebhookHandler | undefined
  /** What must work before traffic may come, by name. Each resolves, or rejects with a message for whoever runs the bot. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>
  readonly metrics: { text(): Promise<string>; readonly contentType: string; acknowledged(source: string, ms: number): void }
}

/** Sentry's largest payloads are far below; anything above is not a webhook of theirs. */
const largestBody = 1024 * 1024

/** The bot's own HTTP face: webhooks in, health and metrics out. */
export function createWeb({ sentryWebhook, readiness, metrics }: WebParts): Hono {
  const app = new Hono()
  app.get('/health', (context) => context.json({ status: 'up' }))
  app.get('/ready', async (context) => {
    const checks = await Promise.all(Object.entries(readiness).map(async ([name, check]) => [name, await outcomeOf(check)] as const))
    return context.json(Object.fromEntries(checks), checks.every(([, outcome]) => outcome === 'ok') ? 200 : 503)
  })
  app.get('/metrics', async (context) => context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }))
  if (sentryWebhook) {
    const tooLarge = bodyLimit({ maxSize: largestBody, onError: (context) => context.json({ outcome: 'refused', reason: 'The body is larger than 1 MB.' }, 413) })
    app.post('/webhooks/sentry', tooLarge, async (context) => {
      const began = performance.now()
      const { status, body } = await sentryWebhook(await context.req.text(), (name) => context.req.header(name))
      metrics.acknowledged('sentry_webhook', performance.now() - began)
      return context.json(body, status)
    })
  }
  return app
}

async function outcomeOf(check: () => Promise<void>): Promise<string> {
  try {
    await check()
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : 'failed'
  }
}
