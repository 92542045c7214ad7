import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/adapters/telemetry/create-metrics.ts'
import { createWeb } from '../../src/adapters/web/create-web.ts'
import { serveWeb, type ServedWeb } from '../../src/adapters/web/serve-web.ts'
import type { Alert } from '../../src/core/alert.ts'
import type { Admission, Desk } from '../../src/core/desk.ts'
import { ConfigurationError, TransientError } from '../../src/core/errors.ts'
import { systemClock } from '../../src/core/time.ts'
import { noUsage } from '../../src/core/usage.ts'
import { createSentryWebhook } from '../../src/sentry-webhook.ts'
import { sentryDelegation } from '../fixtures/investigation.ts'

const secret = 'client-secret'
const triggered = JSON.stringify({ action: 'triggered', data: { event: { event_id: 'e1', issue_id: '4711', title: 'TypeError: ü' } } })

let served: ServedWeb
let metrics: ReturnType<typeof createMetrics>
let admitted: { alert: Alert; claims: readonly string[] }[]
let answers: (Admission | Error)[]
let warnings: string[]
let storeWorks: boolean

const desk: Desk = {
  admit: async (alert, claims) => {
    admitted.push({ alert, claims })
    const next = answers.shift() ?? { outcome: 'started', runId: 'run-1', incident: null }
    if (next instanceof Error) throw next
    return next
  },
  followUp: async () => ({ outcome: 'duplicate' }),
  stop: async () => false,
}

beforeEach(async () => {
  metrics = createMetrics()
  admitted = []
  answers = []
  warnings = []
  storeWorks = true
  const sentryWebhook = createSentryWebhook({ secret, organization: 'harbour', desk, clock: systemClock, newId: () => 'alert-1', log: { warn: (_about, message) => void warnings.push(message) } })
  const store = async (): Promise<void> => {
    if (!storeWorks) throw new TransientError('The database cannot be reached.')
  }
  served = await serveWeb(createWeb({ sentryWebhook, readiness: { store, slack: async () => undefined }, metrics }), { host: '127.0.0.1', port: 0 })
})
afterEach(() => served.close())

function headersOf(body: string, changes: Record<string, string | undefined> = {}): Record<string, string> {
  const headers = {
    'sentry-hook-resource': 'event_alert',
    'sentry-hook-timestamp': String(Math.floor(Date.now() / 1000)),
    'sentry-hook-signature': createHmac('sha256', secret).update(body).digest('hex'),
    ...changes,
  }
  return Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

async function post(body: string, changes: Record<string, string | undefined> = {}): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`${served.url}/webhooks/sentry`, { method: 'POST', body, headers: headersOf(body, changes) })
  return { status: response.status, answer: await response.json() }
}

describe("Sentry's webhook", () => {
  it('is admitted when it is signed, and answered with what became of it', async () => {
    expect(await post(triggered)).toEqual({ status: 202, answer: { outcome: 'started' } })
    expect(admitted).toMatchObject([{ alert: { title: 'TypeError: ü', sentry: { issueId: '4711', organization: 'harbour' } }, claims: ['sentry:event_alert:4711:e1'] }])
  })

  it('that came before is answered with 200', async () => {
    answers.push({ outcome: 'duplicate' })
    expect(await post(triggered)).toEqual({ status: 200, answer: { outcome: 'duplicate' } })
  })

  it.each([
    ['no signature', { 'sentry-hook-signature': undefined }],
    ['no timestamp', { 'sentry-hook-timestamp': undefined }],
    ['another signature', { 'sentry-hook-signature': 'ab'.repeat(32) }],
    ['an old timestamp', { 'sentry-hook-timestamp': '1000000000' }],
  ])('with %s is refused and reaches nobody', async (_what, changes) => {
    expect(await post(triggered, changes)).toMatchObject({ status: 401, answer: { outcome: 'refused' } })
    expect(admitted).toEqual([])
  })

  it('that is malformed is told what is missing', async () => {
    expect(await post('{"action":"triggered","data":{}}')).toMatchObject({ status: 400, answer: { reason: expect.stringContaining('data.event') } })
  })

  it('of no interest is answered with 200 and the reason', async () => {
    expect(await post(triggered, { 'sentry-hook-resource': 'comment' })).toMatchObject({ status: 200, answer: { outcome: 'ignored' } })
  })

  it('that could not be stored is to be sent again', async () => {
    answers.push(new TransientError('no database'))
    expect(await post(triggered)).toMatchObject({ status: 503, answer: { reason: expect.stringContaining('Send it again') } })
    expect(warnings).toHaveLength(1)
  })

  it('above a megabyte is refused unread', async () => {
    expect(await post(`"${'x'.repeat(1024 * 1024)}"`)).toMatchObject({ status: 413 })
  })

  it('has no path when no secret is configured', async () => {
    const web = createWeb({ readiness: {}, metrics })
    expect((await web.request('/webhooks/sentry', { method: 'POST', body: triggered })).status).toBe(404)
  })
})

describe('health', () => {
  it('is up while the process answers, whatever else is down', async () => {
    storeWorks = false
    expect((await fetch(`${served.url}/health`)).status).toBe(200)
  })

  it('is ready when everything works, and names what does not', async () => {
    expect(await (await fetch(`${served.url}/ready`)).json()).toEqual({ store: 'ok', slack: 'ok' })
    storeWorks = false
    const response = await fetch(`${served.url}/ready`)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ store: 'The database cannot be reached.', slack: 'ok' })
  })

  it('cannot be served on a port that is taken', async () => {
    const port = Number(new URL(served.url).port)
    await expect(serveWeb(createWeb({ readiness: {}, metrics }), { host: '127.0.0.1', port })).rejects.toSatisfy((error) => error instanceof ConfigurationError && error.message.includes(`Port ${port} is in use`))
  })
})

describe('metrics', () => {
  it('count admissions, acknowledgements and what agents did, replays left out', async () => {
    await post(triggered)
    metrics.listen({ type: 'call_ended', runId: 'r', agent: 'sentry', call: { ...sentryDelegation, tool: 'sentry_get_issue' }, replayed: false })
    metrics.listen({ type: 'call_ended', runId: 'r', agent: 'sentry', call: { ...sentryDelegation, tool: 'sentry_get_issue' }, replayed: true })
    metrics.listen({ type: 'turn_ended', runId: 'r', agent: 'sentry', index: 0, usage: { ...noUsage, inputTokens: 1200, usd: 0.31 }, ms: 5, replayed: false })
    metrics.listen({ type: 'run_ended', runId: 'r', agent: 'orchestrator', reason: 'reported', message: '', usage: noUsage, ms: 41_000 })
    metrics.admitted('mention', 'started')
    metrics.queueDepth('waiting', 3)
    const response = await fetch(`${served.url}/metrics`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(text.split('\n')).toEqual(expect.arrayContaining([
      'foreman_admissions_total{source="mention",outcome="started"} 1',
      'foreman_ack_seconds_count{source="sentry_webhook"} 1',
      'foreman_tool_calls_total{tool="sentry_get_issue",outcome="ok"} 1',
      'foreman_model_tokens_total{agent="sentry",direction="in"} 1200',
      'foreman_model_usd_total{agent="sentry"} 0.31',
      'foreman_agent_runs_total{agent="orchestrator",reason="reported"} 1',
      'foreman_queue_jobs{state="waiting"} 3',
    ]))
  })
})
