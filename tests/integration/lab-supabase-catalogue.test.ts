import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, type Lab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const project = '/v1/projects/larkspurquotesdbaaaa'
let lab: Lab

beforeAll(async () => {
  lab = createLab(await loadWorld('tests/fixtures/world'))
})
afterAll(() => lab.close())

async function ask(path: string, query?: string): Promise<Response> {
  const { url, token } = lab.services.supabase
  return lab.fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(query !== undefined && { method: 'POST', body: JSON.stringify({ query }) }) })
}

async function sql(query: string): Promise<unknown> {
  return (await ask(`${project}/database/query/read-only`, query)).json()
}

describe('the catalogue of the simulated project', () => {
  it.each([
    ['information_schema.tables', "select distinct table_schema as s from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') order by 1"],
    ['pg_class', "select distinct n.nspname as s from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1"],
  ])('lists no schema that a real project does not have, by %s', async (_, query) => {
    expect(await sql(query)).toEqual(['auth', 'cron', 'extensions', 'public', 'storage', 'supabase_migrations'].map((s) => ({ s })))
  })

  it('names no schema and no function of the lab', async () => {
    expect(await sql("select nspname from pg_namespace where nspname in ('lab', 'clickhouse')")).toEqual([])
    expect(await sql("select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'")).toEqual([])
  })

  it('allows as many connections as the world says', async () => {
    expect(await sql("select setting from pg_settings where name = 'max_connections'")).toEqual([{ setting: '60' }])
  })

  it('counts scans, dead rows and blocks as the world does', async () => {
    expect(await sql("select n_dead_tup, seq_scan, idx_scan from pg_stat_user_tables where relname = 'quotes'")).toEqual([{ n_dead_tup: 390_000, seq_scan: 5_200, idx_scan: 1_400 }])
    expect(await sql("select indexrelname, idx_scan from pg_stat_user_indexes where relname = 'quotes' order by 1")).toEqual([{ indexrelname: 'quotes_created', idx_scan: 0 }, { indexrelname: 'quotes_pkey', idx_scan: 1_400 }])
    expect(await sql('select deadlocks, blks_hit, numbackends from pg_stat_database')).toEqual([{ deadlocks: 3, blks_hit: 3_960_000, numbackends: 15 }])
  })

  it('explains a statement with placeholders', async () => {
    expect(await sql('explain (format json, generic_plan) select * from quotes where id = $1')).toMatchObject([{ 'QUERY PLAN': [{ Plan: { 'Relation Name': 'quotes' } }] }])
  })

  it('writes TypeScript types of the schemas asked for', async () => {
    const { types } = (await (await ask(`${project}/types/typescript?included_schemas=public`)).json()) as { types: string }
    expect(types).toContain('created_at: string\n          id: string\n          price: Json | null')
    expect(types).toContain('foreignKeyName: "drafts_id_fkey"')
    expect(types).not.toContain('auth: {')
  })
})

describe('the branches of the simulated project', () => {
  const run = `${project}/actions/7d0c5b1e-9a3f-4f0b-8c53-1f7f0a5e9b11`

  it('have runs with steps and a log', async () => {
    expect(await (await ask(`${project}/actions?limit=1`)).json()).toMatchObject([{ branch_id: '0b6f3d57-2a4e-4a51-9d3f-6f1b0c7e2a90', run_steps: [{ name: 'clone', status: 'EXITED' }, { name: 'migrate', status: 'DEAD' }] }])
    expect(await (await ask(run)).json()).toMatchObject({ created_at: '2026-03-11T15:01:00Z' })
    const log = await ask(`${run}/logs`)
    expect([log.headers.get('content-type'), await log.text()]).toEqual([expect.stringContaining('text/plain'), expect.stringContaining('SQLSTATE 42703')])
    expect((await ask(`${project}/actions/none/logs`)).status).toBe(404)
  })
})
