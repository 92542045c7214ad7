import type { App } from '@slack/bolt'
import { afterEach, describe, expect, it } from 'vitest'
import { startHttpBolt, startLabSlack, until, type BoltOnLab } from '../fixtures/bolt-on-lab.ts'

const quick = { rateLimitScale: Number.POSITIVE_INFINITY, delivery: { retryDelaysMs: [0, 10, 10] } }

let lab: BoltOnLab | undefined
afterEach(async () => {
  await lab?.close()
  lab = undefined
})

function echo(app: App): void {
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: 'heard', thread_ts: event.ts })
  })
  app.command('/foreman', async ({ ack, command }) => {
    await ack(`you said ${command.text}`)
  })
  app.action('go', async ({ ack, respond }) => {
    await ack()
    await respond({ replace_original: true, text: 'gone' })
  })
}

const button = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
} as const

describe('Bolt over HTTP', () => {
  it('answers the challenge, then gets signed events, commands and actions', async () => {
    lab = await startHttpBolt(quick, echo)
    const { slack, client } = lab
    slack.people.postAs('you', 'alerts', `<@${slack.credentials.botUserId}> hello`)
    await slack.waitForMessage((message) => message.text === 'heard')
    await slack.people.slash('you', 'alerts', '/foreman', 'this & that')
    expect(slack.state.ephemerals.at(-1)?.message.text).toBe('you said this & that')
    const posted = await client.chat.postMessage({ channel: 'alerts', text: 'press', blocks: [button] })
    await slack.people.click('you', { channel: 'alerts', ts: String(posted.ts) }, 'go')
    expect(await slack.waitForMessage((message) => message.text === 'gone')).toMatchObject({ ts: posted.ts })
  })

  it('refuses Socket Mode once a request URL is set', async () => {
    lab = await startHttpBolt(quick, echo)
    const response = await fetch(`${lab.served.apiUrl}apps.connections.open`, {
      headers: { authorization: `Bearer ${lab.slack.credentials.appToken}` },
    })
    expect(await response.json()).toMatchObject({ error: 'socket_mode_not_enabled' })
  })
})

/** An endpoint that answers the challenge and then as told, keeping what it got. */
async function startEndpoint(answer: (request: Request) => Response) {
  const { serve } = await import('@hono/node-server')
  const received: { headers: Headers; body: string }[] = []
  const server = serve({
    port: 0,
    fetch: async (request) => {
      const body = await request.text()
      const parsed = JSON.parse(body) as { type: string; challenge?: string }
      if (parsed.type === 'url_verification') return Response.json({ challenge: parsed.challenge })
      received.push({ headers: request.headers, body })
      return answer(request)
    },
  })
  await until(() => server.listening)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The endpoint listens on no port.')
  return { received, url: `http://127.0.0.1:${address.port}/`, close: () => server.close() }
}

describe('delivery over HTTP', () => {
  it('retries with number and reason until it is answered with success', async () => {
    const { slack, close } = await startLabSlack(quick)
    const endpoint = await startEndpoint(
      (request) => new Response('', { status: request.headers.get('x-slack-retry-num') === '2' ? 200 : 503 }),
    )
    await slack.useRequestUrl(endpoint.url)
    slack.people.postAs('you', 'alerts', 'hello')
    await until(() => endpoint.received.length === 3)
    const retries = endpoint.received.map(({ headers }) => [
      headers.get('x-slack-retry-num'),
      headers.get('x-slack-retry-reason'),
    ])
    expect(retries).toEqual([
      [null, null],
      ['1', 'http_error'],
      ['2', 'http_error'],
    ])
    expect(new Set(endpoint.received.map(({ body }) => body)).size).toBe(1)
    endpoint.close()
    await close()
  })

  it('stops retrying when told so', async () => {
    const { slack, close } = await startLabSlack(quick)
    const endpoint = await startEndpoint(() => new Response('', { status: 500, headers: { 'x-slack-no-retry': '1' } }))
    await slack.useRequestUrl(endpoint.url)
    slack.people.postAs('you', 'alerts', 'one')
    await until(() => endpoint.received.length === 1)
    slack.people.postAs('you', 'alerts', 'two')
    await until(() => endpoint.received.length === 2)
    expect(endpoint.received.every(({ headers }) => headers.get('x-slack-retry-num') === null)).toBe(true)
    endpoint.close()
    await close()
  })

  it('does not take a request URL that fails the challenge', async () => {
    const { slack, close } = await startLabSlack(quick)
    await expect(slack.useRequestUrl('http://127.0.0.1:9/')).rejects.toThrow(
      'did not answer the url_verification challenge',
    )
    await close()
  })
})
