import { describe, expect, test } from 'vitest'
import { foldFlows, foldLookups } from '../../../../workers/railway/network-lines.ts'

const named = (id: string) => ({ s1: 'api', s2: 'db' })[id] ?? id
const lookup = (minute: number, rcode: string, answers: string[] = []) => ({ queriedAt: `2026-03-12T10:0${minute}:00Z`, serviceId: 's1', qname: 'db.railway.internal.', qtype: 'A', queryZone: 'internal', rcode, answers })
const flow = (minute: number, dropCause: string | null, peerServiceId: string | null = 's2') => ({
  captureStart: `2026-03-12T10:0${minute}:00Z`, serviceId: 's1', direction: 'egress', flowState: 'complete', dropCause, l4Protocol: 'tcp', l4LatencyMs: 4, srcAddr: 'fd12::1', dstAddr: '203.0.113.9', dstPort: 5432, peerKind: 'service', peerServiceId,
})

describe('network lines', () => {
  test('fold look-ups by name and outcome, failed first', () => {
    expect(foldLookups([lookup(1, 'NOERROR', ['fd12::2']), lookup(2, 'NOERROR', ['fd12::2']), lookup(3, 'SERVFAIL')], named)).toMatchObject([
      { service: 'api', host: 'db.railway.internal', outcome: 'SERVFAIL', count: 1 },
      { outcome: 'NOERROR', count: 2, answers: ['fd12::2'], first: '2026-03-12T10:01:00Z', last: '2026-03-12T10:02:00Z' },
    ])
  })

  test('fold connections by peer, dropped first, with the address where the peer is no service', () => {
    expect(foldFlows([flow(1, null), flow(2, null), flow(3, 'policy', null)], named)).toMatchObject([
      { peer: '203.0.113.9', port: 5432, dropped: 'policy', count: 1 }, { peer: 'db', dropped: null, count: 2, meanMs: 4 },
    ])
  })
})
