import { describe, expect, test } from 'vitest'
import { bindFake } from './fake-project.ts'

const usage = (role: string, application: string, state: string, connections: number, since: string | null = null) => ({ role, application, state, connections, since })
const full = [usage('mailer', 'statement-mailer', 'idle in transaction', 35, '2026-03-12 09:02:00+00'), usage('mailer', 'statement-mailer', 'active', 2), usage('shop', 'checkout-api', 'idle', 15), usage('authenticator', '', 'idle', 6)]
const sql = { pg_settings: [{ max: 60 }], 'group by': full }
const told = '37 of 60 connections (35 idle in transaction, 2 active, the oldest since 2026-03-12 09:02:00Z); 58 of 60 connections are in use (97%).'

describe('connections that run out', () => {
  test('are told by who holds them, all states together, and who else there is', async () => {
    const { signals } = await bindFake({ sql }).result('connection_usage')
    expect(signals.map(({ severity, text }) => [severity, text])).toEqual([[3, `statement-mailer holds ${told}`], [0, 'Connections beside: checkout-api 15, authenticator 6.']])
    expect(signals[0]?.entities).toEqual([{ kind: 'service', value: 'statement-mailer' }, { kind: 'role', value: 'mailer' }])
  })

  test('are seen beside what the database does', async () => {
    const { signals, text } = await bindFake({ sql: { ...sql, pg_stat_activity: [] } }).result('active_queries_and_locks')
    expect(signals).toMatchObject([{ severity: 3, text: `statement-mailer holds ${told}` }])
    expect(text).toContain('15 shop (checkout-api) idle')
  })

  test.each([['2026-03-12 10:28:00', 2], ['2026-03-12 09:40:00', 1]])('are looked at where the log says at %s that one was refused, while that is recent', async (timestamp, count) => {
    const line = { id: '1', source: 'postgres_logs', timestamp, event_message: 'sorry, too many clients already', severity_text: 'FATAL', log_attributes: { 'parsed.sql_state_code': '53300' } }
    expect((await bindFake({ paths: { '/endpoints/logs': { result: [line] } }, sql }).result('query_logs')).signals).toHaveLength(count)
  })
})

describe('supabase_active_queries_and_locks', () => {
  const session = { application: 'api', role: 'shop', wait: null, xact_start: '2026-03-12 10:20:00+00', query_start: '2026-03-12 10:29:00+00', state: 'active', query: 'select * from orders', blocked_by: [] as number[] }

  test('says once that many sessions of one application wait in a transaction', async () => {
    const { signals } = await bindFake({ sql: { pg_stat_activity: [1, 2, 3, 4, 5].map((pid) => ({ ...session, pid, state: 'idle in transaction' })) } }).result('active_queries_and_locks')
    expect(signals).toMatchObject([{ severity: 3, count: 5, text: 'api (shop) has 5 sessions idle in transaction, the longest for 600 s, after: select * from orders' }])
  })

  test('says once who blocks many, and blames the one who blocks', async () => {
    const blocker = { ...session, pid: 9, role: 'migrator', application: 'psql', state: 'idle in transaction', query: 'alter table orders add column x int', xact_start: '2026-03-12 10:29:30+00' }
    const { signals } = await bindFake({ sql: { pg_stat_activity: [blocker, ...[1, 2, 3].map((pid) => ({ ...session, pid, blocked_by: [9] }))] } }).result('active_queries_and_locks')
    expect(signals).toMatchObject([{ severity: 3, count: 3, text: 'pid 9 (psql, idle in transaction, transaction open 30 s: alter table orders add column x int) holds a lock that 3 sessions wait for, the longest 60 s: select * from orders' }])
    expect(signals[0]?.entities.slice(0, 2)).toEqual([{ kind: 'service', value: 'psql' }, { kind: 'role', value: 'migrator' }])
  })
})

describe('supabase_rls_policies', () => {
  test('gives each policy of the table asked for a line, and says what no policy allows', async () => {
    const policy = { name: 'own rows', command: 'SELECT', roles: ['authenticated'], permissive: true, using: '(owner = auth.uid())', check: null }
    const { signals } = await bindFake({ sql: { pg_policies: [{ schema: 'public', table: 'orders', enabled: true, forced: false, policies: [policy] }] } }).result('rls_policies', { table: 'orders' })
    expect(signals.map(({ text }) => text)).toEqual([
      'Policy "own rows" for SELECT to authenticated using (owner = auth.uid()) on public.orders.', 'public.orders: no policy allows INSERT, UPDATE, DELETE, so ordinary roles are refused.',
    ])
    expect(signals[0]?.entities[0]).toEqual({ kind: 'policy', value: 'own rows' })
  })
})
