-- Everything the bot must remember. Its own schema, because on Supabase the schema `public` is served to
-- whoever holds the anonymous key. The table `foreman.migration` is made by the runner, before this file.

-- One piece of work; the queue carries its id. The fence goes up with every takeover, and whoever writes
-- under an older one is refused. channel and thread_ts: where in Slack it is answered.
create table foreman.run (
  id text primary key,
  kind text not null check (kind in ('investigation', 'follow_up')),
  incident_id text not null,
  request jsonb not null,
  status text not null default 'waiting' check (status in ('waiting', 'running', 'finished', 'failed', 'stopped')),
  fence integer not null default 0,
  team text,
  channel text,
  thread_ts text,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  detail text
);
create index run_open on foreman.run (created_at) where status in ('waiting', 'running');
create index run_thread on foreman.run (channel, thread_ts) where thread_ts is not null;

-- The journal: one row for each finished model turn or tool call. `json`, not `jsonb`: what is replayed to a
-- model must be what was sent to it, to the order of the keys.
create table foreman.step (
  run_id text not null references foreman.run (id) on delete cascade,
  key text not null,
  kind text not null check (kind in ('turn', 'call')),
  input_hash text not null,
  value json not null,
  created_at timestamptz not null default now(),
  primary key (run_id, key)
);

-- Deliveries already taken: event ids, channel + ts. A job id is free again when its job is done; these never are.
create table foreman.claim (
  key text primary key,
  claimed_at timestamptz not null
);

create table foreman.incident (
  id text primary key,
  fingerprint text not null,
  opened_at timestamptz not null,
  alert jsonb not null,
  alert_count integer not null default 1,
  run_id text not null references foreman.run (id)
);
create index incident_fingerprint on foreman.incident (fingerprint, opened_at desc);

-- The whole record of a run. `json` for the same reason as the journal: pages, graders and replays read it back as it was.
create table foreman.investigation (
  id text primary key,
  run_id text not null unique references foreman.run (id),
  kind text not null,
  incident_id text not null,
  ended_at timestamptz not null,
  record json not null
);
create index investigation_newest on foreman.investigation (ended_at desc);

-- One per source and judge: a changed mind replaces the verdict, not the correction.
create table foreman.judgement (
  id text primary key,
  investigation_id text not null,
  source text not null check (source in ('person', 'verification')),
  verdict text not null check (verdict in ('right', 'wrong', 'unknown')),
  judge text not null,
  judged_at timestamptz not null,
  correction text,
  unique (investigation_id, source, judge)
);

create table foreman.flag (
  id text primary key,
  investigation_id text not null,
  flagged_by text not null,
  flagged_at timestamptz not null,
  note text
);
create index flag_investigation on foreman.flag (investigation_id);

-- Outward acts, written down before they are done. The key is the operation's: the same key is never done twice.
create table foreman.outbox (
  key text primary key,
  run_id text not null,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'sent')),
  reference text,
  created_at timestamptz not null
);
create index outbox_run on foreman.outbox (run_id);
