create table public.accounts (id uuid primary key, email text not null, created_at timestamptz not null default now());
create unique index accounts_email on public.accounts (lower(email));

create table public.orders (id uuid primary key, customer text not null, courier_instructions text, created_at timestamptz not null default now(), channel text);

