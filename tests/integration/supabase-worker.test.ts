import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ToolOutcome, ToolResult } from '../../src/core/tool.ts'
import { createLab, type Lab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { createRedactor } from '../../workers/kit/redact.ts'
import { SupabaseConnection } from '../../workers/supabase/client.ts'
import { supabaseWorker } from '../../workers/supabase/worker.ts'
import { invokeTool, resultOf } from './worker-calls.ts'

const defects: unknown[] = []
let lab: Lab
let connection: SupabaseConnection

beforeAll(async () => {
  const world = await loadWorld(join(import.meta.dirname, '../fixtures/world'))
  const { ref: projectRef } = world.supabase.project
  lab = createLab(world)
  const { url, token } = lab.services.supabase
  connection = SupabaseConnection.parse({ url, accessToken: token, projectRef, publishableKey: token, projectUrl: `http://${projectRef}.supabase.lab` })
})
afterAll(() => lab.close())

async function outcome(tool: string, args: object = {}, overrides: Partial<SupabaseConnection> = {}): Promise<ToolOutcome> {
  const worker = supabaseWorker.bind({ ...connection, ...overrides }, { clock: lab.clock, fetch: lab.fetch, redactor: createRedactor(), onDefect: (error) => defects.push(error) })
  return await invokeTool(worker, `supabase_${tool}`, args)
}

async function result(tool: string, args: object = {}): Promise<ToolResult> {
  return resultOf(await outcome(tool, args))
}

describe('the Supabase worker', () => {
  test('finds the trouble in all logs by the world’s clock', async () => {
    const { text, signals } = await result('query_logs')
    expect(text).toContain('ERROR ×1 2026-03-12 10:20:00Z [postgres_logs] canceling statement due to statement timeout')
    expect(signals).toMatchObject([{ kind: 'error', entities: expect.arrayContaining([{ kind: 'role', value: 'authenticator' }]) }])
  })

  test('reads one source and searches in it', async () => {
    expect((await result('query_logs', { source: 'edge_logs' })).text).toContain('GET /rest/v1/quotes')
    expect((await result('query_logs', { source: 'edge_logs', search: "50%_o'clock\\" })).signals).toMatchObject([{ kind: 'absence' }])
    expect((await result('query_logs', { source: 'edge_logs', end: '2026-03-12T10:00:00Z', minutes: 60 })).signals).toMatchObject([{ kind: 'absence' }])
  })

  test('says who waits for a lock', async () => {
    expect((await result('active_queries_and_locks')).signals[0]).toMatchObject({ kind: 'state', severity: 3, text: expect.stringContaining('pid 398 holds a lock that pid 411 waits for, 30 s') })
  })

  test('counts connections against the configured limit', async () => {
    expect((await result('connection_usage')).structured).toMatchObject({ max: 60, used: 15 })
  })

  test('gives a migration its author and its SQL', async () => {
    const { text, entities } = await result('list_migrations')
    expect(text).toContain('20260201090000 create_quotes (2026-02-01 09:00:00Z) by iokafor\n  create table public.quotes')
    expect(entities).toContainEqual({ kind: 'table', value: 'quotes' })
  })

  test.each([
    ['log_error_summary', {}, 'none'],
    ['service_health', {}, 'storage: UNHEALTHY (timed out)'],
    ['list_tables', { table: 'quotes' }, 'price jsonb'],
    ['run_select', { sql: 'select count(*) as n from quotes where price is null' }, 'n\n1'],
    ['list_cron_jobs', {}, 'purge-drafts "0 3 * * *", 0 of 1 kept runs failed'],
    ['list_functions', {}, 'notify version 3 ACTIVE'],
    ['get_function', { function: 'notify' }, 'Deno.serve'],
    ['slow_queries', {}, 'select * from quotes where id = $1'],
    ['get_advisors', {}, 'rls_disabled_in_public'],
    ['check_table_api', { table: 'quotes' }, 'serves public.quotes'],
  ])('%s answers', async (tool, args, expected) => {
    expect((await result(tool, args)).text).toContain(expected)
  })

  test('says that the API does not serve an unknown table', async () => {
    expect((await result('check_table_api', { table: 'qoutes' })).structured).toMatchObject({ served: false, status: 404, code: 'PGRST205' })
  })

  test('only reads, and only what the service knows', () => {
    expect(lab.recorder.requests.length).toBeGreaterThan(20)
    expect([...lab.recorder.writes(), ...lab.recorder.unknownRoutes()]).toEqual([])
  })
})

describe('the Supabase worker told something wrong', () => {
  test('lists the functions and tables there are', async () => {
    expect(await outcome('get_function', { function: 'print_hello' })).toMatchObject({ ok: false, failure: { kind: 'not_found', message: 'The project has no edge function print_hello. There are: notify.' } })
    expect((await result('list_tables', { table: 'qoutes' })).text).toContain('There are: ')
  })

  test('says that a statement has a wrong name in it', async () => {
    expect(await outcome('run_select', { sql: 'select * from qoutes' })).toMatchObject({ ok: false, failure: { kind: 'invalid_input' } })
  })

  test('sends no statement that writes', async () => {
    const before = lab.recorder.requests.length
    expect(await outcome('run_select', { sql: 'select 1; commit; delete from quotes' })).toMatchObject({ ok: false, failure: { kind: 'refused_write' } })
    expect(lab.recorder.requests.length).toBe(before)
  })

  test('says that a token is refused', async () => {
    expect(await outcome('service_health', {}, { accessToken: 'sbp_wrong' })).toMatchObject({ ok: false, failure: { kind: 'unauthorized', status: 401 } })
  })
})

test('nothing that went wrong was our own mistake', () => {
  expect(defects).toEqual([])
})
