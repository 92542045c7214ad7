import { describe, expect, test } from 'vitest'
import { bindFake } from './fake-project.ts'

/** A row of usage.api-counts at a minute of 10 o'clock. */
const counts = (minute: number, rest: number) => ({
  timestamp: `2026-03-12T10:${String(minute).padStart(2, '0')}:00Z`, total_rest_requests: rest, total_auth_requests: 0, total_storage_requests: 0, total_realtime_requests: 0,
})

describe('supabase_api_counts', () => {
  test('dates a rise of requests', async () => {
    const result = [15, 16, 17, 18, 19, 20, 21].map((minute) => counts(minute, 20)).concat([25, 26, 27, 28, 29].map((minute) => counts(minute, 400)))
    const { signals } = await bindFake({ paths: { '/usage.api-counts': { result } } }).result('api_counts', { interval: '15min' })
    expect(signals).toMatchObject([{ kind: 'anomaly', at: '2026-03-12T10:25:00Z', entities: [{ kind: 'service', value: 'rest' }] }])
  })

  test('says since when nobody asks', async () => {
    const result = [15, 16, 17, 18, 19, 20, 21, 22].map((minute) => counts(minute, 40))
    const { signals } = await bindFake({ paths: { '/usage.api-counts': { result } } }).result('api_counts', { interval: '15min' })
    expect(signals).toMatchObject([{ kind: 'absence', severity: 2, at: '2026-03-12T10:23:00Z' }])
  })
})

describe('supabase_function_stats', () => {
  test('puts failing functions first and dates their failures', async () => {
    const row = (minute: number, failed: number) => ({ timestamp: `2026-03-12 10:${minute}:00`, requests_count: 100, success_count: 100 - failed, client_err_count: 0, server_err_count: failed, avg_execution_time: 20, max_execution_time: 90 })
    const { signals, text } = await bindFake({ paths: { '/functions': [{ id: '1', slug: 'notify' }], '/functions.combined-stats': { result: [row(16, 0), row(18, 0), row(26, 40), row(28, 60)] } } }).result('function_stats', { interval: '15min' })
    expect(text).toContain('notify: 400 calls, 100 server errors, 0 client errors, mean 20 ms, max 90 ms; server errors rose at 2026-03-12 10:26:00Z')
    expect(signals).toMatchObject([{ kind: 'anomaly', severity: 3, count: 100, at: '2026-03-12T10:26:00Z' }])
  })
})

describe('supabase_disk_usage', () => {
  test('says that every write is refused, also where the disk may not be read', async () => {
    const { structured, signals } = await bindFake({ paths: { '/readonly': { enabled: true, override_enabled: false }, '/config/disk/util': 403, '/config/disk/autoscale': 404 } }).result('disk_usage')
    expect(structured).toMatchObject({ totalBytes: null, readOnly: true, growsToGb: null })
    expect(signals).toMatchObject([{ kind: 'state', severity: 3, text: expect.stringContaining('every write is refused') }])
  })

  test('fails where neither may be read', async () => {
    expect(await bindFake({ paths: { '/readonly': 403, '/config/disk/util': 403 } }).outcome('disk_usage')).toMatchObject({ ok: false, failure: { kind: 'forbidden' } })
  })
})

describe('supabase_get_project', () => {
  test('leaves out what the token may not read', async () => {
    const project = { name: 'shop', status: 'PAUSING', region: 'eu-central-1', created_at: '2025-01-10T08:00:00Z', database: { version: '17.6' } }
    const { structured, signals } = await bindFake({ paths: { '/projects/abcdefghijklmnopqrst': project, '/network-restrictions': 403, '/network-bans/retrieve': 403 } }).result('get_project')
    expect(structured).toMatchObject({ allowedNetworks: null, bannedAddresses: null })
    expect(signals).toMatchObject([{ kind: 'state', severity: 3, text: 'The Supabase project shop is PAUSING.' }])
  })
})

describe('supabase_explain_query', () => {
  const plan = [{ Plan: { 'Node Type': 'Limit', 'Plan Rows': 1, 'Total Cost': 9_000, Plans: [{ 'Node Type': 'Seq Scan', 'Relation Name': 'orders', Filter: '(email = $1)', 'Plan Rows': 2, 'Total Cost': 8_990 }] } }]

  test.each([['parsed', plan], ['as text', JSON.stringify(plan)]])('names the large table that is read whole, with a plan that comes %s', async (_how, document) => {
    const { signals, text } = await bindFake({ sql: { explain: [{ 'QUERY PLAN': document }], reltuples: [{ table: 'orders', rows: 2_000_000 }] } }).result('explain_query', { sql: 'select * from orders where email = $1 limit 1' })
    expect(text).toContain('  Seq Scan on orders (about 2000000 rows): 2 rows, cost 8990, (email = $1)')
    expect(signals).toMatchObject([{ kind: 'anomaly', entities: [{ kind: 'table', value: 'orders' }] }])
  })

  test('calls a plan that is no JSON a bad answer of the service', async () => {
    expect(await bindFake({ sql: { explain: [{ 'QUERY PLAN': 'Seq Scan on orders' }] } }).outcome('explain_query', { sql: 'select 1' })).toMatchObject({ ok: false, failure: { kind: 'bad_response' } })
  })
})

describe('supabase_rls_policies', () => {
  test('warns of policies without effect and of one that lets anybody write', async () => {
    const policy = { name: 'open', command: 'ALL', roles: ['anon'], permissive: true, using: 'true', check: null }
    const { signals } = await bindFake({ sql: { pg_policies: [
      { schema: 'public', table: 'orders', enabled: true, forced: false, policies: [policy] }, { schema: 'public', table: 'notes', enabled: false, forced: false, policies: [policy] },
      { schema: 'public', table: 'keys', enabled: true, forced: false, policies: null },
    ] } }).result('rls_policies')
    expect(signals.map(({ text }) => text)).toEqual([
      'The policy "open" lets anybody write public.orders.', 'Policies of public.orders: "open" for ALL to anon using true.', 'public.notes has 1 policies without effect: row level security is off.',
      'Row level security is on for public.keys without a policy: every ordinary role sees no rows.',
    ])
  })
})

describe('supabase_db_metrics', () => {
  test('knows nothing of the machine without a key for its metrics, and asks nothing of it', async () => {
    const row = { commits: 100, rollbacks: 50, read: 1, hit: 1, deadlocks: 0, temp_files: 0, temp_bytes: 0, connections: 4, since: null }
    const { result, asked } = bindFake({ sql: { pg_stat_database: [row] } })
    expect(await result('db_metrics')).toMatchObject({ structured: { load1: null, cacheHitShare: null }, signals: [{ text: '33% of transactions were rolled back.' }] })
    expect(new Set(asked.map(({ url }) => url.hostname))).toEqual(new Set(['api.supabase.com']))
  })
})
