insert into public.accounts (id, email, created_at) values
  ('7c38434b-4086-4526-a752-576e0cdd9879', 'vyujrwr@customer.example', '2026-08-23T12:33:27.817Z'),
  ('a88c2f45-08ef-4104-b0d4-c9cc4bf220d2', 'qxrowat@customer.example', '2026-07-02T14:52:46.166Z'),
  ('60e83a36-d6fc-47ed-9363-b7abba2ac347', 'raaltgj@customer.example', '2026-05-29T08:02:04.790Z'),
  ('dbd61c17-9459-4e69-91e0-83a87f527f5e', 'bbwfnpx@customer.example', '2026-07-15T12:37:16.269Z');

