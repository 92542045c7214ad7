import { describe, expect, test } from 'vitest'
import { bindFake } from './fake-project.ts'

const line = {
  id: '1', source: 'postgres_logs', timestamp: '2026-03-12 10:28:00.123', event_message: 'invalid input syntax for type uuid: "toolu_01A09q90qw90lq917835lq9"', severity_text: 'ERROR',
  log_attributes: { 'parsed.error_severity': 'ERROR', 'parsed.sql_state_code': '22P02', 'parsed.query': 'select * from runs where id = $1', 'parsed.user_name': 'authenticator' },
}

describe('supabase_query_logs', () => {
  test('sends the search as a literal and nothing else of it', async () => {
    const { result, asked } = bindFake({ paths: { '/endpoints/logs': { result: [] } } })
    await result('query_logs', { source: 'edge_logs', search: "x' or 1=1 -- \\", minStatus: 500, limit: 10 })
    expect(asked[0]?.url.searchParams.get('sql')).toBe(
      String.raw`select id, timestamp, source, event_message, severity_text, log_attributes from logs where source = 'edge_logs' and event_message ilike '%x'' or 1=1 -- \\%' and toInt32OrZero(log_attributes['response.status_code']) >= 500 order by timestamp desc limit 10`,
    )
    expect(asked[0]?.url.searchParams.get('iso_timestamp_start')).toBe('2026-03-12T09:30:00.000Z')
  })

  test('names the value the database refused, the statement and the role', async () => {
    const { text, signals } = await bindFake({ paths: { '/endpoints/logs': { result: [line, line] } } }).result('query_logs')
    expect(text).toContain('ERROR ×2 2026-03-12 10:28:00Z')
    expect(text).toContain('query=select * from runs where id = $1')
    expect(signals[0]?.entities).toEqual(expect.arrayContaining([
      { kind: 'identifier', value: 'toolu_01A09q90qw90lq917835lq9' }, { kind: 'error_code', value: '22P02' }, { kind: 'role', value: 'authenticator' },
    ]))
  })

  test('looks for trouble in all sources when nothing is asked for', async () => {
    const { result, asked } = bindFake({ paths: { '/endpoints/logs': { result: [] } } })
    await result('query_logs')
    expect(asked[0]?.url.searchParams.get('sql')).toMatch(/where source in \('edge_logs', .*\) and \(severity_text in \('ERROR'/)
  })

  test('refuses more than a day', async () => {
    expect(await bindFake({}).outcome('query_logs', { minutes: 2_000 })).toMatchObject({ ok: false, failure: { kind: 'invalid_input' } })
  })
})

describe('supabase_log_error_summary', () => {
  test('dates the onset of failures by path', async () => {
    const rows = [27, 28, 29].map((minute) => ({ status: '500', method: 'POST', path: '/rest/v1/orders', minute: `2026-03-12 10:${minute}:00`, count: '12' }))
    const { signals, text } = await bindFake({ paths: { '/endpoints/logs': { result: rows } } }).result('log_error_summary')
    expect(text).toContain('500 ×36 POST /rest/v1/orders from 2026-03-12 10:27:00Z to 10:29:00Z')
    expect(signals).toMatchObject([{ kind: 'anomaly', severity: 3, count: 36, at: '2026-03-12T10:27:00Z', entities: expect.arrayContaining([{ kind: 'table', value: 'orders' }]) }])
  })
})

describe('supabase_list_cron_jobs', () => {
  const jobs = [{ jobid: 4, jobname: 'tick', schedule: '* * * * *', command: 'select print_hello()', active: true }]

  test('says what fails, how often, and which function it calls', async () => {
    const { signals } = await bindFake({ sql: {
      to_regclass: [{ there: true }], 'from cron.job order': jobs,
      job_run_details: [{ jobid: 4, status: 'failed', return_message: 'ERROR: function print_hello() does not exist', start_time: '2026-03-12 10:29:00+00', runs: 60, failures: 60 }],
    } }).result('list_cron_jobs')
    expect(signals).toMatchObject([{ kind: 'state', severity: 3, count: 60, entities: [expect.objectContaining({ kind: 'cronjob', value: 'tick' }), { kind: 'function', value: 'print_hello' }] }])
  })

  test('says that a job never ran', async () => {
    const { signals } = await bindFake({ sql: { to_regclass: [{ there: true }], 'from cron.job order': jobs, job_run_details: [] } }).result('list_cron_jobs')
    expect(signals).toMatchObject([{ kind: 'absence', severity: 2 }])
  })

  test('says that pg_cron is not there', async () => {
    const { structured } = await bindFake({ sql: { to_regclass: [{ there: false }] } }).result('list_cron_jobs')
    expect(structured).toEqual({ installed: false, jobs: [] })
  })
})

describe('supabase_list_migrations', () => {
  const listed = [{ version: '20260101000000', name: 'init' }, { version: '20260312093000', name: 'orders_id_uuid' }]

  test('gives time, author, SQL and what the SQL touches, the newest first', async () => {
    const { signals } = await bindFake({
      paths: { '/database/migrations': listed },
      sql: { schema_migrations: [{ version: '20260312093000', statements: ['alter table public.orders alter column id type uuid using id::uuid'], created_by: 'iokafor' }] },
    }).result('list_migrations')
    expect(signals[0]).toMatchObject({ kind: 'change', severity: 1, at: '2026-03-12T09:30:00Z' })
    expect(signals[0]?.text).toContain('by iokafor: alter table public.orders')
    expect(signals[0]?.entities.map(({ kind, value }) => `${kind}:${value}`)).toEqual(['migration:20260312093000', 'migration:orders_id_uuid', 'table:orders', 'column:id', 'user:iokafor'])
  })

  test('is content with names where the SQL may not be read', async () => {
    const { text } = await bindFake({ paths: { '/database/migrations': listed }, sql: { schema_migrations: 403 } }).result('list_migrations')
    expect(text).toContain('20260312093000 orders_id_uuid (2026-03-12 09:30:00Z)')
  })
})

describe('supabase_active_queries_and_locks', () => {
  test('says who waits for whom, and how long', async () => {
    const session = { application: 'api', wait: null, xact_start: '2026-03-12 10:20:00+00', query_start: '2026-03-12 10:29:00+00', blocked_by: [] }
    const { signals, text } = await bindFake({ sql: { pg_stat_activity: [
      { ...session, pid: 1, role: 'migrator', state: 'idle in transaction', query: 'alter table orders add column x int' },
      { ...session, pid: 2, role: 'authenticator', state: 'active', wait: 'Lock:relation', query: 'select * from orders', blocked_by: [1] },
    ] } }).result('active_queries_and_locks')
    expect(text).toContain('pid 2 authenticator api active waits for Lock:relation BLOCKED BY 1, query 60 s')
    expect(signals[0]).toMatchObject({ severity: 3, text: expect.stringContaining('pid 1 (api, idle in transaction, transaction open 600 s: alter table orders add column x int) holds a lock that pid 2 waits for, 60 s') })
  })
})

describe('supabase_connection_usage', () => {
  test.each([[12, 'healthy', 0], [50, 'state', 2], [58, 'state', 3]])('with %d of 60 used is %s', async (connections, kind, severity) => {
    const { signals } = await bindFake({ sql: { pg_settings: [{ max: 60 }], pg_stat_activity: [{ role: 'authenticator', application: '', state: 'idle', connections }] } }).result('connection_usage')
    expect(signals).toMatchObject([{ kind, severity, entities: expect.arrayContaining([{ kind: 'role', value: 'authenticator' }]) }])
  })
})

describe('supabase_run_select', () => {
  test('returns rows, cut to the limit, and says so', async () => {
    const { structured, truncated } = await bindFake({ sql: { orders: [{ n: 1 }, { n: 2 }, { n: 3 }] } }).result('run_select', { sql: 'select n from orders', limit: 2 })
    expect(structured).toEqual({ columns: ['n'], rows: [{ n: 1 }, { n: 2 }], total: 3 })
    expect(truncated).toBe(true)
  })

  test.each(['delete from orders', 'select 1; commit; insert into orders values (1)', 'with d as (delete from orders returning *) select * from d', 'select pg_terminate_backend(1)', 'explain analyze select 1'])('sends nothing for %s', async (sql) => {
    const { outcome, asked } = bindFake({ sql: { '': [] } })
    expect(await outcome('run_select', { sql })).toMatchObject({ ok: false, failure: { kind: 'refused_write' } })
    expect(asked).toEqual([])
  })

  test('points at exact names when the database refuses', async () => {
    const got = await bindFake({ sql: { odrers: 400 } }).outcome('run_select', { sql: 'select * from odrers' })
    expect(got).toMatchObject({ ok: false, failure: { kind: 'invalid_input', message: expect.stringContaining('supabase_list_tables') } })
    expect(JSON.stringify(got)).not.toContain('raw text of the service')
  })
})

describe('supabase_check_table_api', () => {
  const connection = { publishableKey: 'sb_publishable_x' }

  test('tells what PostgREST’s code means', async () => {
    const unknown = Response.json({ code: 'PGRST205', message: 'raw text of the service', details: null, hint: null }, { status: 404 })
    const { result, asked } = bindFake({ paths: { '/rest/v1/orders': unknown } }, connection)
    expect(await result('check_table_api', { table: 'public.orders' })).toMatchObject({
      structured: { served: false, status: 404, code: 'PGRST205' }, text: expect.stringContaining('renamed or dropped'), signals: [{ kind: 'state', severity: 3 }],
    })
    expect(asked[0]?.url.search).toBe('?select=*&limit=0')
  })

  test('works with an answer that has no code', async () => {
    expect(await bindFake({ paths: { '/rest/v1/orders': 502 } }, connection).result('check_table_api', { table: 'orders' })).toMatchObject({ structured: { served: false, status: 502, code: null } })
  })

  test('says that it needs a key', async () => {
    expect(await bindFake({}).outcome('check_table_api', { table: 'orders' })).toMatchObject({ ok: false, failure: { kind: 'unauthorized' } })
  })
})
