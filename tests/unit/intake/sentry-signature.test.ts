import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../src/core/time.ts'
import { checkSentrySignature } from '../../../src/intake/sentry-signature.ts'

const now = 1_763_479_440
const clock = createManualClock(new Date(now * 1000))
const sign = (body: string, secret = 'client-secret') => createHmac('sha256', secret).update(body).digest('hex')
const check = (body: string, signature: string | undefined, timestamp: string | undefined = String(now)) => checkSentrySignature(body, { signature, timestamp }, 'client-secret', clock)

describe("Sentry's signature", () => {
  it('is valid over the raw body, umlauts and all', () => {
    expect(check('{"a":"ü"}', sign('{"a":"ü"}'))).toBe('valid')
  })

  it.each([
    ['another body', sign('{"a": "ü"}')],
    ['another secret', sign('{"a":"ü"}', 'other')],
    ['half of it', sign('{"a":"ü"}').slice(0, 32)],
    ['no hex', 'not hex at all'],
  ])('is wrong over %s', (_what, signature) => {
    expect(check('{"a":"ü"}', signature)).toBe('wrong')
  })

  it.each([[undefined, String(now)], ['', String(now)]])('is missing when it is %s', (signature, timestamp) => {
    expect(check('{}', signature, timestamp)).toBe('unsigned')
  })

  it('is missing without its timestamp', () => {
    expect(checkSentrySignature('{}', { signature: sign('{}'), timestamp: undefined }, 'client-secret', clock)).toBe('unsigned')
  })

  it.each([[-301, 'stale'], [-300, 'valid'], [300, 'valid'], [301, 'stale']])('of %d seconds from now is %s', (offset, outcome) => {
    expect(check('{}', sign('{}'), String(now + offset))).toBe(outcome)
  })

  it('with a timestamp that is no number is stale', () => {
    expect(check('{}', sign('{}'), 'soon')).toBe('stale')
  })
})
