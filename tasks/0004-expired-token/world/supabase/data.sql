insert into public.accounts (id, email, created_at) values
  ('f6d7ca28-943d-43db-8cde-7c0b37e73da1', 'nmtuvgn@customer.example', '2026-06-23T11:26:53.427Z'),
  ('d488acdb-bb7c-4922-a98a-4b3fc776b486', 'lhtqyvb@customer.example', '2026-08-17T13:32:29.067Z'),
  ('5c707e15-14ac-4d78-905b-be8bd0df19ab', 'thasvmf@customer.example', '2026-04-16T11:08:30.211Z'),
  ('76bb9331-a3f7-462f-83a7-e528eb43c808', 'nxwxfdk@customer.example', '2026-08-01T08:01:48.925Z');

