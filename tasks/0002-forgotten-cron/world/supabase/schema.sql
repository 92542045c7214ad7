create table public.accounts (id uuid primary key, email text not null, created_at timestamptz not null default now());
create unique index accounts_email on public.accounts (lower(email));

create table public.job_runs (id bigint primary key, queue text not null, function text not null, state text not null, attempts int not null default 0, error text, enqueued_at timestamptz not null);
create index job_runs_open on public.job_runs (queue, state, enqueued_at);

