import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SupabaseConnection } from '../../workers/supabase/client.ts'
import { supabaseWorker } from '../../workers/supabase/worker.ts'
import { type LabWorker, named, openLabWorker } from './worker-calls.ts'

const ref = 'larkspurquotesdbaaaa'
let supabase: LabWorker

beforeAll(async () => {
  supabase = await openLabWorker(supabaseWorker, ({ services: { supabase: { url, token } } }) =>
    SupabaseConnection.parse({ url, accessToken: token, projectRef: ref, metricsKey: token, projectUrl: `http://${ref}.supabase.lab` }))
})
afterAll(() => supabase.close())

describe('the Supabase worker on the database', () => {
  test('says that a table is read without an index, full of dead rows, with stale statistics', async () => {
    const { signals, structured } = await supabase.call('supabase_table_stats', { table: 'public.quotes' })
    expect(signals.map(({ text }) => text)).toEqual([
      'quotes (410000 rows) was read from end to end 5200 times and by an index 1400 times: an index may be missing.',
      'quotes: 49% of its rows are dead (390000); last vacuumed 2026-02-20 03:00:00Z.',
      'quotes: the planner’s statistics are stale: 380000 of 410000 rows changed since 2026-02-20 03:00:00Z.',
    ])
    expect(structured).toMatchObject({ tables: [{ unusedIndexes: ['quotes_created'] }] })
  })

  test('plans a statement that has placeholders, without running it', async () => {
    const { text, entities } = await supabase.call('supabase_explain_query', { sql: 'select * from quotes where id = $1 and price is not null' })
    expect(text.split('\n')[1]).toMatch(/(?:Scan|Index).* on quotes \(about 410000 rows\)/)
    expect(named(entities)).toContain('table:quotes')
  })

  test.each(['delete from quotes', 'select 1; delete from quotes', 'analyze select 1', '(analyze) select 1', 'select pg_terminate_backend(1)'])('sends no plan request for: %s', async (sql) => {
    const before = supabase.lab.recorder.requests.length
    expect(await supabase.fail('supabase_explain_query', { sql })).toMatchObject({ kind: 'refused_write' })
    expect(supabase.lab.recorder.requests.length).toBe(before)
  })

  test('says that a statement to plan has a wrong name in it', async () => {
    expect(await supabase.fail('supabase_explain_query', { sql: 'select * from qoutes' })).toMatchObject({ kind: 'invalid_input', message: expect.stringContaining('could not plan') })
  })

  test('reads policies with their roles and conditions', async () => {
    const { text, entities } = await supabase.call('supabase_rls_policies')
    expect(text).toContain('public.drafts: RLS on, 1 policies\n  "owners read their drafts" for SELECT to authenticated using (owner = auth.uid())')
    expect(text).toContain('public.quotes: RLS off, 0 policies')
    expect(named(entities)).toContain('policy:owners read their drafts')
  })

  test('tells counters of the database and of its machine', async () => {
    const { signals, structured } = await supabase.call('supabase_db_metrics')
    expect(structured).toMatchObject({ deadlocks: 3, cacheHitShare: 0.99, load1: 3.9, memoryFreeShare: 0.08 })
    expect(signals[0]).toMatchObject({ severity: 3, text: 'The database’s machine has 8% of its memory left.' })
  })

  test('tells how full the disk is', async () => {
    const { text, signals } = await supabase.call('supabase_disk_usage')
    expect(text).toContain('disk: 7.3 GB of 8 GB used (91%); grows by itself up to 60000 GB\nread-only: no')
    expect(signals).toMatchObject([{ kind: 'state', severity: 2 }])
  })
})

describe('the Supabase worker on the project', () => {
  test('tells its status, who may connect and who is banned', async () => {
    const { text, signals } = await supabase.call('supabase_get_project')
    expect(text).toContain('quotes-db (larkspurquotesdbaaaa): ACTIVE_HEALTHY')
    expect(signals.map(({ text: said }) => said)).toEqual([expect.stringContaining('Banned from the database of quotes-db for wrong passwords: 198.51.100.7.'), expect.stringContaining('Only 203.0.113.0/24 may connect')])
  })

  test('shows settings of sign-in and none of the secrets beside them', async () => {
    const got = await supabase.call('supabase_auth_config')
    expect(got.text).toContain('external_google_enabled: true')
    expect(got.text).toContain('rate_limit_email_sent: 30')
    expect(got.signals).toContainEqual(expect.objectContaining({ text: 'Every custom access token goes through pg-functions://postgres/public/add_claims.' }))
    expect(JSON.stringify(got)).not.toContain('not-a-secret')
  })

  test('says at which step a branch failed, and what it said', async () => {
    const { signals, text } = await supabase.call('supabase_list_branches')
    expect(text).toContain('price-index: MIGRATIONS_FAILED')
    expect(signals.at(-1)).toMatchObject({ kind: 'error', severity: 2, text: expect.stringContaining('failed at step migrate at 2026-03-11 15:01:00Z: ERROR: column "amount" does not exist') })
  })

  test('counts requests by product', async () => {
    const { text, structured } = await supabase.call('supabase_api_counts', { interval: '1hr' })
    expect(structured).toMatchObject({ stepSeconds: 300, series: expect.arrayContaining([expect.objectContaining({ product: 'rest', total: 1 })]) })
    expect(text).toContain('rest: 1 in all')
  })

  test('says that nobody called a function, and which functions there are', async () => {
    expect((await supabase.call('supabase_function_stats')).text).toContain('notify: no calls')
    expect(await supabase.fail('supabase_function_stats', { function: 'notfiy' })).toMatchObject({ kind: 'not_found', message: expect.stringContaining('There are: notify.') })
  })

  test('only reads, and only what the service knows', () => {
    expect([...supabase.lab.recorder.writes(), ...supabase.lab.recorder.unknownRoutes()]).toEqual([])
  })
})
