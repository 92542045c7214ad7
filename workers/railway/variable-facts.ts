import { createHash } from 'node:crypto'
import { z } from 'zod'

/** What may be known of a variable: everything but its value. */
export const VariableFact = z.object({
  name: z.string(),
  hash: z.string().describe('first 8 hex digits of SHA-256, to compare values'),
  length: z.number().int(),
  references: z.array(z.string()).describe('service.VARIABLE it is built from'),
  privateHosts: z.array(z.string()).describe('*.railway.internal names inside'),
  problem: z.string().nullable(),
})
export type VariableFact = z.infer<typeof VariableFact>

/**
 * The facts of a variable as it is written (references not resolved). Of its value only names leave: services and variables it
 * refers to, private host names, and what is visibly wrong with it (empty, padded, a JWT past its expiry).
 */
export function variableFact(name: string, value: string, now: Date): VariableFact {
  return {
    name,
    hash: createHash('sha256').update(value).digest('hex').slice(0, 8),
    length: value.length,
    references: [...value.matchAll(/\$\{\{\s*([\w .-]{1,120}?)\s*\}\}/g)].map((match) => match[1] ?? ''),
    privateHosts: [...new Set([...value.matchAll(/\b([a-z0-9][a-z0-9-]{0,62})\.railway\.internal\b/gi)].map((match) => (match[1] ?? '').toLowerCase()))],
    problem: problemOf(value, now),
  }
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
