import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentryWorker } from '../../workers/sentry/worker.ts'
import { named, openLabWorker } from './worker-calls.ts'
import type { LabWorker } from './worker-calls.ts'

const TRACE = 'aa95749dd82b28aa5183450ace1440b2'
const MERGE = '59395c05c18b9c8904853715d4136921de0b48f1'
const REPLAY = '3b23ab731b8b92b0fe8600cce5e071f9'

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
    expect(signals[0]).toMatchObject({ kind: 'anomaly', text: expect.stringContaining('0 in the 92 × 15m before') })
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

  it('shows the whole stack with links to the source at the release’s commit', async () => {
    const { structured, text, links, signals } = await sentry.call('sentry_get_stacktrace', { issue: 'QUOTE-API-1A' })
    expect(structured).toMatchObject({ issueId: '60001', exceptions: [{ frames: [{ file: 'src/currency.js', line: 2 }, { file: 'src/server.js' }] }] })
    expect(links).toEqual(expect.arrayContaining([{ title: 'src/currency.js:2', url: `https://github.com/larkspur/quote-api/blob/${MERGE}/src/currency.js#L2` }]))
    expect(text).toContain('where quote.id=q_81')
    expect(signals).toEqual([expect.objectContaining({ kind: 'error', severity: 3 }), expect.objectContaining({ kind: 'state', text: 'src/currency.js:2 in currencyOf: export function currencyOf(quote) { ⏎ return quote.price.currency where quote.id=q_81' })])
    expect((await sentry.call('sentry_get_stacktrace', { issue: 'QUOTE-API-1A', frames: 'all' })).text).toContain('processTicksAndRejections (library)')
  })

  it('shows a stack without links where no repository is mapped, and says when there is no stack', async () => {
    expect((await sentry.call('sentry_get_stacktrace', { issue: 'QUOTE-API-0F' })).links).toEqual([])
    expect((await sentry.call('sentry_get_stacktrace', { issue: 'DISPATCH-WORKER-3' })).text).toContain('carries no stack: broker refused the connection')
  })

  it('lists breadcrumbs, and tells the failed request from the rest', async () => {
    const { structured, signals } = await sentry.call('sentry_get_breadcrumbs', { issue: 'QUOTE-API-1A', only: 'trouble' })
    expect(structured).toMatchObject({ total: 1, breadcrumbs: [{ category: 'http', message: 'GET /quotes/q_81' }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'error', text: expect.stringContaining('status_code=500') })])
    expect((await sentry.call('sentry_get_breadcrumbs', { issue: 'QUOTE-API-1A', category: 'query' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('tells what people did with an issue', async () => {
    const { structured, signals } = await sentry.call('sentry_get_issue_activity', { issue: 'QUOTE-API-1A' })
    expect(structured).toMatchObject({ activity: [{ type: 'note', by: 'Tomas Lind' }, { type: 'assigned' }, { type: 'first_seen' }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'knowledge', text: expect.stringContaining('Started after 1.5.0?') })])
    expect(await sentry.call('sentry_get_issue_activity', { issue: 'QUOTE-API-1A', limit: 1 })).toMatchObject({ truncated: true })
  })

  it('counts events by any field, the most first, and sees when one group has nearly all', async () => {
    const { structured, signals, entities } = await sentry.call('sentry_query_events', { dataset: 'errors', fields: ['release', 'count()'], project: 'quote-api' })
    expect(structured).toMatchObject({ rows: [{ release: 'quote-api@1.5.0', 'count()': 212 }, { release: 'quote-api@1.4.0' }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'anomaly', text: expect.stringContaining('release=quote-api@1.5.0') })])
    expect(named(entities)).toContain('release:quote-api@1.5.0')
    const spans = await sentry.call('sentry_query_events', { dataset: 'spans', fields: ['span.op', 'span.duration', 'trace'], query: 'span.duration:>700', sort: '-span.duration' })
    expect(spans.structured).toEqual({ rows: [{ 'span.op': 'http.server', 'span.duration': 812, trace: TRACE }] })
  })

  it('pages through a table', async () => {
    const first = await sentry.call('sentry_query_events', { dataset: 'spans', fields: ['span.op'], sort: 'span.op', limit: 1 })
    expect(first).toMatchObject({ truncated: true, structured: { rows: [{ 'span.op': 'db' }] } })
    expect((await sentry.call('sentry_query_events', { dataset: 'spans', fields: ['span.op'], sort: 'span.op', limit: 1, cursor: first.cursor })).structured).toEqual({ rows: [{ 'span.op': 'http.server' }] })
  })

  it('says where to look when Sentry refuses a query', async () => {
    const failure = await sentry.fail('sentry_query_events', { dataset: 'spans', fields: ['median(span.duration)'] })
    expect(failure).toMatchObject({ kind: 'invalid_input', message: expect.stringContaining('sentry_list_attributes') })
  })

  it('lists what each data set can be asked for', async () => {
    const errors = await sentry.call('sentry_list_attributes', { dataset: 'errors', project: 'quote-api' })
    expect(errors.text).toContain('carrier (string, 1 values)')
    expect(errors.text).not.toContain('issue.id')
    expect((await sentry.call('sentry_list_attributes', { dataset: 'spans', contains: 'http' })).structured).toMatchObject({ attributes: [{ key: 'http.status_code', type: 'number', custom: true }] })
  })

  it('shows one release with its deploys and health', async () => {
    const { structured, signals } = await sentry.call('sentry_get_release', { release: 'quote-api@1.5.0' })
    expect(structured).toMatchObject({ release: { newIssues: 1, commits: 2 }, deploys: [{ environment: 'production', finishedAt: '2026-03-12T09:43:00Z' }], health: [{ project: 'quote-api', crashFreeSessions: 95.9 }] })
    expect(signals.map(({ kind }) => kind)).toEqual(['change', 'anomaly', 'state'])
  })

  it('lists the commits and files of a release, or says that none were reported', async () => {
    const { structured, entities } = await sentry.call('sentry_list_release_commits', { release: 'quote-api@1.5.0' })
    expect(structured).toMatchObject({ commits: [{ sha: MERGE, pull: '#4' }, { sha: '54563f95fefa691baa82a522156322c21f7d6df3', author: 'Priya Raman' }], files: [{ path: 'src/currency.js', change: 'modified' }] })
    expect(named(entities)).toEqual(expect.arrayContaining(['pull_request:#4', 'file:src/currency.js', 'repository:larkspur/quote-api']))
    expect((await sentry.call('sentry_list_release_commits', { release: 'dispatch-worker@0.9.1' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('sees that the sessions of one release crash more than the others’', async () => {
    const { structured, signals } = await sentry.call('sentry_get_release_health', { project: 'quote-api' })
    expect(structured).toMatchObject({ releases: expect.arrayContaining([expect.objectContaining({ release: 'quote-api@1.5.0', crashFreeSessions: 0.959 })]) })
    expect(signals).toEqual([expect.objectContaining({ kind: 'anomaly', text: expect.stringContaining('quote-api@1.5.0 crashes: 4.10 %') })])
    expect((await sentry.call('sentry_get_release_health', { project: 'dispatch-worker' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('lists the runs of one cron monitor, and since when they are bad', async () => {
    const { structured, signals } = await sentry.call('sentry_list_cron_checkins', { monitor: 'nightly-rates' })
    expect(structured).toMatchObject({ checkins: [{ status: 'missed', ms: null }, { status: 'ok', ms: 41_200 }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'state', severity: 3, at: '2026-03-12T02:00:00Z' })])
    expect((await sentry.fail('sentry_list_cron_checkins', { monitor: 'nope' })).kind).toBe('not_found')
  })

  it('tells which URL is down as seen from outside', async () => {
    const { structured, signals, links } = await sentry.call('sentry_list_uptime_checks', { url: 'quotes.larkspur' })
    expect(structured).toMatchObject({ monitors: [{ name: 'Quotes page', down: true, checks: [{ http: 500, status: 'failure' }, { http: 200 }] }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'state', severity: 3, at: '2026-03-12T10:29:00Z' })])
    expect(links).toEqual([{ title: 'Quotes page', url: 'https://quotes.larkspur.example/health' }])
    expect((await sentry.call('sentry_list_uptime_checks', { project: 'dispatch-worker' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('lists alerts with what they watch', async () => {
    const { structured, text } = await sentry.call('sentry_list_alerts', { project: 'quote-api' })
    expect(structured).toMatchObject({ alerts: [{ name: 'New issue in quote-api', enabled: true }, { name: 'Error rate', detectors: ['Error rate'] }] })
    expect(text).toContain('Detector "Error rate" (metric_issue): count() in 60 min > 100')
    expect((await sentry.call('sentry_list_alerts', { project: 'dispatch-worker' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it.each([{ issue: 'QUOTE-API-1A' }, { replay: REPLAY }])('summarises replays (%j)', async (args) => {
    const { structured, entities } = await sentry.call('sentry_get_replay_summary', args)
    expect(structured).toMatchObject({ total: 1, replays: [{ id: REPLAY, seconds: 74, errors: 1 }] })
    expect(named(entities)).toContain('url:https://quotes.larkspur.example/q/q_81')
  })

  it('needs an issue or a replay, and says when no replay shows an issue', async () => {
    expect((await sentry.fail('sentry_get_replay_summary')).kind).toBe('invalid_input')
    expect((await sentry.call('sentry_get_replay_summary', { issue: 'QUOTE-API-0F' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('says that Seer never ran', async () => {
    expect((await sentry.call('sentry_get_seer_state', { issue: 'QUOTE-API-1A' })).structured).toEqual({ state: null })
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
