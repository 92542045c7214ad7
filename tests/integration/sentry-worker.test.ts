import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentryWorker } from '../../workers/sentry/worker.ts'
import { named, openLabWorker } from './worker-calls.ts'
import type { LabWorker } from './worker-calls.ts'

const TRACE = 'aa95749dd82b28aa5183450ace1440b2'

describe('the Sentry worker on the lab', () => {
  let sentry: LabWorker

  beforeAll(async () => {
    sentry = await openLabWorker(sentryWorker, ({ services }) => ({ baseUrl: services.sentry.url, token: services.sentry.token, organization: 'larkspur' }))
  })
  afterAll(async () => sentry.close())

  it('lists the projects', async () => {
    expect(named((await sentry.call('sentry_list_projects')).entities)).toEqual(['project:quote-api', 'project:dispatch-worker'])
  })

  it('finds the issues of a window, the most frequent first, and dates the new one', async () => {
    const { structured, signals, entities } = await sentry.call('sentry_search_issues', { project: 'quote-api' })
    expect(structured).toMatchObject({ issues: [{ shortId: 'QUOTE-API-1A', count: 212, users: 41 }, { shortId: 'QUOTE-API-0F' }] })
    expect(signals).toContainEqual(expect.objectContaining({ kind: 'error', severity: 3, count: 212 }))
    expect(signals).toContainEqual(expect.objectContaining({ kind: 'anomaly', at: '2026-03-12T09:44:10Z' }))
    expect(named(entities)).toEqual(expect.arrayContaining(['issue:QUOTE-API-1A', 'error_type:TypeError', 'function:currencyOf', 'file:src/currency.js']))
  })

  it('says so when nothing matches', async () => {
    const { structured, signals } = await sentry.call('sentry_search_issues', { query: 'no such text anywhere' })
    expect(structured).toEqual({ issues: [] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it.each(['QUOTE-API-1A', '60001'])('reads the issue %s with its releases and notes', async (issue) => {
    const { structured, text } = await sentry.call('sentry_get_issue', { issue })
    expect(structured).toMatchObject({ issue: { id: '60001', shortId: 'QUOTE-API-1A' }, firstRelease: { version: 'quote-api@1.5.0' } })
    expect(text).toContain('Started after 1.5.0?')
  })

  it('lists an issue’s events, and a window without any', async () => {
    expect((await sentry.call('sentry_list_issue_events', { issue: 'QUOTE-API-1A' })).structured).toMatchObject({ events: [{ user: 'u_1' }, { user: 'u_2' }, { user: 'u_1' }] })
    const { signals } = await sentry.call('sentry_list_issue_events', { issue: 'QUOTE-API-1A', end: '2026-03-01T00:00:00Z' })
    expect(signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('shows the latest event of an issue with the team’s own frames', async () => {
    const { text, signals, entities } = await sentry.call('sentry_get_event', { issue: 'QUOTE-API-1A' })
    expect(text).toContain('at src/currency.js:2 in currencyOf')
    expect(text).toContain('> 2   return quote.price.currency')
    expect(text).not.toContain('processTicksAndRejections')
    expect(signals[0]).toMatchObject({ kind: 'error', severity: 3, text: expect.stringContaining("reading 'currency'") })
    expect(named(entities)).toEqual(expect.arrayContaining([`trace:${TRACE}`, 'environment:staging', 'release:quote-api@1.5.0', 'function:handle', 'file:src/server.js']))
    expect(named(entities)).not.toContain(`identifier:${TRACE}`)
  })

  it('finds an event by its id alone', async () => {
    expect((await sentry.call('sentry_get_event', { event: '6b42f3eb71dfb37c3738cbdd9b8b36ef' })).structured).toMatchObject({ issueId: '60001', event: { at: '2026-03-12T09:44:10Z' } })
    expect((await sentry.fail('sentry_get_event', { event: 'latest' })).kind).toBe('invalid_input')
  })

  it('tells what the events of an issue have in common', async () => {
    const { structured, signals } = await sentry.call('sentry_get_issue_tags', { issue: 'QUOTE-API-1A' })
    expect(structured).toMatchObject({ tags: expect.arrayContaining([expect.objectContaining({ key: 'release', values: [expect.objectContaining({ value: 'quote-api@1.5.0', share: 1 })] })]) })
    expect(signals.map(({ text }) => text)).toContainEqual(expect.stringContaining('release=quote-api@1.5.0'))
    expect((await sentry.call('sentry_get_issue_tags', { issue: 'QUOTE-API-1A', keys: ['no_such_tag'] })).structured).toEqual({ tags: [] })
  })

  it('dates the onset of an issue', async () => {
    const { structured, signals } = await sentry.call('sentry_event_timeseries', { issue: 'QUOTE-API-1A' })
    expect(structured).toMatchObject({ interval: '15m', total: 212, firstAt: '2026-03-12T09:30:00.000Z' })
    expect(signals[0]).toMatchObject({ kind: 'anomaly', text: expect.stringContaining('0 in the 92 buckets before') })
  })

  it('searches logs by text and severity', async () => {
    const { structured, signals, entities } = await sentry.call('sentry_search_logs', { text: 'no price', severity: 'error' })
    expect(structured).toMatchObject({ lines: [{ level: 'error', message: 'quote q_81 has no price', trace: TRACE }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'error' })])
    expect(named(entities)).toContain(`trace:${TRACE}`)
  })

  it('shows a trace as a tree with its errors, and an unknown one as unknown', async () => {
    const { structured, text } = await sentry.call('sentry_get_trace', { trace: TRACE })
    expect(structured).toMatchObject({ spans: [{ depth: 0, op: 'http.server' }, { depth: 1, op: 'db' }] })
    expect(text).toContain('FAILED internal_error')
    expect((await sentry.call('sentry_get_trace', { trace: '0'.repeat(32) })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
    expect((await sentry.fail('sentry_get_trace', { trace: 'toolu_01A09q90qw90lq917835lq9' })).message).toContain('32 hex digits')
  })

  it.each([{}, { project: 'quote-api' }])('lists releases as changes (%j)', async (args) => {
    const { signals, entities } = await sentry.call('sentry_list_releases', args)
    expect(signals).toEqual([expect.objectContaining({ kind: 'change', at: '2026-03-12T09:43:00.000Z' })])
    expect(named(entities)).toContain('commit:59395c05c18b9c8904853715d4136921de0b48f1')
  })

  it('tells a cron monitor whose last check-in was missed', async () => {
    expect((await sentry.call('sentry_list_cron_monitors', { monitor: 'nightly-rates' })).signals).toEqual([expect.objectContaining({ kind: 'state', severity: 3, text: expect.stringContaining('missed') })])
    expect((await sentry.call('sentry_list_cron_monitors', { monitor: 'nope' })).text).toContain('Known: nightly-rates')
  })

  it('says in our words that an id is unknown or a window reversed', async () => {
    expect(await sentry.fail('sentry_get_issue', { issue: 'NOPE-1' })).toMatchObject({ kind: 'not_found', status: 404 })
    expect((await sentry.fail('sentry_search_issues', { start: '2026-03-12T10:00:00Z', end: '2026-03-11T10:00:00Z' })).message).toContain('reversed')
  })

  it('says that the token is not accepted', async () => {
    const locked = await openLabWorker(sentryWorker, ({ services }) => ({ baseUrl: services.sentry.url, token: 'wrong', organization: 'larkspur' }))
    expect(await locked.fail('sentry_list_projects')).toMatchObject({ kind: 'unauthorized', status: 401 })
    await locked.close()
  })

  it('asked only for what it may, and only for routes that exist', () => {
    expect(sentry.lab.recorder.writes()).toEqual([])
    expect(sentry.lab.recorder.unknownRoutes()).toEqual([])
  })
})
