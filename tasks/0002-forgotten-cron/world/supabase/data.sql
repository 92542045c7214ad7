insert into public.accounts (id, email, created_at) values
  ('9a8968fa-4781-491d-bcb8-79b48941ae81', 'lxcseek@customer.example', '2026-04-15T09:24:27.202Z'),
  ('82a9dbe4-3690-4554-9559-34ede8bfd3d4', 'oowzdil@customer.example', '2026-05-03T13:48:12.339Z'),
  ('d4836ad5-12f8-43b3-8bb9-ea3210d28c6a', 'jwpjxro@customer.example', '2026-08-05T09:50:23.074Z'),
  ('613814f2-9c97-4f89-92ba-a14bf3e8cabc', 'btnbzli@customer.example', '2026-07-03T08:49:31.245Z');

-- Still waiting: one every 5 minutes, none of them ever found its function.
insert into public.job_runs
select 880000 + n, 'default', 'print_hello', 'retrying', least(400, (4986 - n) / 12 + 1), 'function not registered', timestamptz '2026-09-16T16:02:00.000Z' - make_interval(mins => (4986 - n) * 5)
from generate_series(1, 4986) as n;
insert into public.job_runs
select 900000 + n, 'default', 'print_labels', 'done', 1, null, timestamptz '2026-09-16T16:02:00.000Z' - make_interval(hours => n)
from generate_series(1, 30) as n;
insert into public.job_runs
select 910000 + n, 'default', 'send_invoice_reminders', 'waiting', 0, null, timestamptz '2026-09-16T16:02:00.000Z' - make_interval(mins => n)
from generate_series(1, 14) as n;

