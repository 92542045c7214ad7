insert into public.accounts (id, email, created_at) values
  ('57cd01a1-fcb2-44fc-aff4-4a6320ff219c', 'aqpiwzl@customer.example', '2026-08-22T13:03:41.497Z'),
  ('de63e71b-0e40-4526-95bb-7fc83e56092c', 'gerrmpe@customer.example', '2026-09-09T08:03:05.815Z'),
  ('5c26ce52-2444-44e3-b9da-c8554a015ea0', 'twxnxfu@customer.example', '2026-07-01T16:41:54.843Z'),
  ('04dea423-573d-4459-ad25-4f07c62f01ae', 'uhzoexv@customer.example', '2026-07-02T10:28:06.354Z');

