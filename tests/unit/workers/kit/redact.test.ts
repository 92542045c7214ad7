import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { secretsOfAllKinds } from '../../../fixtures/secret-kinds.ts'

/** The bar breaks what a scanner would take for a leak; it is taken out before use. */
const barred: readonly [kind: string, text: string, secret: string][] = [
  ['a JWT', 'token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U expired', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'],
  ['an OpenAI key', 'using sk-¦proj-a1B2c3D4e5F6g7H8i9J0k1L2', 'a1B2c3D4e5F6'],
  ['an Anthropic key', 'using sk-¦ant-api03-a1B2c3D4e5F6g7H8i9J0k1L2', 'a1B2c3D4e5F6'],
  ['a Supabase access token', 'sbp_¦0123456789abcdef0123456789abcdef01234567', '0123456789abcdef0123'],
  ['a Supabase secret key', 'key=sb_secret_¦N7UND0UgjKTVK-Uodkm0Hg', 'N7UND0Ugj'],
  ['a GitHub token', 'cloning with ghp_¦abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghijklmnop'],
  ['a fine-grained GitHub token', 'github_pat_¦11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz', '11ABCDEFG0'],
  ['a GitLab token', 'glpat-¦abcdefghij0123456789', 'abcdefghij0123'],
  ['a Slack bot token', 'xoxb-¦123456789012-abcdefABCDEF', '123456789012-abc'],
  ['a Slack app token', 'xapp-¦1-A0123-4567-abcdef', 'A0123-4567'],
  ['a Slack webhook', 'post to https://hooks.slack.com/services/¦T000/B000/XXXXXXXXabc', 'T000/B000'],
  ['a Discord webhook', 'https://discord.com/api/webhooks/123456/abcDEF_ghi-JKL', 'abcDEF_ghi'],
  ['an AWS key id', 'key AKIA¦IOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE'],
  ['an AWS secret', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
  ['a Google key', 'AIza¦SyA1234567890abcdefghijklmnopqrstuvw', 'SyA1234567890'],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\n-----END RSA PRIVATE KEY-----', 'MIIEpAIBAAKCAQEA7bq'],
  ['a private key on one line', String.raw`-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----`, 'MIIEvQIBADANBg'],
  ['a Sentry token', 'sntrys_¦eyJpYXQiOjE2ODczMzY1_abcDEF123', 'eyJpYXQiOjE2ODcz'],
  ['a Sentry DSN', 'https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/42', '0123456789abcdef@'],
  ['a Stripe key', 'sk_live_¦4eC39HqLyjWDarjtT1zdp7dc', '4eC39HqLyj'],
  ['a Stripe webhook secret', 'whsec_¦abcdefghijklmnopqrstuvwxyz123', 'abcdefghijklmnop'],
  ['a Twilio key', 'SK¦0123456789abcdef0123456789abcdef', '0123456789abcdef'],
  ['a SendGrid key', 'SG.¦abcdefghijklmnopqrst.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdef', 'ABCDEFGHIJKLM'],
  ['an npm token', '//registry/:_authToken=npm_¦abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghijklmnopqr'],
  ['a bearer header', 'Authorization: Bearer q7Zx81kfPw02LmNv', 'q7Zx81kfPw02LmNv'],
  ['a basic header', `authorization: Basic ${Buffer.from('admin:correct horse').toString('base64')}`, Buffer.from('admin:correct horse').toString('base64').slice(0, 16)],
  ['an API key header', '"x-api-key": "9f8e7d6c5b4a3021"', '9f8e7d6c5b4a3021'],
  ['a cookie', 'Cookie: sid=8f3kd82mfk2; theme=dark', '8f3kd82mfk2'],
  ['a set-cookie tuple', '["Set-Cookie","sid=8f3kd82mfk2; Path=/"]', '8f3kd82mfk2'],
  ['a Redis password', 'redis://default:p4ssw0rd@cache.internal:6379/0', 'p4ssw0rd'],
  ['a password in a query string', 'dsn: host=db user=app password=hunter2 dbname=orders', 'hunter2'],
  ['a password in YAML', 'password: "c0rrect-horse"', 'c0rrect-horse'],
  ['an environment line', 'STRIPE_API_KEY=8f7d6e5c4b3a29181716', '8f7d6e5c4b3a29181716'],
  ['a session token', 'refresh_token: "v1.MjQ1NzYxODkzNDU2Nzg5MA=="', 'MjQ1NzYxODkzNDU2Nzg5MA'],
  ['a password hash', '$2b$12$¦abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234', 'abcdefghijklmnopqrstuu'],
]
const secrets = barred.map(([kind, text, secret]): [string, string, string] => [kind, text.replaceAll('¦', ''), secret])

describe('createRedactor', () => {
  it.each(secrets)('hides %s', (_kind, text, secret) => {
    const clean = createRedactor().text(`before ${text} after`)
    expect(clean).not.toContain(secret)
    expect(clean).toMatch(/^before .*\[secret:[a-z_]+:1\].* after$/s)
  })

  it.each([
    ['a uuid', 'run 550e8400-e29b-41d4-a716-446655440000 failed'],
    ['a trace id', 'trace 0af7651916cd43dd8448eb211c80319c'],
    ['a commit', 'at da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['a prefixed id', 'no trace with id toolu_01A09q90qw90lq917835lq9 (req_011CSHoEeqs5C35K2UUqR7Fy)'],
    ['a token argument that is an id', 'token=550e8400-e29b-41d4-a716-446655440000'],
    ['a reference in code', 'const token = req.headers.token; password: process.env.DB_PASSWORD'],
    ['a type in code', 'password: string, secret?: undefined'],
    ['a count of tokens', 'max_tokens: 4096, total_tokens=128000, token_count: 17'],
    ['a secret’s name', 'secretName: web-tls-cert, secretKeyRef: db-credentials'],
    ['an address', 'postgres://app@db.internal:5432/orders'],
    ['prose', 'the bearer of this basic message has no cookie and no password'],
    ['an image digest', 'app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ])('leaves %s alone', (_what, text) => {
    expect(createRedactor().text(text)).toBe(text)
  })

  it('keeps the host and the database of a connection string', () => {
    expect(createRedactor().text('postgresql://app:s3cr3t@db.internal:5432/orders?sslmode=require')).toBe('postgresql://app:[secret:connection_password:1]@db.internal:5432/orders?sslmode=require')
  })

  it('gives one secret one placeholder wherever it stands, and another secret another', () => {
    const redactor = createRedactor()
    const first = redactor.text('postgres://app:s3cr3t@a.internal/x and postgres://app:0ther@b.internal/x')
    expect(first).toContain('[secret:connection_password:2]')
    expect(redactor.json({ db: { password: 's3cr3t' } })).toEqual({ db: { password: '[secret:connection_password:1]' } })
  })

  it('hides values by the name of their key, in nested objects and lists', () => {
    expect(createRedactor().json({ env: [{ name: 'x', clientSecret: 'abcd1234efgh' }], headers: { Cookie: 'sid=1; a=2' }, count: 3, none: null })).toEqual({
      env: [{ name: 'x', clientSecret: '[secret:secret:1]' }], headers: { Cookie: '[secret:cookie:1]' }, count: 3, none: null,
    })
  })

  // Before its @, nothing tells an address from a word.
  it.each(secretsOfAllKinds('cut').filter(({ kind }) => kind !== 'an e-mail address').map(({ kind, text, core }) => [kind, text, core] as const))('leaves at most a few characters of %s that a tool cut off, wherever it was cut', (_kind, text, core) => {
    const longest = Array.from({ length: text.length - 1 }, (_, index) => {
      const clean = createRedactor({ emails: true, cardNumbers: true }).text(`log: ${text.slice(0, index + 1)}…`)
      return Array.from({ length: core.length }, (_none, count) => core.length - count).find((count) => clean.includes(core.slice(0, count))) ?? 0
    })
    expect(Math.max(...longest)).toBeLessThanOrEqual(12)
  })

  it('gives the beginning of a known secret the placeholder of the whole', () => {
    const redactor = createRedactor({ secrets: ['one of our own'] })
    const [key] = secretsOfAllKinds('whole').filter(({ kind }) => kind === 'a Google key')
    expect(redactor.text(`${key?.text} and ${key?.text.slice(0, 30)}… and one of our…`)).toBe('[secret:google_key:1] and [secret:google_key:1]… and [secret:own:1]…')
  })

  it.each(['see https://docs.larkspur.example/a:b/very-lo…', 'GET http://quote-api:80…', 'task sk-…', 'the token endpoint…', 'basic knowledge of…', 'key distribution…', 'id 550e8400-e29b-41d4…'])('leaves what is no secret alone though it was cut: %s', (text) => {
    expect(createRedactor().text(text)).toBe(text)
  })

  it('hides the exact values of our own secrets, longest first', () => {
    const redactor = createRedactor({ secrets: ['plainlooking', 'plainlookingtoo', 'short'] })
    expect(redactor.text('plainlookingtoo plainlooking short')).toBe('[secret:own:1] [secret:own:2] short')
  })

  it('hides e-mail addresses and card numbers only when asked', () => {
    const text = 'ann@example.org paid with 4111 1111 1111 1111, order 4111 1111 1111 1112'
    expect(createRedactor().text(text)).toBe(text)
    expect(createRedactor({ emails: true, cardNumbers: true }).text(text)).toBe('[secret:email:1] paid with [secret:card:1], order 4111 1111 1111 1112')
  })

  it('changes nothing the second time', () => {
    const redactor = createRedactor()
    const once = redactor.text(secrets.map(([, text]) => text).join('\n'))
    expect(redactor.text(once)).toBe(once)
  })
})
