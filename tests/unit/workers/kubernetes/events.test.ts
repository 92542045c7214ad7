import { describe, expect, test } from 'vitest'
import type { Event } from '../../../../workers/kubernetes/client.ts'
import { eventSignals, eventText, foldEvents } from '../../../../workers/kubernetes/events.ts'

function event(name: string, reason: string, message: string, more: { type?: string; count?: number; minute?: number } = {}): Event {
  const at = new Date(`2026-03-12T10:${String(more.minute ?? 20)}:00Z`)
  return { metadata: { namespace: 'shop' }, involvedObject: { kind: 'Pod', name, namespace: 'shop' }, reason, message, type: more.type ?? 'Warning', count: more.count ?? 1, firstTimestamp: at, lastTimestamp: at }
}

const events = [
  event('checkout-6d9f7c5b8-abcde', 'Pulled', 'Container image already present', { type: 'Normal', minute: 29 }),
  event('checkout-6d9f7c5b8-abcde', 'BackOff', 'Back-off restarting failed container app in pod checkout-6d9f7c5b8-abcde', { count: 4, minute: 21 }),
  event('checkout-6d9f7c5b8-fghjk', 'BackOff', 'Back-off restarting failed container app in pod checkout-6d9f7c5b8-fghjk', { count: 3, minute: 24 }),
  event('mailer-74c6f9d6b5-mnpqr', 'FailedScheduling', '0/3 nodes are available: 3 Insufficient memory.', { minute: 22 }),
]

describe('folded events', () => {
  test('join the same warning of pods of one workload, warnings first', () => {
    const folded = foldEvents(events)
    expect(folded.map(({ reason, count }) => [reason, count])).toEqual([['BackOff', 7], ['FailedScheduling', 1], ['Pulled', 1]])
    expect(folded[0]).toMatchObject({ objects: ['checkout-6d9f7c5b8-abcde', 'checkout-6d9f7c5b8-fghjk'], first: '2026-03-12T10:21:00Z', last: '2026-03-12T10:24:00Z' })
    expect(foldEvents(events).map(eventText)[0]).toMatch(/^WARNING BackOff ×7 2026-03-12 10:21:00Z to 10:24:00Z Pod /)
  })

  test('leave out what lies outside the window', () => {
    const folded = foldEvents(events, { start: new Date('2026-03-12T10:23:00Z'), end: new Date('2026-03-12T10:28:00Z') })
    expect(folded.map(({ count }) => count)).toEqual([3])
  })

  test('signal warnings only', () => {
    expect(eventSignals(foldEvents(events))).toMatchObject([{ severity: 3, count: 7 }, { severity: 2, count: 1 }])
  })
})
