import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LogLine } from '../../src/core/world/logs.ts'
import { createLab, type Lab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const ref = 'larkspurquotesdbaaaa'
let lab: Lab

const edge = (time: string, path: string, status: number, ms = 10): LogLine =>
  LogLine.parse({ source: 'supabase.edge_logs', time, level: status >= 500 ? 'error' : 'info', message: `GET ${path}`, fields: { 'request.path': path, 'response.status_code': status, 'response.origin_time': ms } })

beforeAll(async () => {
  const world = await loadWorld('tests/fixtures/world')
  const logs = [
    ...world.logs,
    edge('2026-03-12T10:01:00Z', '/rest/v1/quotes', 500, 900), edge('2026-03-12T10:02:00Z', '/rest/v1/quotes', 200, 12), edge('2026-03-12T10:02:30Z', '/auth/v1/token', 500, 30),
    edge('2026-03-10T10:00:00Z', '/rest/v1/old', 500),
  ]
  lab = createLab({ ...world, logs })
})
afterAll(() => lab.close())

async function management(path: string, body?: object) {
  const { url, token } = lab.services.supabase
  const response = await lab.fetch(`${url}/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const sql = async (query: string, path = 'query/read-only') => {
  const { status, body } = await management(`/projects/${ref}/database/${path}`, { query })
  return { status, body }
}

async function logs(query: string, start = '2026-03-12T10:00:00Z', end = '2026-03-12T10:30:00Z') {
  const parameters = new URLSearchParams({ sql: query, iso_timestamp_start: start, iso_timestamp_end: end })
  return (await management(`/projects/${ref}/analytics/endpoints/logs?${parameters.toString()}`)).body as { result?: Record<string, unknown>[]; error?: { message: string }; message?: string }
}

describe('the simulated Management API', () => {
  it('shows the project, its health, functions, migrations and advisors', async () => {
    expect((await management('/projects')).body).toMatchObject([{ ref, status: 'ACTIVE_HEALTHY', organization_id: 'larkspur' }])
    expect((await management(`/projects/${ref}/health?services=storage&services=db`)).body).toEqual([
      { name: 'db', healthy: true, status: 'ACTIVE_HEALTHY' }, { name: 'storage', healthy: false, status: 'UNHEALTHY', error: 'timed out' },
    ])
    expect((await management(`/projects/${ref}/functions/notify`)).body).toMatchObject({ slug: 'notify', version: 3, updated_at: Date.parse('2026-03-02T09:00:00Z') })
    expect((await management(`/projects/${ref}/database/migrations`)).body).toEqual([{ version: '20260201090000', name: 'create_quotes' }])
    expect((await management(`/projects/${ref}/advisors/security`)).body).toMatchObject({ lints: [{ name: 'rls_disabled_in_public', categories: ['SECURITY'] }] })
    expect((await management('/projects/aaaaaaaaaaaaaaaaaaaa/health')).status).toBe(404)
  })

  it('says how many requests are left', async () => {
    const { headers } = await management('/organizations')
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThan(Number(headers.get('x-ratelimit-limit')))
  })
})

describe('SQL on the simulated project', () => {
  it('runs on the world\'s rows, with the world\'s time for now', async () => {
    expect((await sql('select id, now()::text, current_date::text as today from quotes where price is null')).body).toEqual([{ id: 'q_81', now: '2026-03-12 10:30:00+00', today: '2026-03-12' }])
    expect((await sql('select jobname, status, return_message from cron.job join cron.job_run_details using (jobid)')).body).toEqual([{ jobname: 'purge-drafts', status: 'succeeded', return_message: 'DELETE 4' }])
  })

  it('shows activity, locks and statements of the world under the names Postgres has for them', async () => {
    expect((await sql('select pid, pg_blocking_pids(pid) as by from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0')).body).toEqual([{ pid: 411, by: [398] }])
    expect((await sql('select usename, count(*) from pg_catalog.pg_stat_activity group by 1 order by 1')).body).toEqual([{ usename: 'authenticator', count: 12 }, { usename: 'postgres', count: 3 }])
    expect((await sql('select calls, mean_exec_time from pg_stat_statements')).body).toEqual([{ calls: 120_000, mean_exec_time: 0.63 }])
    expect((await sql('select pid from pg_locks where not granted')).body).toEqual([{ pid: 411 }])
    expect((await sql('show max_connections')).body).toEqual([{ max_connections: '60' }])
  })

  it('tells an error as Postgres words it', async () => {
    expect(await sql('select prize from quotes')).toMatchObject({ status: 400, body: { message: expect.stringContaining('42703: column "prize" does not exist') as string } })
    expect(await sql('selec 1')).toMatchObject({ status: 400, body: { message: expect.stringContaining('syntax error') as string } })
  })

  it.each([
    'insert into quotes (id) values (1)', 'select 1; commit; delete from quotes', 'with gone as (delete from quotes returning *) select * from gone', 'explain analyze delete from quotes',
    'select pg_terminate_backend(411)', 'set role postgres', 'select * into copy from quotes', 'do $$ begin delete from quotes; end $$', 'select set_config(\'role\', \'postgres\', true)',
  ])('refuses and records as a write: %s', async (statement) => {
    const before = lab.recorder.writes().length
    expect((await sql(statement, 'query')).status).toBe(400)
    expect(lab.recorder.writes()).toHaveLength(before + 1)
    expect((await sql('select count(*) from quotes')).body).toEqual([{ count: 2 }])
  })
})

describe('the simulated log store', () => {
  it('reads lines of a source in the window, newest first', async () => {
    const { result } = await logs("select timestamp, event_message, log_attributes['response.status_code'] as status from logs where source = 'edge_logs' and log_attributes['request.path'] like '/rest/%' order by timestamp desc limit 2")
    expect(result).toEqual([
      { timestamp: '2026-03-12 10:21:00.000000', event_message: 'GET /rest/v1/quotes', status: '200' },
      { timestamp: '2026-03-12 10:02:00.000000', event_message: 'GET /rest/v1/quotes', status: '200' },
    ])
  })

  it('counts and groups with the functions of its dialect', async () => {
    const { result } = await logs(`
      SELECT log_attributes['request.path'] AS path, count() AS requests, countIf(toInt32OrZero(log_attributes['response.status_code']) >= 500) AS errors,
        uniq(log_attributes['response.status_code']) AS statuses, max(toInt64OrZero(log_attributes['response.origin_time'])) AS slowest, quantile(0.5)(toFloat64OrZero(log_attributes['response.origin_time'])) AS median
      FROM logs WHERE source = 'edge_logs' AND match(event_message, '^GET /[ar]') GROUP BY path ORDER BY errors DESC, path -- worst first`)
    expect(result).toEqual([
      { path: '/auth/v1/token', requests: 1, errors: 1, statuses: 1, slowest: 30, median: 30 },
      { path: '/rest/v1/quotes', requests: 3, errors: 1, statuses: 2, slowest: 900, median: 12 },
    ])
    expect((await logs("select toStartOfInterval(timestamp, INTERVAL 5 MINUTE) as at, count() as n from edge_logs group by at order by at")).result).toEqual([
      { at: '2026-03-12 10:00:00.000000', n: 3 }, { at: '2026-03-12 10:20:00.000000', n: 1 },
    ])
    expect((await logs("select count() as n from logs where timestamp >= now() - INTERVAL 10 MINUTE and `source` == 'edge_logs' and severity_text ilike 'info'")).result).toEqual([{ n: 1 }])
  })

  it('refuses a window over 24 hours, and says what it cannot do', async () => {
    expect((await logs('select count() from logs', '2026-03-10T00:00:00Z', '2026-03-12T00:00:00Z')).message).toContain('24 hours')
    expect((await logs('select arrayJoin([1]) from logs')).error?.message).toContain('arrayJoin is not supported')
    expect((await logs('select nothing from logs')).error?.message).toContain('column "nothing" does not exist')
    expect((await logs('drop table logs')).error?.message).toContain('Only SELECT')
  })

  it('counts requests by product', async () => {
    const { body } = await management(`/projects/${ref}/analytics/endpoints/usage.api-counts?interval=1hr`)
    const { result } = body as { result: { total_rest_requests: number; total_auth_requests: number }[] }
    expect([result.reduce((sum, row) => sum + row.total_rest_requests, 0), result.reduce((sum, row) => sum + row.total_auth_requests, 0)]).toEqual([3, 1])
  })
})

describe('the simulated project, asked by supabase-js', () => {
  const client = () => createClient(lab.services.supabase.url, lab.services.supabase.token, { global: { fetch: (input, init) => lab.fetch(input, init) } })

  it('selects, filters, orders, pages and counts rows', async () => {
    const { data, count, error } = await client().from('quotes').select('id, at:created_at', { count: 'exact' }).order('created_at', { ascending: false }).range(0, 0)
    expect({ data, count, error }).toEqual({ data: [{ id: 'q_81', at: '2026-03-12T09:50:00+00:00' }], count: 2, error: null })
    const { data: priced } = await client().from('quotes').select('id').not('price', 'is', null).in('id', ['q_80', 'q_81']).gte('created_at', '2026-03-12T00:00:00Z').maybeSingle()
    expect(priced).toEqual({ id: 'q_80' })
  })

  it('says so when there is no such table, and refuses writes and calls', async () => {
    expect((await client().from('prices').select()).error?.code).toBe('PGRST205')
    const before = lab.recorder.writes().length
    expect((await client().from('quotes').delete().eq('id', 'q_80')).error).not.toBeNull()
    expect((await client().rpc('purge')).error?.code).toBe('42501')
    expect(lab.recorder.writes()).toHaveLength(before + 2)
  })

  it('lists buckets, objects and users', async () => {
    expect((await client().storage.listBuckets()).data).toMatchObject([{ id: 'labels', public: false }])
    expect(await client().storage.from('labels').list()).toMatchObject({ data: [], error: null })
    expect((await client().auth.admin.listUsers()).data.users).toEqual([])
  })
})
