insert into public.accounts (id, email, created_at) values
  ('d0ba33c1-f0e5-4184-bf2e-60ccf40503a4', 'trjqwkg@customer.example', '2026-05-23T08:45:00.530Z'),
  ('dbc8f565-8cf8-4fe0-88cb-6bd69e654f30', 'ljthjqc@customer.example', '2026-08-07T11:59:42.119Z'),
  ('1f204184-ee1d-4bf8-8ab4-a0033c37c74f', 'tlpzcuo@customer.example', '2026-10-05T15:41:59.836Z'),
  ('86dea485-8fdd-4a27-b9ae-3c29b1641c22', 'fwvdxlf@customer.example', '2026-08-20T11:31:26.173Z');

insert into public.claims (id, customer, amount_claimed, created_at) values
  ('6764f181-7264-4e1a-b950-85efbb9dac73', 'c_1658', null, '2026-11-19T12:01:00.000Z'),
  ('68aad8e2-72bc-4346-9965-091dec68428e', 'c_5217', null, '2026-11-19T11:54:00.000Z'),
  ('5af6fc1b-58ea-4cf9-a635-5974746d0c85', 'c_6858', null, '2026-11-19T11:47:00.000Z'),
  ('2fcad817-99bb-4649-9a3a-efd171ab5c60', 'c_1498', null, '2026-11-19T11:40:00.000Z'),
  ('e3dca825-1867-4bc3-af3c-2500e27f430b', 'c_6677', null, '2026-11-19T11:33:00.000Z'),
  ('e59bcd30-37a0-4939-978f-6ec1141fe2e1', 'c_2364', null, '2026-11-19T11:26:00.000Z');

