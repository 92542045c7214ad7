import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../core/time.ts'

/** A webhook older or newer than this is refused, so that a recorded one cannot be played back later. */
const toleranceSeconds = 300

export type SignatureCheck = 'valid' | 'unsigned' | 'wrong' | 'stale'

/**
 * Checks Sentry's webhook headers: `Sentry-Hook-Signature` is the hex HMAC-SHA256 of the raw body under the client secret,
 * `Sentry-Hook-Timestamp` is seconds since the epoch (https://docs.sentry.io/organization/integrations/integration-platform/webhooks/).
 */
export function checkSentrySignature(rawBody: string, headers: { signature: string | undefined; timestamp: string | undefined }, secret: string, clock: Clock): SignatureCheck {
  const { signature, timestamp } = headers
  if (signature === undefined || signature === '' || timestamp === undefined) return 'unsigned'
  const expected = createHmac('sha256', secret).update(rawBody, 'utf8').digest()
  const given = Buffer.from(signature, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong'
  const seconds = Number(timestamp)
  if (!Number.isFinite(seconds) || Math.abs(clock.now().getTime() / 1000 - seconds) > toleranceSeconds) return 'stale'
  return 'valid'
}
