import { describe, expect, test } from 'vitest'
import { jwtExpiry, variableFact } from '../../../../workers/railway/variable-facts.ts'

const now = new Date('2026-03-12T10:30:00Z')

function jwt(payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256' })}.${part(payload)}.c2lnbmF0dXJl`
}

describe('what is told of a variable', () => {
  test('is its name, a hash and its length, and nothing of its value', () => {
    const fact = variableFact('API_KEY', 'canary-5f2b9', now)
    expect(fact).toEqual({ name: 'API_KEY', hash: expect.stringMatching(/^[0-9a-f]{8}$/), length: 12, plain: null, hosts: [], references: [], privateHosts: [], problem: null })
    expect(JSON.stringify(fact)).not.toContain('canary')
  })

  test('includes what it refers to and the private hosts in it, without credentials', () => {
    const fact = variableFact('URLS', 'redis://u:hunter2@cache.railway.internal:6379 ${{ Postgres.DATABASE_URL }} ${{PORT}}', now)
    expect(fact).toMatchObject({ references: ['Postgres.DATABASE_URL', 'PORT'], privateHosts: ['cache'] })
    expect(JSON.stringify(fact)).not.toContain('hunter2')
  })

  test('includes that a token in it has expired', () => {
    const expired = jwt({ exp: Math.floor(Date.parse('2026-03-12T00:00:00Z') / 1_000) })
    expect(variableFact('TOKEN', expired, now).problem).toBe('holds a JWT that expired at 2026-03-12T00:00:00.000Z')
    expect(variableFact('TOKEN', `Bearer ${expired}`, now).problem).toContain('expired')
    expect(variableFact('TOKEN', jwt({ exp: Math.floor(Date.parse('2026-04-01T00:00:00Z') / 1_000) }), now).problem).toBeNull()
  })

  test.each([['', 'is empty'], [' padded', 'has white space around its value'], ['"quoted"', 'has quotation marks around its value']])('includes that %j is wrong', (value, problem) => {
    expect(variableFact('NAME', value, now).problem).toBe(problem)
  })
})

describe('the value of a variable', () => {
  test.each([
    ['PING_EVERY_SECONDS', '45', '45'], ['TOKEN_TTL_SECONDS', '600', '600'], ['FEATURE_ON', 'true', 'true'], ['QUEUE_WAIT', '250ms', '250ms'], ['LOG_LEVEL', 'info', 'info'], ['TZ', 'Europe/Berlin', 'Europe/Berlin'],
    ['DOOR_PIN', '4711', null], ['API_KEY', '12345678', null], ['DB_PASSWORD', 'true', null], ['GREETING', 'hello', null], ['BUCKET', 'hunter2', null], ['ACCOUNT', '12345678901234', null],
  ])('is told of plain settings only: %s=%s', (name, value, plain) => {
    expect(variableFact(name, value, now).plain).toBe(plain)
  })

  test.each([
    ['RATES_URL', 'https://u:p@rates.northway.example:8443/v2?key=hunter2', ['rates.northway.example:8443']], ['BROKERS', 'kafka://a.example:9092,kafka://b.example:9092', ['a.example:9092', 'b.example:9092']],
    ['CACHE_HOST', 'cache.internal:6379', ['cache.internal:6379']], ['DATABASE_URL', 'postgres://app:1234/hunter2@db.internal/app', []], ['NAME', 'cache.internal', []],
  ])('gives the hosts of its URLs and nothing else of them: %s', (name, value, hosts) => {
    const fact = variableFact(name, value, now)
    expect(fact.hosts).toEqual(hosts)
    expect(JSON.stringify(fact)).not.toMatch(/hunter2|1234/)
  })
})

describe('the expiry of a token', () => {
  test.each([['not a token'], ['a.b.c'], [jwt({ sub: 'x' })], [`x.${Buffer.from('[]').toString('base64url')}.y`]])('is null for %s', (value) => {
    expect(jwtExpiry(value)).toBeNull()
  })
})
