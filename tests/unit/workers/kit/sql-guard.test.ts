import { describe, expect, it } from 'vitest'
import { sqlRefusal } from '../../../../workers/kit/sql-guard.ts'

describe('sqlRefusal', () => {
  it.each([
    'select 1',
    'select 1;',
    "select id, count(*) from orders where status = 'failed' and created_at > now() - interval '1 hour' group by id order by 2 desc limit 10",
    'with recent as (select * from orders limit 5) select * from recent join users using (id)',
    'select * from pg_stat_activity',
    'select * from pg_catalog.pg_locks l left join pg_stat_activity a on a.pid = l.pid',
    "select query, calls from pg_stat_statements where query ilike '%delete from%'",
    'explain select * from orders',
    'explain (format json, verbose) select * from orders',
    'select 1 union all select 2',
    "select pg_get_functiondef('f'::regproc), pg_size_pretty(pg_total_relation_size('orders'))",
    'values (1), (2)',
    '-- a comment; delete from orders\nselect 1',
  ])('lets %s through', async (sql) => {
    expect(await sqlRefusal(sql)).toBeNull()
  })

  it.each([
    ['two statements', 'select 1; select 2'],
    ['a commit before a write', "select 1; commit; insert into t values (1)"],
    ['a bare commit', 'commit'],
    ['nothing', ''],
    ['broken SQL', 'selec 1'],
    ['an insert', 'insert into t values (1)'],
    ['an update', 'update t set a = 1'],
    ['a delete', 'delete from t'],
    ['a merge', 'merge into t using s on t.id = s.id when matched then delete'],
    ['a truncate', 'truncate t'],
    ['a drop', 'drop table t'],
    ['a copy to a program', "copy (select 1) to program 'sh'"],
    ['a do block', 'do $$ begin delete from t; end $$'],
    ['a call', 'call clean_up()'],
    ['a set', 'set transaction_read_only = off'],
    ['a prepared statement', 'prepare p as delete from t'],
    ['a lock', 'lock table t'],
    ['a writing CTE', 'with gone as (delete from t returning *) select * from gone'],
    ['a nested writing CTE', 'select * from (with gone as (update t set a = 1 returning *) select * from gone) x'],
    ['select into', 'select * into copy from t'],
    ['for update', 'select * from t for update'],
    ['for share in a subquery', 'select * from (select * from t for share) x'],
    ['explain analyze', 'explain analyze select 1'],
    ['explain with analyze among options', 'explain (verbose, analyze true) select 1'],
    ['explain of a write', 'explain delete from t'],
    ['pg_terminate_backend', 'select pg_terminate_backend(1)'],
    ['a qualified acting function', 'select pg_catalog.pg_cancel_backend(1)'],
    ['an acting function in a where clause', "select 1 where set_config('a', 'b', false) is not null"],
    ['an acting function in upper case quotes', 'select PG_SLEEP(10)'],
    ['dblink', "select * from dblink('dbname=x', 'delete from t') as r(a int)"],
    ['a large object', "select lo_import('/etc/passwd')"],
    ['a file', "select pg_read_file('/etc/passwd')"],
    ['a sequence', "select nextval('s')"],
    ['an advisory lock', 'select pg_advisory_lock(1)'],
    ['SQL as text', "select query_to_xml('delete from t', true, true, '')"],
    ['a request over the network', "select net.http_post('https://x.example')"],
    ['a schedule', "select cron.schedule('* * * * *', 'delete from t')"],
    ['a setting that may be a secret', "select current_setting('app.settings.jwt_secret')"],
    ['stored passwords', 'select * from pg_authid'],
    ['the vault', 'select * from vault.decrypted_secrets'],
    ['accounts', 'select email, encrypted_password from auth.users'],
  ])('refuses %s', async (_what, sql) => {
    expect(await sqlRefusal(sql)).toEqual(expect.any(String))
  })
})
