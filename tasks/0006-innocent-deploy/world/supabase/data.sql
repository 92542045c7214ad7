insert into public.accounts (id, email, created_at) values
  ('8d726e94-ec74-419c-a37e-fee654ccae89', 'kuhxwqf@customer.example', '2026-07-12T11:21:53.114Z'),
  ('f07b64e4-0c76-4bfe-b8f8-1fa7f2745c40', 'inhylgg@customer.example', '2026-06-06T16:11:06.065Z'),
  ('ba4e8395-2a3e-4182-9131-4a6b011026a0', 'lsqdwax@customer.example', '2026-05-27T12:31:29.361Z'),
  ('809f86e3-d919-4468-827e-e8fd9789ffee', 'vfhyazh@customer.example', '2026-07-17T12:18:04.715Z');

