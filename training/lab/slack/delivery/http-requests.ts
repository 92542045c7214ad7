import { createHmac } from 'node:crypto'
import type { Acknowledgement, Dispatch, Outgoing } from '../events.ts'
import type { InstalledApp } from '../records.ts'
import { pauseFor, withRetries, type DeliveryTimes } from './retries.ts'

export interface HttpDelivery {
  readonly dispatch: Dispatch
  /** Asks a URL to answer a `url_verification` challenge, as Slack does before it accepts a request URL. */
  verify(app: InstalledApp, requestUrl: string): Promise<boolean>
  /** Gives up every retry. */
  close(): void
}

type Reply = Acknowledgement & { final?: boolean }

/** The headers Slack signs a request with: v0 HMAC-SHA256 over `v0:<unix seconds>:<raw body>`. Real time, as receivers check staleness. */
function signedHeaders(
  signingSecret: string,
  body: string,
  seconds = Math.floor(Date.now() / 1000),
): Record<string, string> {
  const digest = createHmac('sha256', signingSecret).update(`v0:${seconds}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${digest}` }
}

function encode({ kind, payload }: Outgoing): { body: string; contentType: string } {
  if (kind === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' }
  const form = 'application/x-www-form-urlencoded'
  if (kind === 'interactive')
    return { body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), contentType: form }
  const fields = Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)])
  return { body: new URLSearchParams(fields).toString(), contentType: form }
}

function parseBody(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Events, interactions and commands as signed HTTP requests, with x-slack-retry-num and -reason on a retry. */
export function createHttpDelivery(times: DeliveryTimes): HttpDelivery {
  const closing = new AbortController()

  const request = async (
    app: InstalledApp,
    url: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Reply> => {
    const timeout = AbortSignal.timeout(times.ackTimeoutMs)
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'user-agent': 'Slackbot 1.0 (lab)', ...signedHeaders(app.signingSecret, body), ...headers },
        signal: AbortSignal.any([timeout, closing.signal]),
      })
      const text = await response.text()
      if (response.ok) return { acknowledged: true, body: parseBody(text) }
      return { acknowledged: false, reason: 'http_error', final: response.headers.get('x-slack-no-retry') === '1' }
    } catch {
      return { acknowledged: false, reason: timeout.aborted ? 'http_timeout' : 'connection_failed' }
    }
  }

  return {
    dispatch: async (app, outgoing) => {
      const url = app.requestUrl
      if (url === undefined) return { acknowledged: false, reason: 'no_request_url' }
      const { body, contentType } = encode(outgoing)
      const attempt = (number: number, reason: string) =>
        request(app, url, body, {
          'content-type': contentType,
          ...(number === 0 ? {} : { 'x-slack-retry-num': String(number), 'x-slack-retry-reason': reason }),
        })
      const retryDelays = outgoing.kind === 'events_api' ? times.retryDelaysMs : []
      return withRetries(attempt, (ms) => pauseFor(ms, closing.signal), retryDelays, closing.signal)
    },
    verify: async (app, requestUrl) => {
      const challenge = crypto.randomUUID()
      const body = JSON.stringify({ token: app.verificationToken, challenge, type: 'url_verification' })
      const reply = await request(app, requestUrl, body, { 'content-type': 'application/json' })
      if (!reply.acknowledged) return false
      return (
        reply.body === challenge ||
        (typeof reply.body === 'object' &&
          reply.body !== null &&
          'challenge' in reply.body &&
          reply.body.challenge === challenge)
      )
    },
    close: () => {
      closing.abort()
    },
  }
}
