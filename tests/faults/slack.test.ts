import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, startDemoUnderTest } from '../fixtures/demo.ts'
import type { DemoUnderTest } from '../fixtures/demo.ts'

let demo: DemoUnderTest
beforeAll(async () => {
  demo = await startDemoUnderTest({ LOG_LEVEL: 'silent' })
})
afterEach(() => demo.slack.faults.release())
afterAll(() => demo.stop())

describe('when Slack misbehaves', () => {
  it('posts the report although every edit of the plan is throttled', async () => {
    demo.slack.faults.add({ method: 'chat.update', times: 1000, kind: { type: 'ratelimited', retryAfter: 30 } })
    const place = await demo.fire('0001-tool-call-id')
    await demo.ended(place)
    expect(demo.said(place)).toHaveLength(2)
    expect(demo.said(place)[0]?.edited).toBeUndefined()
    const updates = demo.slack.calls.filter(({ method, status }) => method === 'chat.update' && status === 429)
    expect(updates).toHaveLength(1)
  })

  it('doubles no post whose acceptance it was not told', async () => {
    demo.slack.faults.add({ method: 'chat.postMessage', times: 2, kind: { type: 'server_error_after_acceptance' } })
    const place = await demo.fire('0002-forgotten-cron')
    await demo.ended(place)
    expect(demo.said(place)).toHaveLength(2)
    expect(demo.slack.calls.filter(({ method, status }) => method === 'chat.postMessage' && status === 500)).toHaveLength(2)
  })

  it('posts the report of a run whose socket was cut, and hears the next alert', async () => {
    const { appId } = demo.slack.credentials
    const place = await demo.fire('0004-expired-token')
    await eventually('the plan', () => demo.said(place)[0])
    demo.slack.sockets.drop(appId)
    await demo.ended(place)
    expect(demo.said(place)).toHaveLength(2)
    await eventually('a new connection', () => (demo.slack.sockets.connections(appId) > 0 ? true : null))
    const next = await demo.fire('0005-schema-migration')
    await demo.ended(next)
    expect(demo.said(next)).toHaveLength(2)
  })

  it('keeps the record of an investigation whose channel was archived meanwhile', async () => {
    const alerts = [...demo.slack.state.channels.values()].find(({ name }) => name === 'alerts')
    const place = await demo.fire('0006-innocent-deploy')
    await eventually('the plan', () => demo.said(place)[0])
    if (alerts) alerts.archived = true
    expect(await demo.ended(place)).toMatchObject({ kind: 'investigation', run: { end: { reason: 'reported' } } })
    expect(await demo.bot.store.openRuns()).toEqual([])
    expect(demo.said(place)).toHaveLength(1)
    if (alerts) alerts.archived = false
  })
})
