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

  test('say of a pull why it fails, once, and lead with the image', () => {
    const image = 'ghcr.io/shop/checkout:9f8e7d6'
    const pulls = [
      event('checkout-6d9f7c5b8-bcdfg', 'Failed', `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to resolve reference "${image}": ${image}: not found`, { count: 5 }),
      event('checkout-6d9f7c5b8-bcdfg', 'Failed', 'Error: ErrImagePull', { count: 5 }),
      event('checkout-6d9f7c5b8-bcdfg', 'BackOff', `Back-off pulling image "${image}"`, { count: 40 }),
    ]
    expect(eventSignals(foldEvents(pulls))).toMatchObject([{ severity: 3, text: `Failed ×5 on Pod checkout-6d9f7c5b8-bcdfg (shop): image ${image} cannot be pulled: not found in the registry` }])
    expect(eventSignals(foldEvents(pulls))[0]?.entities.slice(0, 2)).toEqual([{ kind: 'image', value: image }, { kind: 'workload', value: 'checkout' }])
  })

  test('are quiet about a pull that worked later', () => {
    const pulls = [event('mailer-74c6f9d6b5-bcdfg', 'Failed', 'Failed to pull image "shop/mailer:3": 429 Too Many Requests', { minute: 21 }), event('mailer-74c6f9d6b5-bcdfg', 'Started', 'Started container mailer', { type: 'Normal', minute: 23 })]
    expect(eventSignals(foldEvents(pulls))).toMatchObject([{ severity: 1, text: expect.stringContaining('429 Too Many Requests; it went on at 10:23:00Z (Started)') }])
  })

  test.each([
    ['Killing', 'Container app failed liveness probe, will be restarted', 2], ['NodeNotReady', 'Node node-a status is now: NodeNotReady', 3], ['SuccessfulRescale', 'New size: 9; reason: cpu above target', 1],
  ])('signal what is ordinary by type but telling: %s', (reason, message, severity) => {
    expect(eventSignals(foldEvents([event('checkout-6d9f7c5b8-bcdfg', reason, message, { type: 'Normal' })]))).toMatchObject([{ severity }])
  })

  test('leave ordinary events unsaid', () => {
    expect(eventSignals(foldEvents(events))).toMatchObject([{ severity: 3, count: 7 }, { severity: 2, count: 1 }])
  })
})
