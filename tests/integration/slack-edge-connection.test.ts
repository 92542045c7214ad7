import { createHmac } from 'node:crypto'
import { serve } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigurationError, TransientError } from '../../src/core/errors.ts'
import { until } from '../fixtures/bolt-on-lab.ts'
import { startEdge, type EdgeOnLab } from '../fixtures/edge-on-lab.ts'

let lab: EdgeOnLab
let closeServer: (() => void) | undefined
afterEach(async () => {
  await lab.close()
  closeServer?.()
  closeServer = undefined
})

const connections = () => lab.slack.sockets.connections(lab.slack.credentials.appId)
const ask = (text: string) => lab.slack.people.postAs('you', 'alerts', `<@${lab.slack.credentials.botUserId}> ${text}`)

describe('Socket Mode', () => {
  it.each(['refresh_requested', 'warning'] as const)('comes back after Slack says %s', async (reason) => {
    lab = await startEdge()
    lab.slack.sockets.disconnect(lab.slack.credentials.appId, reason)
    await until(() => lab.slack.calls.filter(({ method }) => method === 'apps.connections.open').length === 2 && connections() === 1)
    ask('still there?')
    await until(() => lab.heard.alerts.length === 1)
    expect(lab.complaints).toEqual([])
  })

  it('comes back after the connection was cut and Slack was down for a while', async () => {
    lab = await startEdge()
    lab.slack.faults.add({ method: 'apps.connections.open', times: 4, kind: { type: 'status', status: 503 } })
    lab.slack.sockets.drop(lab.slack.credentials.appId)
    await vi.waitFor(() => expect(lab.edge.health()).rejects.toThrow(/not connected/), { interval: 2 })
    await until(() => connections() === 1)
    ask('still there?')
    await until(() => lab.heard.alerts.length === 1)
    await expect(lab.edge.health()).resolves.toBeUndefined()
  })

  it('goes on after envelopes that are not understood', async () => {
    lab = await startEdge()
    for (const envelope of ['{', '[]', '{"type":"events_api","envelope_id":"1","payload":{"type":"app_rate_limited"}}', '{"type":"interactive","envelope_id":"2"}']) lab.slack.sockets.sendRaw(lab.slack.credentials.appId, envelope)
    ask('still there?')
    await until(() => lab.heard.alerts.length === 1)
    expect(connections()).toBe(1)
  })

  it('takes an envelope that Slack sends twice to the desk with the same claims', async () => {
    lab = await startEdge()
    lab.slack.sockets.duplicateNext()
    lab.slack.people.postSentryAlert('alerts', { organization: 'harbour', project: 'checkout', issueId: '1', shortId: 'C-1', title: 'Error' })
    await until(() => lab.heard.alerts.length === 2)
    expect(lab.heard.alerts[0]?.claims).toEqual(lab.heard.alerts[1]?.claims)
  })

  it('leaves what could not be stored unacknowledged, so that Slack sends it again', async () => {
    lab = await startEdge({ workspace: { delivery: { ackTimeoutMs: 200, retryDelaysMs: [0, 20, 20] } } })
    lab.answers.push(new TransientError('no database'), new TransientError('no database'))
    lab.slack.people.postSentryAlert('alerts', { organization: 'harbour', project: 'checkout', issueId: '1', shortId: 'C-1', title: 'Error' })
    await until(() => lab.heard.alerts.length === 3)
    expect(new Set(lab.heard.alerts.map(({ claims }) => claims.join())).size).toBe(1)
  })

  it.each([['auth.test', /SLACK_BOT_TOKEN/], ['apps.connections.open', /SLACK_APP_TOKEN/]])('does not start when Slack refuses the token at %s', async (method, message) => {
    lab = await startEdge({ via: 'none' })
    lab.slack.faults.add({ method, times: 9, kind: { type: 'refusal', error: 'invalid_auth' } })
    await expect(lab.edge.start()).rejects.toSatisfy((error) => error instanceof ConfigurationError && message.test(error.message))
  })
})

/** The edge's routes behind a port, accepted by the workspace as its request URL. */
async function serveRoutes(): Promise<string> {
  lab = await startEdge({ via: 'http' })
  const { routes } = lab.edge
  if (!routes) throw new Error('There are no routes.')
  const server = serve({ fetch: routes.fetch, port: 0 })
  closeServer = () => void server.close()
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
  await lab.slack.useRequestUrl(url)
  return url
}

describe('events over HTTP', () => {
  it('hears questions, commands and clicks by one signed request URL', async () => {
    await serveRoutes()
    await lab.edge.start()
    ask('why?')
    await until(() => lab.heard.alerts.length === 1)
    const answer = await lab.slack.people.slash('you', 'alerts', '/foreman', 'and this?')
    expect(answer).toMatchObject({ acknowledged: true })
    await until(() => lab.heard.alerts.length === 2)
    await lab.slack.people.slash('you', 'alerts', '/foreman', '')
    await until(() => lab.slack.state.ephemerals.length === 1)
  })

  it('is sent again what could not be stored', async () => {
    await serveRoutes()
    await lab.edge.start()
    lab.answers.push(new TransientError('no database'))
    lab.slack.people.postSentryAlert('alerts', { organization: 'harbour', project: 'checkout', issueId: '1', shortId: 'C-1', title: 'Error' })
    await until(() => lab.heard.alerts.length === 2)
    expect(lab.heard.alerts[0]?.claims).toEqual(lab.heard.alerts[1]?.claims)
  })

  it.each([
    ['no signature', {}, '{}', 401],
    ['a wrong signature', { 'x-slack-signature': 'v0=00', 'x-slack-request-timestamp': 'now' }, '{}', 401],
    ['an old timestamp', { 'x-slack-signature': 'signed', 'x-slack-request-timestamp': '1000000000' }, '{}', 401],
    ['no JSON', { 'x-slack-signature': 'signed', 'x-slack-request-timestamp': 'now' }, '{', 400],
    ['too much', { 'x-slack-signature': 'signed', 'x-slack-request-timestamp': 'now' }, 'x'.repeat(1024 * 1024 + 1), 413],
  ])('refuses a request with %s', async (_what, given: Record<string, string>, body, status) => {
    const url = await serveRoutes()
    const timestamp = given['x-slack-request-timestamp'] === 'now' ? String(Math.floor(Date.now() / 1000)) : (given['x-slack-request-timestamp'] ?? '')
    const signature = `v0=${createHmac('sha256', lab.slack.credentials.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`
    const headers = { ...given, 'content-type': 'application/json', ...(timestamp !== '' && { 'x-slack-request-timestamp': timestamp }), ...(given['x-slack-signature'] === 'signed' && { 'x-slack-signature': signature }) }
    const response = await fetch(url, { method: 'POST', headers, body })
    expect(response.status).toBe(status)
  })

  it('answers 503 until it is started', async () => {
    const url = await serveRoutes()
    const timestamp = String(Math.floor(Date.now() / 1000))
    const body = '{"type":"event_callback"}'
    const signature = `v0=${createHmac('sha256', lab.slack.credentials.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } })
    expect(response.status).toBe(503)
    await expect(lab.edge.health()).rejects.toThrow(/not taking events/)
  })
})
