import { createHash } from 'node:crypto'
import { z } from 'zod'

/** What may be known of a variable. Its value stays away, unless it is a plain setting: a number, a switch, a duration, a time zone, a place. */
export const VariableFact = z.object({
  name: z.string(),
  plain: z.string().nullable().describe('the value, of plain settings only'),
  hosts: z.array(z.string()).describe('hosts of URLs inside'),
  hash: z.string().describe('first 8 hex digits of SHA-256, to compare values'),
  length: z.number().int(),
  references: z.array(z.string()).describe('service.VARIABLE it is built from'),
  privateHosts: z.array(z.string()).describe('*.railway.internal names inside'),
  problem: z.string().nullable(),
})
export type VariableFact = z.infer<typeof VariableFact>

/** Names whose values stay hidden whatever they look like: a PIN is a number too. */
const SECRET_NAME = /secret|token|passw|pwd|credential|private|key|salt|seed|auth|cookie|session|signature|pin(?:_|$)|otp|code(?:_|$)|dsn|cert/i
/** A number, a switch, a duration or a size: what limits, timeouts and flags are made of. */
const PLAIN_VALUE = /^(?:-?\d{1,9}(?:\.\d{1,4})?\s?(?:%|ms|s|m|h|d|sec|min|[kKMGT]i?[bB]?)?|true|false|on|off|yes|no|enabled|disabled)$/
/** Names that say that the value is a word of a short list, such as a log level. */
const WORD_NAME = /(?:^|_)(?:ENV|ENVIRONMENT|MODE|LEVEL|REGION|ZONE|TZ|TIMEZONE|TIME_ZONE|LOCALE|LANG|STAGE|PROVIDER|STRATEGY|POLICY|VERSION|SCHEDULE)$/
const PLAIN_WORD = /^[A-Za-z0-9][\w./+*,: -]{0,39}$/

/** Names of amounts: what they hold is no secret even where another part of the name sounds like one, as in TOKEN_TTL_SECONDS. */
const AMOUNT_NAME = /_(?:MS|SEC|SECS|SECONDS|MINUTES|HOURS|DAYS|TTL|TIMEOUT|INTERVAL|LIMIT|MAX|MIN|SIZE|COUNT|RETRIES|ATTEMPTS|ENABLED|DISABLED)$/

/** Whether a value is a plain setting, such as a number or a switch, whose name does not sound like a secret. */
export function isPlain(name: string, value: string): boolean {
  if (SECRET_NAME.test(name) && !AMOUNT_NAME.test(name)) return false
  return PLAIN_VALUE.test(value) || (WORD_NAME.test(name) && PLAIN_WORD.test(value))
}

/** Whether a variable's name says that it holds a credential. */
export function isCredentialName(name: string): boolean {
  return /(?:^|_)(?:TOKEN|KEY|SECRET|PASSWORD|PASS|CREDENTIALS?|PAT|APIKEY)(?:_\d+)?$/.test(name)
}

/**
 * The facts of a variable as it is written (references not resolved). Of its value only names leave: services and variables it
 * refers to, hosts, and what is visibly wrong with it (empty, padded, a JWT past its expiry); and the value itself where it is a
 * plain setting whose name does not sound like a secret.
 */
export function variableFact(name: string, value: string, now: Date): VariableFact {
  return {
    name,
    plain: isPlain(name, value) ? value : null,
    hosts: hostsOf(name, value),
    hash: createHash('sha256').update(value).digest('hex').slice(0, 8),
    length: value.length,
    references: [...value.matchAll(/\$\{\{\s*([\w .-]{1,120}?)\s*\}\}/g)].map((match) => match[1] ?? ''),
    privateHosts: [...new Set([...value.matchAll(/\b([a-z0-9][a-z0-9-]{0,62})\.railway\.internal\b/gi)].map((match) => (match[1] ?? '').toLowerCase()))],
    problem: problemOf(value, now),
  }
}

const URL_LIKE = /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/?#]*@)?([a-z0-9][a-z0-9.-]{0,120}(?::\d{2,5})?)(?=[/?#,;"']|$)/i
const HOST_NAME = /(?:^|_)(?:HOST|HOSTNAME|ADDR|ADDRESS|ENDPOINT|SERVER|SERVERS|BROKERS?|DOMAIN|ORIGIN)$/
const HOST_VALUE = /^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d{2,5})?$/i

/** Hosts, with a port where one is written, of the URLs in a value; no user, password, path or query. */
export function hostsOf(name: string, value: string): string[] {
  if (HOST_NAME.test(name) && HOST_VALUE.test(value)) return [value.toLowerCase()]
  const hosts = value.split(/[\s,]+/).flatMap((word) => {
    // An @ behind a slash may end a password that has one in it: then nothing says where the host begins.
    const [, host] = /\/\/[^/]*\/.*@/.test(word) ? [] : URL_LIKE.exec(word) ?? []
    return host === undefined ? [] : [host.toLowerCase()]
  })
  return [...new Set(hosts)]
}

function problemOf(value: string, now: Date): string | null {
  if (value === '') return 'is empty'
  if (value !== value.trim()) return 'has white space around its value'
  if (/^(["']).*\1$/s.test(value)) return 'has quotation marks around its value'
  const expiry = jwtExpiry(value)
  return expiry !== null && expiry < now ? `holds a JWT that expired at ${expiry.toISOString()}` : null
}

/** When a JWT says it ends (claim `exp`, RFC 7519), or null when this is none or says nothing. */
export function jwtExpiry(value: string): Date | null {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(value.replace(/^Bearer /i, '')) ?? []
  if (payload === undefined) return null
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown }
    return typeof exp === 'number' ? new Date(exp * 1_000) : null
  } catch {
    return null
  }
}
