import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ToolOutcome, ToolResult } from '../../src/core/tool.ts'
import { createLab, type Lab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { createRedactor } from '../../workers/kit/redact.ts'
import { RailwayConnection } from '../../workers/railway/client.ts'
import { railwayWorker } from '../../workers/railway/worker.ts'
import { invokeTool, resultOf } from './worker-calls.ts'

const deployment = 'bcdb1725-801f-4baa-8736-bdb60623a815'
const defects: unknown[] = []
let lab: Lab
let connection: RailwayConnection

beforeAll(async () => {
  const world = await loadWorld(join(import.meta.dirname, '../fixtures/world'))
  const project = world.railway.projects[0]
  if (project === undefined) throw new Error('the fixture has a project')
  lab = createLab(world)
  connection = RailwayConnection.parse({ ...lab.services.railway, tokenKind: 'account', projectId: project.id })
})
afterAll(() => lab.close())

async function outcome(tool: string, args: object = {}, overrides: Partial<RailwayConnection> = {}): Promise<ToolOutcome> {
  const given = Object.keys(overrides).length === 0 ? connection : { ...connection, ...overrides }
  const worker = railwayWorker.bind(given, { clock: lab.clock, fetch: lab.fetch, redactor: createRedactor(), onDefect: (error) => defects.push(error) })
  return await invokeTool(worker, `railway_${tool}`, args)
}

async function result(tool: string, args: object = {}): Promise<ToolResult> {
  return resultOf(await outcome(tool, args))
}

describe('the Railway worker', () => {
  test('shows the crashed service first and what was deployed from which commit', async () => {
    const { text, signals } = await result('environment_status')
    expect(text.split('\n')[1]).toMatch(/^rates-sync: CRASHED/)
    expect(signals[0]).toMatchObject({ kind: 'state', severity: 3, entities: expect.arrayContaining([expect.objectContaining({ kind: 'service', value: 'rates-sync' })]) })
    expect(signals[1]).toMatchObject({ kind: 'change', at: '2026-03-12T09:41:00Z', entities: expect.arrayContaining([expect.objectContaining({ kind: 'commit', value: '59395c05c18b9c8904853715d4136921de0b48f1' })]) })
  })

  test('lists deployments of the window and the one before it', async () => {
    const { structured } = await result('list_deployments', { service: 'quote-api', minutes: 120 })
    expect(structured).toMatchObject({ deployments: [{ deployment, status: 'SUCCESS', author: 'praman' }], before: { status: 'REMOVED' } })
  })

  test('reads the logs of the deployments that ran in the window', async () => {
    const { text, signals } = await result('deploy_logs', { service: 'quote-api' })
    expect(text).toContain('ERROR ×1 2026-03-12 10:27:59Z')
    expect(signals).toMatchObject([{ kind: 'error', entities: [{ kind: 'service', value: 'quote-api' }, { kind: 'deployment', value: deployment }, { kind: 'error_type', value: 'TypeError' }] }])
    expect((await result('deploy_logs', { service: 'quote-api', search: 'no such words' })).signals).toMatchObject([{ kind: 'absence' }])
  })

  test('names failed requests by path and status', async () => {
    const { signals } = await result('http_logs', { service: 'quote-api', minStatus: 500 })
    expect(signals[0]).toMatchObject({ kind: 'error', text: 'GET /quotes/q_81 answered 500 ×1', entities: expect.arrayContaining([{ kind: 'status_code', value: '500' }]) })
  })

  test('gives names and hashes of variables and never a value', async () => {
    const got = await result('variable_names', { service: 'quote-api' })
    expect(got.text).toContain('DATABASE_URL #')
    expect(JSON.stringify(got)).not.toMatch(/not-a-secret|postgres:\/\//)
  })

  test.each([
    ['get_deployment', { deployment }, 'HEALTHCHECK finished'],
    ['build_logs', { service: 'quote-api' }, 'build finished in 75 s'],
    ['http_errors', { service: 'quote-api' }, '500: 1 (100%)'],
    ['http_latency', { service: 'quote-api' }, 'p95 812'],
    ['resource_metrics', { service: 'quote-api' }, 'MEMORY_USAGE_GB'],
    ['get_service_config', { service: 'rates-sync' }, 'cronSchedule: 0 2 * * *'],
    ['domain_status', { service: 'quote-api' }, 'quotes.larkspur.example (custom) port 8080: fine'],
  ])('%s answers with a link', async (tool, args, expected) => {
    const { text, links } = await result(tool, args)
    expect(text).toContain(expected)
    expect(links[0]?.url).toContain('https://railway.com/project/')
  })

  test('looks services up once for many calls', async () => {
    const before = lab.recorder.requests.length
    await result('domain_status', { service: 'quote-api' })
    expect(lab.recorder.requests.length - before).toBe(1)
  })

  test('only reads, and only what the service knows', () => {
    expect(lab.recorder.requests.length).toBeGreaterThan(20)
    expect([...lab.recorder.writes(), ...lab.recorder.unknownRoutes()]).toEqual([])
  })
})

describe('the Railway worker told something wrong', () => {
  test('lists the services there are', async () => {
    expect(await outcome('deploy_logs', { service: 'qoute-api' })).toMatchObject({ ok: false, failure: { kind: 'invalid_input', message: 'No service is called qoute-api. There are: quote-api, rates-sync.' } })
  })

  test('names the environments when the configured one is missing', async () => {
    expect(await outcome('environment_status', {}, { environment: 'prod' })).toMatchObject({ ok: false, failure: { kind: 'invalid_input', message: expect.stringContaining('production, pr-5') } })
  })

  test('says that a token is refused', async () => {
    expect(await outcome('environment_status', {}, { token: 'wrong' })).toMatchObject({ ok: false, failure: { kind: 'unauthorized' } })
  })

  test('says that a deployment is unknown', async () => {
    expect(await outcome('get_deployment', { deployment: '00000000-0000-4000-8000-000000000000' })).toMatchObject({ ok: false, failure: { kind: 'not_found' } })
  })

  test('refuses a window that is reversed', async () => {
    expect(await outcome('http_errors', { service: 'quote-api', start: '2026-03-12T10:00:00Z', end: '2026-03-12T09:00:00Z' })).toMatchObject({ ok: false, failure: { kind: 'invalid_input', message: expect.stringContaining('reversed') } })
  })
})

test('nothing that went wrong was our own mistake', () => {
  expect(defects).toEqual([])
})
