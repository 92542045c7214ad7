insert into public.accounts (id, email, created_at) values
  ('07e4f736-614b-4d66-82f8-bf134e720856', 'dpeohyh@customer.example', '2026-09-23T15:03:38.758Z'),
  ('1574f597-8756-4501-8ab0-a68a357bf044', 'ppidujx@customer.example', '2026-07-31T13:23:53.624Z'),
  ('39474d9b-b193-4ca9-8b0c-a056fdbef5f5', 'mvouehy@customer.example', '2026-07-10T10:51:37.033Z'),
  ('f631665e-590c-4253-b0d4-f611562f605f', 'pnlxwfh@customer.example', '2026-08-01T11:32:42.740Z');

insert into public.api_clients values
  ('lumen-notebooks', 'dmitar.haddad@tallowbridge.example', 'lumen-notebooks/1.6.2', '2026-01-01T11:25:36.713Z'),
  ('lumen-notes', 'beatriz.brandvold@tallowbridge.example', 'lumen-notes/1.0.2', '2025-11-08T11:15:42.634Z'),
  ('lumen-web', 'oskar.ferreira@tallowbridge.example', 'lumen-web/1.6.2', '2026-07-31T08:28:52.774Z');
insert into public.traces values
  ('9e3af5bc-f047-4fbb-a638-18892170c8dd', 'run-2940', 'lumen-notes', '2026-11-16T16:24:00.000Z'),
  ('3f94079c-eb64-4b9f-9bb0-44fa07837a44', 'run-9293', 'lumen-notebooks', '2026-11-17T13:24:00.000Z'),
  ('7c3caf41-6247-4e68-9578-8f7712506477', 'run-4633', 'lumen-notebooks', '2026-11-18T10:24:00.000Z'),
  ('ee2e6bf0-e040-4010-a0c7-359a22c6922d', 'run-1831', 'lumen-notes', '2026-11-16T16:24:00.000Z'),
  ('751978d1-5a34-4859-bfe7-2a426f6fa4ab', 'run-8903', 'lumen-web', '2026-11-17T01:24:00.000Z'),
  ('01037591-d834-4cf4-8ce1-31151749f34a', 'run-7765', 'lumen-web', '2026-11-17T06:24:00.000Z'),
  ('f71e5b5c-940b-4a80-962e-7bf15ee80a18', 'run-4773', 'lumen-web', '2026-11-18T12:24:00.000Z'),
  ('5198c419-bfe2-4984-9233-e5b7d5a294eb', 'run-3291', 'lumen-web', '2026-11-17T13:24:00.000Z'),
  ('46849ec5-b4bc-40cd-b83b-ab2da07498f1', 'run-4498', 'lumen-web', '2026-11-18T00:24:00.000Z');

