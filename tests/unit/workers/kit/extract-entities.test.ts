import { describe, expect, it } from 'vitest'
import { extractEntities } from '../../../../workers/kit/extract-entities.ts'

const found = (text: string) => extractEntities(text).map(({ kind, value }) => `${kind}:${value}`)

describe('extractEntities', () => {
  it.each([
    ['Trace with id toolu_01A09q90qw90lq917835lq9 was not found', ['identifier:toolu_01A09q90qw90lq917835lq9']],
    ['invalid input syntax for type uuid: "toolu_01A09q90qw90lq917835lq9"', ['identifier:toolu_01A09q90qw90lq917835lq9']],
    ['run 550e8400-e29b-41d4-a716-446655440000 ended', ['identifier:550e8400-e29b-41d4-a716-446655440000']],
    ['relation "quote_totals" does not exist', ['table:quote_totals']],
    ['column orders.tax_rate does not exist', ['column:orders.tax_rate']],
    ['column "tax_rate" of relation "orders" does not exist', ['table:orders', 'column:tax_rate']],
    ['getaddrinfo ENOTFOUND checkot-api.railway.internal', ['error_code:ENOTFOUND', 'host:checkot-api.railway.internal']],
    ['connect ECONNREFUSED 10.0.3.7:5432', ['error_code:ECONNREFUSED', 'host:10.0.3.7:5432']],
    ['upstream answered 503 after 30 s', ['status_code:503', 'quantity:30 s']],
    ['HTTP 401 Unauthorized', ['status_code:401']],
    ['missing required variable PAYMENTS_API_URL', ['variable:PAYMENTS_API_URL']],
    ['password authentication failed for user "reporter"', ['role:reporter']],
    ['pod quote-api-7d9f8b6c5d-x2k4z was OOMKilled at 512Mi', ['pod:quote-api-7d9f8b6c5d-x2k4z', 'error_code:OOMKilled', 'quantity:512Mi']],
    ['ModuleNotFoundError: No module named `print_hello.jobs`', ['error_type:ModuleNotFoundError', 'identifier:print_hello.jobs']],
    ['print_hello() ran at src/jobs/hello.py:12', ['function:print_hello', 'file:src/jobs/hello.py:12']],
    ['alter table public.claims rename column amount to amount_cents;', ['table:claims', 'column:amount', 'column:amount_cents']],
    ['insert into public.claims (id) values ($1)', ['table:claims']],
    ['queue "default" is full', ['identifier:default']],
    ['enqueued function=print_hello client="lumen-web" env=staging', ['function:print_hello', 'user:lumen-web', 'environment:staging']],
    ['PGRST205 from https://abc.example.co/rest/v1/totals?select=id', ['url:https://abc.example.co/rest/v1/totals?select=id', 'error_code:PGRST205']],
    ['cannot pull registry.example.io/team/quote-api:1.5.0', ['image:registry.example.io/team/quote-api:1.5.0']],
    ['new row violates row-level security policy "tenant reads" for table "invoices"', ['table:invoices', 'policy:tenant reads']],
    ["couldn't find key provider_dsn in Secret messaging/push-provider", ['credential:push-provider', 'variable:provider_dsn']],
    ['configmap "quote-config" not found', ['config_map:quote-config']],
    ['{"tenant": "acme", "order_id": 81234}', ['user:acme', 'identifier:81234']],
    ['claimed message 810897 from queue orders.created', ['identifier:810897', 'identifier:orders.created']],
    ['trace=7c109e175dfb1271df68382e02feb82e refused', ['trace:7c109e175dfb1271df68382e02feb82e']],
    ['PORT=8080 but process.env.HOST is unset', ['variable:PORT', 'variable:HOST']],
    ["unknown field 'unit_price' in KeyError: 'sku_id'", ['column:unit_price', 'column:sku_id']],
    ['Stripe-Version: 2024-06-20 is retired; use version v2.1', ['identifier:2024-06-20', 'identifier:v2.1']],
    ['dial tcp: redis-primary:6379, upstream=billing.shop:8080', ['host:redis-primary:6379', 'host:billing.shop:8080']],
    ['x509: certificate for *.shop.example.com has expired', ['domain:*.shop.example.com']],
    ['image "redis:7.4" is gone', ['image:redis:7.4']],
    ['at Module.handle (file:///app/src/handlers/digest.js:5:17)', ['file:src/handlers/digest.js:5:17']],
    ['flag=new-checkout broker=kafka-1:9092', ['variable:new-checkout', 'host:kafka-1:9092']],
  ])('finds in "%s" what it names', (text, expected) => {
    expect(found(text)).toEqual(expect.arrayContaining(expected))
  })

  it.each(['cannot reach ledger-api.payments.example.c…', 'the service could not be reached and gave up', 'Everything is fine.', 'read-only replicas are up-to-date', 'Node.js v24.11.0', ''])('finds nothing in "%s"', (text) => {
    expect(found(text)).toEqual([])
  })

  it('names a thing once however often it stands there, and stops at the limit', () => {
    expect(found('DB_URL DB_URL DB_URL')).toEqual(['variable:DB_URL'])
    expect(extractEntities(Array.from({ length: 90 }, (_, index) => `VAR_${index}`).join(' '), 5)).toHaveLength(5)
  })
})
