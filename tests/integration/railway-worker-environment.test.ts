import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RailwayConnection } from '../../workers/railway/client.ts'
import { railwayWorker } from '../../workers/railway/worker.ts'
import { type LabWorker, named, openLabWorker } from './worker-calls.ts'

const projectId = '4dc844ab-ccfc-4d13-8d08-7c1c7fcec557'
let railway: LabWorker

beforeAll(async () => {
  railway = await openLabWorker(railwayWorker, ({ services }) => RailwayConnection.parse({ ...services.railway, tokenKind: 'account', projectId }))
})
afterAll(() => railway.close())

describe('the Railway worker on a whole environment', () => {
  test('finds the service in trouble in the logs of all', async () => {
    const { signals, links } = await railway.call('railway_environment_logs')
    expect(signals).toMatchObject([{ kind: 'error', entities: [{ kind: 'service', value: 'quote-api' }, { kind: 'error_type', value: 'TypeError' }] }])
    expect(links[0]?.url).toContain('https://railway.com/project/')
  })

  test('finds a phrase at any level, and only inside the window', async () => {
    expect((await railway.call('railway_environment_logs', { search: "reading 'currency'" })).structured).toMatchObject({ lines: 1, folded: [{ services: ['quote-api'] }] })
    expect((await railway.call('railway_environment_logs', { end: '2026-03-12T10:00:00Z', level: 'any' })).signals).toMatchObject([{ kind: 'absence' }])
  })

  test('names the host that does not resolve and the connection that was dropped', async () => {
    const { signals, text, entities } = await railway.call('railway_network_logs')
    expect(signals.map((signal) => signal.text)).toEqual([
      'quote-api asked for the host rates.northway.exampel ×1 since 2026-03-12 10:26:00Z and got NXDOMAIN: the name does not resolve.',
      'Connections of quote-api (egress) with rates-sync:8080 were dropped ×1 since 2026-03-12 10:26:31Z: no_listener.',
    ])
    expect(text).toContain('DNS NOERROR ×1 quote-api asked for rates-sync.railway.internal (internal)')
    expect(named(entities)).toEqual(expect.arrayContaining(['host:rates.northway.exampel', 'error_code:NXDOMAIN', 'service:rates-sync']))
  })

  test('keeps to the names that contain the host asked for', async () => {
    expect((await railway.call('railway_network_logs', { service: 'quote-api', host: 'RATES-sync.railway.internal:8080' })).structured).toMatchObject({ lookups: [{ outcome: 'NOERROR', answers: ['fd12:1::7'] }] })
  })

  test('tells who changed which variable, without its value', async () => {
    const got = await railway.call('railway_list_activity')
    expect(got.text).toContain('2026-03-12 09:40:00Z variable updated by praman (service=quote-api, name=RATES_URL, value=set)')
    expect(JSON.stringify(got)).not.toContain('not-a-secret')
    expect(got.signals[0]).toMatchObject({ kind: 'change', severity: 0, text: expect.stringContaining('deployment created by praman') })
    expect(got.signals[1]).toMatchObject({ kind: 'change', severity: 1, at: '2026-03-12T09:40:00Z', entities: expect.arrayContaining([{ kind: 'service', value: 'quote-api' }, expect.objectContaining({ kind: 'variable', value: 'RATES_URL' })]) })
  })

  test('goes on where it stopped when there is more activity in the window', async () => {
    const first = await railway.call('railway_list_activity', { limit: 1 })
    expect(first).toMatchObject({ truncated: true, structured: { activity: [{ object: 'deployment' }] } })
    expect((await railway.call('railway_list_activity', { limit: 1, cursor: first.cursor })).structured).toMatchObject({ activity: [{ object: 'variable' }] })
  })

  test('tells staged changes by service, variables by name only', async () => {
    const got = await railway.call('railway_staged_changes')
    expect(got.text).toContain('quote-api: deploy.numReplicas = 3')
    expect(got.text).toContain('quote-api: variables.RATES_TOKEN = set\n  quote-api: variables.OLD_FLAG = removed')
    expect(got.signals).toMatchObject([{ kind: 'state', severity: 1, at: '2026-03-12T09:50:00Z' }])
    expect(JSON.stringify(got)).not.toContain('not-a-secret')
  })

  test.each([
    ['list_volumes', {}, 'rates-cache of rates-sync at /cache: 4100 of 5000 MB (82%), READY'],
    ['service_limits', {}, 'quote-api: CPU 0.5 of 8 cores, memory 0.32 of 8 GB (most at 2026-03-12 10:29:00Z)'],
    ['service_limits', { service: 'rates-sync' }, 'rates-sync: CPU unknown of 8 cores'],
    ['deployment_events', { service: 'quote-api' }, 'SUCCESS: BUILD_IMAGE 75 s, HEALTHCHECK 30 s'],
    ['platform_status', {}, 'Railway is NOT stable.\nincident MONITORING: Slow builds in Europe'],
    ['platform_status', {}, '(https://status.railway.example/inc_1)'],
    ['get_project', {}, 'environments: production (read here), pr-5 (of a pull request)'],
    ['list_projects', {}, `larkspur (${projectId}), the configured one: environments production, pr-5; services quote-api, rates-sync`],
  ])('%s answers %j with a link', async (tool, args, expected) => {
    const { text, links } = await railway.call(`railway_${tool}`, args)
    expect(text).toContain(expected)
    expect(links).not.toEqual([])
  })

  test('says that a volume fills up and that Railway itself has an incident', async () => {
    expect((await railway.call('railway_list_volumes')).signals).toMatchObject([{ kind: 'state', severity: 1, entities: expect.arrayContaining([{ kind: 'volume', value: 'rates-cache' }, { kind: 'service', value: 'rates-sync' }]) }])
    expect((await railway.call('railway_platform_status')).signals).toMatchObject([{ kind: 'state', severity: 2 }])
  })

  test('only reads, and only what the service knows', () => {
    expect([...railway.lab.recorder.writes(), ...railway.lab.recorder.unknownRoutes()]).toEqual([])
  })
})

describe('the Railway worker with a project token', () => {
  let limited: LabWorker
  beforeAll(async () => {
    limited = await openLabWorker(railwayWorker, ({ services }) => RailwayConnection.parse({ ...services.railway, tokenKind: 'project', projectId }))
  })
  afterAll(() => limited.close())

  test('lists the one project that the token is of', async () => {
    expect(await limited.call('railway_list_projects')).toMatchObject({ structured: { projects: [{ name: 'larkspur', configured: true }] }, truncated: false })
    expect((await limited.call('railway_get_project')).text).toContain('larkspur: Quotes')
  })

  test('may not list projects, so the simulation refuses that as the service does', async () => {
    const { url, token } = limited.lab.services.railway
    const ask = async (headers: Record<string, string>, query: string) =>
      (await limited.lab.fetch(`${url}/graphql/v2`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json() as Promise<{ errors?: { message: string }[] }>
    expect((await ask({ 'project-access-token': token }, '{ projects { edges { node { id } } } }')).errors?.[0]?.message).toBe('Not Authorized')
    expect((await ask({ authorization: `Bearer ${token}` }, '{ projectToken { projectId } }')).errors?.[0]?.message).toBe('Not Authorized')
  })
})
