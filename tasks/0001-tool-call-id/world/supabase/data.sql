insert into public.accounts (id, email, created_at) values
  ('0e378293-2a62-46bd-b4a3-08db1fa09fcb', 'hqqncsh@customer.example', '2026-08-16T15:27:12.137Z'),
  ('dcb1596a-c890-4587-be53-8dd7476995bb', 'kjjaroj@customer.example', '2026-05-12T13:56:06.306Z'),
  ('2c44023f-8190-4662-aa4b-ecf8b72c0e73', 'ttuemvt@customer.example', '2026-08-20T08:05:05.884Z'),
  ('04cb6c2e-f0a4-4608-99d9-242b90f9278e', 'qkynqde@customer.example', '2026-07-04T13:30:29.408Z');

insert into public.api_clients values
  ('lumen-notebooks', 'jun.achterberg@fernwick.example', 'lumen-notebooks/0.3.2', '2025-09-11T10:16:59.749Z'),
  ('lumen-notes', 'jun.achterberg@fernwick.example', 'lumen-notes/0.3.2', '2026-02-25T09:28:20.897Z'),
  ('lumen-web', 'yuki.lindqvist@fernwick.example', 'lumen-web/3.9.2', '2026-06-04T12:35:34.661Z');
insert into public.traces values
  ('d9d190f6-6b12-4087-ba37-3229e71042f5', 'run-2420', 'lumen-web', '2026-09-16T02:55:00.000Z'),
  ('d9cf097b-dca2-4e07-852d-3395ca55ec03', 'run-1815', 'lumen-web', '2026-09-17T16:55:00.000Z'),
  ('4531ce83-ec47-42a8-badf-548bacab715a', 'run-6390', 'lumen-notebooks', '2026-09-17T16:55:00.000Z'),
  ('0d8b8147-9339-4ddc-a409-6254be1a5c07', 'run-6881', 'lumen-notebooks', '2026-09-17T12:55:00.000Z'),
  ('437092f7-120e-412c-b4c5-b921b27e6839', 'run-3720', 'lumen-notes', '2026-09-16T23:55:00.000Z'),
  ('e26ef1a0-fa14-4b1f-a037-3d2488cb1f55', 'run-5692', 'lumen-notebooks', '2026-09-15T21:55:00.000Z'),
  ('a11cf4e4-05cc-46c6-838e-37da1f463ec8', 'run-6448', 'lumen-notes', '2026-09-16T08:55:00.000Z'),
  ('fdf7b0ae-aa47-4f0b-9725-a3e9d61ef3b8', 'run-1551', 'lumen-notes', '2026-09-16T04:55:00.000Z'),
  ('3ed8dadd-08b7-4a2f-8187-bd1ae010c823', 'run-8029', 'lumen-web', '2026-09-18T05:55:00.000Z');

