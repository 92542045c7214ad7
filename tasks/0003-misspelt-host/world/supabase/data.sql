insert into public.accounts (id, email, created_at) values
  ('e060abc6-6379-41f4-9e60-14d6c4f33031', 'gnjhxgm@customer.example', '2026-06-08T15:55:53.760Z'),
  ('31810c7f-9e81-4808-ae10-2694f40c2bfb', 'zgdnsap@customer.example', '2026-04-28T14:19:33.250Z'),
  ('8cfb4b27-9aac-43b9-a933-b40b3414528a', 'mzvkqyz@customer.example', '2026-08-28T13:24:17.753Z'),
  ('7e039bb6-b27e-4402-a42b-93127980a2ac', 'qwfibkl@customer.example', '2026-04-22T16:00:09.187Z');

