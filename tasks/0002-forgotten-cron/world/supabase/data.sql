insert into public.accounts (id, email, created_at) values
  ('dbe43690-5547-4559-84ed-e8bfd3d498df', 'dilsqiv@customer.example', '2026-09-09T12:57:06.219Z'),
  ('6ad512f8-3b31-4bb9-ba32-10d28c6a6d95', 'xroefbk@customer.example', '2026-10-13T10:01:18.504Z'),
  ('14f29c97-f896-42ba-a14b-f3e8cabc1b81', 'zlijcgh@customer.example', '2026-09-13T15:09:56.205Z'),
  ('03ed7b40-b7d4-43fc-b88b-b7ee6be3b40b', 'urewdva@customer.example', '2026-10-01T14:30:22.912Z');

-- Still waiting: one every 5 minutes, none of them ever found its function.
insert into public.job_runs
select 880000 + n, 'default', 'print_hello', 'retrying', least(400, (4986 - n) / 12 + 1), 'function not registered', timestamptz '2026-11-13T09:13:00.000Z' - make_interval(mins => (4986 - n) * 5)
from generate_series(1, 4986) as n;
insert into public.job_runs
select 900000 + n, 'default', 'print_labels', 'done', 1, null, timestamptz '2026-11-13T09:13:00.000Z' - make_interval(hours => n)
from generate_series(1, 30) as n;
insert into public.job_runs
select 910000 + n, 'default', 'send_weekly_digest', 'waiting', 0, null, timestamptz '2026-11-13T09:13:00.000Z' - make_interval(mins => n)
from generate_series(1, 14) as n;

