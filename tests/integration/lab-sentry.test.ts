import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createManualClock } from '../../src/core/time.ts'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const world = await loadWorld(join(import.meta.dirname, '../fixtures/world'))
const lab = createLab(world)
const o = '/api/0/organizations/larkspur'

type Json = Record<string, unknown>

async function get(path: string, query: Record<string, string | string[]> = {}, from = lab): Promise<{ status: number; headers: Headers; body: unknown }> {
  const { url, token } = from.services.sentry
  const params = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])))
  const response = await from.fetch(`${url}${path}?${params.toString()}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

async function rows(path: string, query?: Record<string, string | string[]>): Promise<Json[]> {
  const { body } = await get(path, query)
  if (!Array.isArray(body)) throw new Error(`expected a list, got ${JSON.stringify(body)}`)
  return body
}

async function data(query: Record<string, string | string[]>): Promise<Json[]> {
  const { body } = await get(`${o}/events/`, query)
  return (body as { data: Json[] }).data
}

const shortIds = async (query: Record<string, string>): Promise<unknown[]> => (await rows(`${o}/issues/`, query)).map((issue) => issue['shortId'])

afterAll(() => lab.close())

describe('issues of the simulated Sentry', () => {
  it.each([
    ['is:unresolved', ['QUOTE-API-1A', 'QUOTE-API-0F']],
    ['', ['QUOTE-API-1A', 'QUOTE-API-0F', 'DISPATCH-WORKER-3']],
    ['is:resolved', ['DISPATCH-WORKER-3']],
    ['is:assigned', ['QUOTE-API-1A']],
    ['level:[error, fatal]', ['QUOTE-API-1A', 'DISPATCH-WORKER-3']],
    ['!level:error is:unresolved', ['QUOTE-API-0F']],
    ['project:dispatch-worker', ['DISPATCH-WORKER-3']],
    ['release:quote-api@1.5.0', ['QUOTE-API-1A']],
    ['release:latest', ['QUOTE-API-1A', 'DISPATCH-WORKER-3']],
    ['firstSeen:-24h', ['QUOTE-API-1A']],
    ['firstSeen:+24h', ['QUOTE-API-0F', 'DISPATCH-WORKER-3']],
    ['age:-2h', ['QUOTE-API-1A']],
    ['lastSeen:>=2026-03-12T10:00:00', ['QUOTE-API-1A']],
    ['timesSeen:>500', ['QUOTE-API-0F']],
    ['assigned:iokafor', ['QUOTE-API-1A']],
    ['assigned:ines@larkspur.example', ['QUOTE-API-1A']],
    ['environment:staging', ['QUOTE-API-1A']],
    ['carrier:north*', ['QUOTE-API-0F']],
    ['has:carrier', ['QUOTE-API-0F']],
    ['!has:carrier is:unresolved', ['QUOTE-API-1A']],
    ['"carrier rates"', ['QUOTE-API-0F']],
    ['broker OR currency', ['QUOTE-API-1A', 'DISPATCH-WORKER-3']],
    ['(level:fatal OR level:error) !is:resolved', ['QUOTE-API-1A']],
    ['error.type:TypeError', ['QUOTE-API-1A']],
    ['issue:QUOTE-API-0F', ['QUOTE-API-0F']],
  ])('finds by %j', async (query, expected) => {
    expect(await shortIds({ query })).toEqual(expected)
  })

  it('looks for unresolved issues when no query is given', async () => {
    expect(await shortIds({})).toEqual(await shortIds({ query: 'is:unresolved' }))
  })

  it.each([['date', ['60001', '60002', '60003']], ['new', ['60001', '60003', '60002']], ['freq', ['60002', '60001', '60003']], ['user', ['60002', '60001', '60003']]])('sorts by %s', async (sort, ids) => {
    expect((await rows(`${o}/issues/`, { query: '', sort })).map((issue) => issue['id'])).toEqual(ids)
  })

  it('counts inside the window that is asked for, by the world\'s clock', async () => {
    const hour = await rows(`${o}/issues/`, { query: 'currency', start: '2026-03-12T10:00:00', end: '2026-03-12T10:30:00' })
    const ever = await rows(`${o}/issues/`, { query: 'currency' })
    expect([hour[0]?.['count'], ever[0]?.['count']]).toEqual(['152', '212'])
    expect(await shortIds({ query: '', statsPeriod: '1h' })).toEqual(['QUOTE-API-1A'])
  })

  it('pages by cursor and says when nothing is behind', async () => {
    const first = await get(`${o}/issues/`, { query: '', limit: '2' })
    const [, cursor = ''] = /rel="next"; results="true"; cursor="([^"]+)"/.exec(first.headers.get('link') ?? '') ?? []
    const second = await get(`${o}/issues/`, { query: '', limit: '2', cursor })
    expect([first.body, second.body].map((page) => (page as Json[]).map((issue) => issue['id']))).toEqual([['60001', '60002'], ['60003']])
    expect(second.headers.get('link')).toContain('rel="next"; results="false"')
  })

  it('answers a search it cannot read with 400 and the reason', async () => {
    expect(await get(`${o}/issues/`, { query: '(level:error' })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('parenthesis') } })
    expect(await get(`${o}/issues/`, { query: 'level:' })).toMatchObject({ status: 400, body: { detail: 'Empty string after \'level:\'' } })
    expect(await get(`${o}/issues/`, { statsPeriod: 'soon' })).toMatchObject({ status: 400 })
    expect(await get(`${o}/issues/`, { project: '77' })).toMatchObject({ status: 400 })
  })

  it('shows an issue by number and by short id, with its activity', async () => {
    const { body } = await get(`${o}/issues/quote-api-1a/`)
    expect(body).toMatchObject({ id: '60001', assignedTo: { name: 'Ines Okafor' }, firstRelease: { version: 'quote-api@1.5.0' }, activity: [{ type: 'note' }, { type: 'assigned' }, { type: 'first_seen' }] })
    expect(await get(`${o}/issues/1/`)).toMatchObject({ status: 404, body: { detail: 'The requested resource does not exist' } })
  })

  it('shows the latest, oldest and a named event with frames, breadcrumbs and neighbours', async () => {
    const latest = (await get(`${o}/issues/60001/events/latest/`)).body as { id: string; previousEventID: string; entries: { type: string; data: Json }[] }
    const oldest = (await get(`${o}/issues/60001/events/oldest/`)).body as { id: string }
    const named = (await get(`/api/0/projects/larkspur/quote-api/events/${latest.previousEventID}/`)).body as { nextEventID: string }
    expect(latest.entries.map((entry) => entry.type)).toEqual(['exception', 'breadcrumbs', 'request'])
    expect(JSON.stringify(latest.entries[0]?.data)).toContain('"function":"currencyOf"')
    expect([named.nextEventID, oldest.id]).toEqual([latest.id, world.sentry.issues[0]?.events[0]?.id])
  })

  it('spreads an issue over a tag\'s values', async () => {
    expect((await get(`${o}/issues/60001/tags/environment/`)).body).toMatchObject({ totalValues: 212, topValues: [{ value: 'production', count: 141 }, { value: 'staging', count: 71 }] })
  })
})

describe('queries of the simulated Sentry', () => {
  it('counts as many errors as the issues do, not as many as are stored', async () => {
    const found = await data({ dataset: 'errors', field: ['issue', 'count()'], sort: '-count()', start: '2026-03-12T07:00:00', end: '2026-03-12T10:30:00' })
    expect(found).toEqual([{ issue: 'QUOTE-API-1A', 'count()': 212 }, { issue: 'QUOTE-API-0F', 'count()': 5 }])
  })

  it('lists only errors that are stored', async () => {
    const found = await data({ dataset: 'errors', field: ['id', 'timestamp', 'release'], query: 'release:quote-api@1.5.0', sort: '-timestamp' })
    expect(found.map((row) => row['timestamp'])).toEqual(['2026-03-12T10:28:00+00:00', '2026-03-12T10:10:00+00:00', '2026-03-12T09:44:10+00:00'])
  })

  it('groups spans and computes percentiles', async () => {
    expect(await data({ dataset: 'spans', field: ['span.op', 'p95(span.duration)', 'count()'], sort: '-p95_span_duration' }))
      .toEqual([{ 'span.op': 'http.server', 'p95(span.duration)': 812, 'count()': 1 }, { 'span.op': 'db', 'p95(span.duration)': 640, 'count()': 1 }])
    expect(await data({ dataset: 'spans', field: ['span.description'], query: 'span.duration:>700ms' })).toMatchObject([{ 'span.description': 'GET /quotes/:id' }])
  })

  it('filters groups by conditions on aggregates', async () => {
    expect(await data({ dataset: 'errors', field: ['issue', 'count()'], query: 'count():>100 level:error', statsPeriod: '24h' })).toEqual([{ issue: 'QUOTE-API-1A', 'count()': 212 }])
  })

  it('reads logs by attribute and trace', async () => {
    expect(await data({ dataset: 'logs', field: ['message', 'severity'], query: `severity:error trace:${world.sentry.traces[0]?.id}` })).toMatchObject([{ message: 'quote q_81 has no price', severity: 'error' }])
  })

  it('dates the onset in a time series', async () => {
    const { body } = await get(`${o}/events-timeseries/`, { dataset: 'errors', yAxis: 'count()', interval: '1h', query: 'issue:QUOTE-API-1A', start: '2026-03-12T08:00:00', end: '2026-03-12T10:30:00' })
    const [series] = (body as { timeSeries: { values: { value: number; incomplete: boolean }[] }[] }).timeSeries
    expect(series?.values.map(({ value, incomplete }) => [value, incomplete])).toEqual([[0, false], [60, false], [152, true]])
  })

  it('validates fields, queries and order before a search', async () => {
    const fine = await get(`${o}/events/validate/`, { dataset: 'spans', field: ['span.op', 'count()'], query: 'span.op:db', sort: '-count()' })
    const wrong = await get(`${o}/events/validate/`, { dataset: 'spans', field: 'span.colour', sort: '-count()' })
    expect([fine.status, wrong.status]).toEqual([200, 400])
    expect(wrong.body).toMatchObject({ valid: false, field: [{ error: 'Unknown attribute' }], orderby: [{ valid: false }] })
  })

  it('builds a trace as a tree with the errors that happened in it', async () => {
    const [root] = await rows(`${o}/trace/${world.sentry.traces[0]?.id}/`)
    expect(root).toMatchObject({ op: 'http.server', children: [{ op: 'db', errors: [{ issue_id: 60001 }, { issue_id: 60001 }, { issue_id: 60001 }] }] })
  })
})

describe('the rest of the simulated Sentry', () => {
  it('shows releases with health, deploys, commits and files', async () => {
    const [release] = await rows(`${o}/releases/`, { project: '901', health: '1' })
    const commits = await rows(`${o}/releases/quote-api%401.5.0/commits/`)
    const files = await rows(`${o}/releases/quote-api%401.5.0/commitfiles/`)
    expect(release).toMatchObject({ version: 'quote-api@1.5.0', newGroups: 1, lastDeploy: { environment: 'production' }, projects: [{ healthData: { crashFreeSessions: 95.9 } }] })
    expect(commits.map((commit) => (commit['author'] as Json)['email'])).toEqual(['priya@larkspur.example', 'priya@larkspur.example'])
    expect(files[0]).toMatchObject({ filename: 'src/currency.js', type: 'M', repoName: 'larkspur/quote-api' })
  })

  it('shows monitors, check-ins, uptime, alerts and replays', async () => {
    const [monitor] = await rows(`${o}/monitors/`)
    const checkins = await rows(`${o}/monitors/nightly-rates/checkins/`)
    const checks = await rows('/api/0/projects/larkspur/quote-api/uptime/7701/checks/')
    const alerts = await rows(`${o}/combined-rules/`)
    expect(monitor).toMatchObject({ slug: 'nightly-rates', environments: [{ status: 'error' }] })
    expect([checkins.map((each) => each['status']), checks.map((each) => each['httpStatusCode']), alerts.map((each) => each['type'])]).toEqual([['missed', 'ok'], [500, 200], ['rule', 'alert_rule']])
    expect((await get(`${o}/replay-count/`, { query: 'issue.id:[60001]' })).body).toEqual({ 60001: 1 })
  })

  it('names itself as the region, so that clients stay on it', async () => {
    expect((await get(`${o}/`)).body).toMatchObject({ links: { regionUrl: 'http://sentry.lab' }, isEarlyAdopter: false, dateCreated: '2025-01-10T08:00:00Z' })
  })

  it('links a frame to its source', async () => {
    expect((await get('/api/0/projects/larkspur/quote-api/stacktrace-link/', { file: 'src/currency.js', lineNo: '2' })).body).toMatchObject({ sourceUrl: 'https://github.com/larkspur/quote-api/blob/main/src/currency.js#L2' })
  })

  it('says its rate limits, refuses writes, and counts strays', async () => {
    const { headers } = await get(`${o}/projects/`)
    expect(headers.get('x-sentry-rate-limit-concurrentlimit')).toBe('25')
    const { url, token } = lab.services.sentry
    const write = await lab.fetch(`${url}${o}/issues/60001/`, { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: '{"status":"resolved"}' })
    expect([write.status, lab.recorder.writes().length]).toEqual([403, 1])
    expect(await get(`${o}/nothing-here/`)).toMatchObject({ status: 404 })
    expect(lab.recorder.unknownRoutes().map((request) => request.path)).toEqual([`${o}/nothing-here/`])
  })

  it('does not know what has not happened yet by its clock', async () => {
    const earlier = createLab(world, { clock: createManualClock('2026-03-12T09:50:00Z') })
    const { body } = await get(`${o}/events/`, { dataset: 'errors', field: 'id', query: 'issue:QUOTE-API-1A' }, earlier)
    expect((body as { data: Json[] }).data).toHaveLength(1)
    await earlier.close()
  })

  it('answers the same bytes to the same question', async () => {
    const again = createLab(world)
    const text = async (from: typeof lab): Promise<string> => JSON.stringify(await get(`${o}/issues/60001/`, {}, from))
    expect(await text(again)).toBe(await text(lab))
    await again.close()
  })
})
