create table public.accounts (id uuid primary key, email text not null, created_at timestamptz not null default now());
create unique index accounts_email on public.accounts (lower(email));

create table public.traces (id uuid primary key, name text not null, client text not null, started_at timestamptz not null);
create table public.api_clients (id text primary key, owner text not null, user_agent text not null, created_at timestamptz not null);

