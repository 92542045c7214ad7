insert into public.accounts (id, email, created_at) values
  ('5dcc5939-95ab-4abc-997d-7d1a41b87527', 'utifrow@customer.example', '2026-04-22T09:48:17.494Z'),
  ('b7c7675c-2091-4b03-a249-664a4e7a2949', 'hzabsdk@customer.example', '2026-03-22T16:56:29.327Z'),
  ('b9aaf259-e31d-4a18-8836-136642527120', 'pxkbgri@customer.example', '2026-03-15T13:49:40.239Z'),
  ('85a144a0-3f45-4642-8776-3640dc82eb01', 'hidwdli@customer.example', '2026-09-01T13:26:04.308Z');

insert into public.api_clients values
  ('lumen-notebooks', 'oskar.haddad@fernwick.example', 'lumen-notebooks/0.5.2', '2025-11-06T12:50:25.427Z'),
  ('lumen-notes', 'jun.achterberg@fernwick.example', 'lumen-notes/0.5.2', '2025-11-13T15:09:17.883Z'),
  ('lumen-web', 'noor.varga@fernwick.example', 'lumen-web/2.0.2', '2025-09-17T13:08:00.804Z');
insert into public.traces values
  ('cf20deb7-ede4-4f5d-b536-fcbcdf2d39c9', 'run-3120', 'lumen-notebooks', '2026-09-17T23:55:00.000Z'),
  ('2898232c-3568-4a68-9538-226668c0f407', 'run-9997', 'lumen-notes', '2026-09-17T02:55:00.000Z'),
  ('7543ee2d-8250-4032-a3e8-9b88b541d514', 'run-5065', 'lumen-web', '2026-09-16T18:55:00.000Z'),
  ('3a82fab2-f2c4-4198-9991-b6aae4351797', 'run-3969', 'lumen-notes', '2026-09-16T21:55:00.000Z'),
  ('6564b575-1d9f-4637-9bf6-2beb54e8a1d6', 'run-6957', 'lumen-notebooks', '2026-09-15T22:55:00.000Z'),
  ('b0734d9d-6382-48dd-abb0-4b00ca575f6b', 'run-2220', 'lumen-web', '2026-09-16T19:55:00.000Z'),
  ('8ea8b297-2b4e-4ce9-938f-e09c821821df', 'run-1654', 'lumen-web', '2026-09-16T01:55:00.000Z'),
  ('917191ca-ddfa-4464-8660-e1bc0e8b1d9c', 'run-8496', 'lumen-web', '2026-09-17T00:55:00.000Z'),
  ('e2e5030d-89a2-4668-8f83-0c1ff8df1390', 'run-6014', 'lumen-notes', '2026-09-17T11:55:00.000Z');

