import type { WebhookAnswer, WebhookHandler } from './adapters/web/create-web.ts'
import type { Alert } from './core/alert.ts'
import type { Desk } from './core/desk.ts'
import type { Clock } from './core/time.ts'
import { recogniseSentryWebhook } from './intake/recognise-sentry-webhook.ts'
import { checkSentrySignature } from './intake/sentry-signature.ts'

export interface SentryWebhookParts {
  readonly secret: string
  readonly organization: string | undefined
  readonly desk: Desk
  readonly clock: Clock
  readonly newId: () => string
  readonly log: { warn(about: object, message: string): void }
}

const refusals: Record<'unsigned' | 'wrong' | 'stale', string> = {
  unsigned: 'The webhook is not signed: Sentry-Hook-Signature or Sentry-Hook-Timestamp is missing.',
  wrong: 'The signature does not fit the body. Check that SENTRY_WEBHOOK_SECRET is the client secret of this integration.',
  stale: 'The timestamp is more than five minutes off.',
}

/** Sentry's webhook as an alert: verified, recognised, admitted; 503 when it could not be stored, so that the sender may try again. */
export function createSentryWebhook({ secret, organization, desk, clock, newId, log }: SentryWebhookParts): WebhookHandler {
  const admit = async (alert: Alert, claims: readonly string[]): Promise<WebhookAnswer> => {
    const admission = await desk.admit(alert, claims)
    return { status: admission.outcome === 'started' ? 202 : 200, body: { outcome: admission.outcome, ...(admission.outcome === 'refused' && { reason: admission.reason }) } }
  }
  return async (rawBody, header) => {
    const signature = checkSentrySignature(rawBody, { signature: header('sentry-hook-signature'), timestamp: header('sentry-hook-timestamp') }, secret, clock)
    if (signature !== 'valid') return { status: 401, body: { outcome: 'refused', reason: refusals[signature] } }
    const recognised = recogniseSentryWebhook(rawBody, { resource: header('sentry-hook-resource'), organization, clock, newId })
    if (recognised.outcome === 'malformed') return { status: 400, body: recognised }
    if (recognised.outcome === 'ignored') return { status: 200, body: recognised }
    try {
      return await admit(recognised.alert, recognised.claims)
    } catch (error) {
      log.warn({ err: error }, 'A webhook could not be stored; its sender was told to try again.')
      return { status: 503, body: { outcome: 'refused', reason: 'The alert could not be stored. Send it again.' } }
    }
  }
}
