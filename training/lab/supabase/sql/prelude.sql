-- What every Supabase project has before its first migration, as far as questions about an incident reach it.
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator noinherit;
create role supabase_admin nologin;
create role supabase_auth_admin nologin;
create role supabase_storage_admin nologin;
create role dashboard_user nologin;
create role pgbouncer nologin;
create role supabase_read_only_user nologin bypassrls;
grant anon, authenticated, service_role to authenticator;
grant pg_read_all_data, pg_monitor to supabase_read_only_user;

create schema auth;
create schema cron;
create schema extensions;
create schema graphql_public;
create schema realtime;
create schema storage;
create schema supabase_migrations;
create schema vault;
grant usage on schema public, auth, cron, extensions, storage to anon, authenticated, service_role;

create table auth.users (
  instance_id uuid, id uuid primary key default gen_random_uuid(), aud text default 'authenticated', role text default 'authenticated',
  email text, phone text, encrypted_password text, email_confirmed_at timestamptz, confirmed_at timestamptz, invited_at timestamptz, last_sign_in_at timestamptz,
  raw_app_meta_data jsonb default '{}', raw_user_meta_data jsonb default '{}', is_super_admin boolean, created_at timestamptz default now(),
  updated_at timestamptz default now(), banned_until timestamptz, deleted_at timestamptz, is_sso_user boolean not null default false, is_anonymous boolean not null default false
);
create function auth.jwt() returns jsonb language sql stable as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;

create table storage.buckets (
  id text primary key, name text not null, owner uuid, created_at timestamptz default now(), updated_at timestamptz default now(),
  public boolean default false, avif_autodetection boolean default false, file_size_limit bigint, allowed_mime_types text[], owner_id text
);
create table storage.objects (
  id uuid primary key default gen_random_uuid(), bucket_id text references storage.buckets (id), name text, owner uuid, created_at timestamptz default now(),
  updated_at timestamptz default now(), last_accessed_at timestamptz default now(), metadata jsonb, version text, owner_id text, user_metadata jsonb
);

create table cron.job (
  jobid bigint primary key, schedule text not null, command text not null, nodename text not null default 'localhost', nodeport integer not null default 5432,
  database text not null default 'postgres', username text not null default 'postgres', active boolean not null default true, jobname text
);
create table cron.job_run_details (
  jobid bigint, runid bigint primary key, job_pid integer, database text, username text, command text, status text, return_message text,
  start_time timestamptz, end_time timestamptz
);

create table supabase_migrations.schema_migrations (
  version text primary key, statements text[], name text, created_by text, idempotency_key text, rollback text[]
);

create table extensions.pg_stat_statements (
  userid oid, dbid oid, toplevel boolean default true, queryid bigint, query text, plans bigint default 0, total_plan_time double precision default 0,
  calls bigint, total_exec_time double precision, min_exec_time double precision default 0, max_exec_time double precision, mean_exec_time double precision,
  stddev_exec_time double precision default 0, rows bigint, shared_blks_hit bigint default 0, shared_blks_read bigint default 0,
  shared_blks_dirtied bigint default 0, shared_blks_written bigint default 0, temp_blks_read bigint default 0, temp_blks_written bigint default 0
);

-- Activity and locks are the world's, under the names that Postgres itself gives them.
create schema lab;
create table lab.activity (
  pid integer, usename text, application_name text, state text, wait_event_type text, wait_event text, query_start timestamptz,
  xact_start timestamptz, query text, blocked_by integer[], backend_start timestamptz
);
set allow_system_table_mods = on;
create or replace view pg_catalog.pg_stat_activity as
  select 5::oid as datid, 'postgres'::name as datname, pid, null::integer as leader_pid, 10::oid as usesysid, usename::name collate "C" as usename,
    application_name, null::inet as client_addr, null::text as client_hostname, null::integer as client_port, backend_start, xact_start, query_start,
    query_start as state_change, wait_event_type, wait_event, state, null::xid as backend_xid, null::xid as backend_xmin, null::bigint as query_id, query,
    'client backend'::text as backend_type
  from lab.activity;
create or replace view pg_catalog.pg_locks as
  select 'transactionid'::text as locktype, 5::oid as database, null::oid as relation, null::integer as page, null::smallint as tuple, null::text as virtualxid,
    lock.holder::text::xid as transactionid, null::oid as classid, null::oid as objid, null::smallint as objsubid, '1/1'::text as virtualtransaction, lock.pid,
    lock.mode, lock.granted, false as fastpath, case when not lock.granted then lock.waitstart end as waitstart
  from (
    select waiter.pid, holder, 'ShareLock'::text as mode, false as granted, waiter.query_start as waitstart
      from lab.activity waiter cross join lateral unnest(waiter.blocked_by) as holder
    union all
    select distinct holder, holder, 'ExclusiveLock'::text, true, null::timestamptz
      from lab.activity waiter cross join lateral unnest(waiter.blocked_by) as holder
  ) lock;
reset allow_system_table_mods;
-- Postgres calls its own pg_blocking_pids whatever the catalogue says; the lab turns calls of it to this one.
create function lab.pg_blocking_pids(integer) returns integer[] language sql stable
  as $$ select coalesce((select blocked_by from lab.activity where pid = $1), '{}') $$;
grant usage on schema lab to public;
grant select on pg_catalog.pg_stat_activity, pg_catalog.pg_locks to public;
