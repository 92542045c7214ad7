insert into public.accounts (id, email, created_at) values
  ('4e8e6a81-b2b9-4a1c-bb0a-d3f728424d72', 'pgaqzhe@customer.example', '2026-09-23T11:55:18.597Z'),
  ('de0c420f-c0a3-4a8c-9729-da1d01ae87ba', 'ivcruak@customer.example', '2026-09-24T13:59:07.458Z'),
  ('b82bbf7b-541b-4180-8199-5cc0b10ca083', 'igfwpbs@customer.example', '2026-07-26T16:30:17.732Z'),
  ('84d98c5e-b6bc-4d9f-bfbe-ec98f710753f', 'tmbofxp@customer.example', '2026-11-07T13:10:00.194Z');

insert into public.orders (id, customer, courier_instructions, created_at) values
  ('ccd007d0-276f-43f6-990c-92ab2c345d4d', 'c_8522', null, '2026-11-19T12:01:00.000Z'),
  ('199c3ccb-f52b-493b-a38e-94f2e7ffce22', 'c_7446', null, '2026-11-19T11:54:00.000Z'),
  ('689811ae-9234-41bc-8f0c-84d0471545ec', 'c_8258', null, '2026-11-19T11:47:00.000Z'),
  ('cb4b414e-e830-4e6c-8cc5-7fabf8ddb2fa', 'c_1894', null, '2026-11-19T11:40:00.000Z'),
  ('7bce5e28-37e9-4791-9254-b495d819e3db', 'c_8250', null, '2026-11-19T11:33:00.000Z'),
  ('ce72fbcd-27dc-409e-ba9d-36881b6eb9ca', 'c_7600', null, '2026-11-19T11:26:00.000Z');

