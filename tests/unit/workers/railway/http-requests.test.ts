import { describe, expect, test } from 'vitest'
import { type EdgeRequest, foldRequests, requestSignals, requestText } from '../../../../workers/railway/http-requests.ts'

function request(path: string, httpStatus: number, more: Partial<EdgeRequest> = {}): EdgeRequest {
  return { timestamp: '2026-03-12T10:28:00Z', requestId: 'r1', method: 'GET', path, httpStatus, totalDuration: 20, upstreamErrors: '', responseDetails: '', ...more }
}

const requests = [
  request('/health', 200),
  ...[1, 2, 3, 4, 5].map((id) => request(`/orders/${id}00?x=${id}`, 502, { timestamp: `2026-03-12T10:2${id}:00Z`, requestId: `r${id}`, totalDuration: id * 10, upstreamErrors: 'connection refused' })),
  request('/login', 401),
]

describe('folded requests', () => {
  test('group by shape of path and status, server errors first', () => {
    const groups = foldRequests(requests)
    expect(groups.map(({ status, count }) => [status, count])).toEqual([[502, 5], [401, 1], [200, 1]])
    expect(groups[0]).toMatchObject({ first: '2026-03-12T10:21:00Z', last: '2026-03-12T10:25:00Z', medianMs: 30, maxMs: 50, requestIds: ['r3', 'r4', 'r5'], detail: 'connection refused' })
  })

  test('read as one line each, request ids only where something failed', () => {
    const [failed, , fine] = foldRequests(requests).map(requestText)
    expect(failed).toBe('502 ×5 GET /orders/500?x=5 2026-03-12 10:21:00Z to 10:25:00Z median 30 ms, max 50 ms requests r3, r4, r5: connection refused')
    expect(fine).not.toContain('requests')
  })

  test('signal failures only, repeated server errors as grave', () => {
    expect(requestSignals(foldRequests(requests), [{ kind: 'service', value: 'api' }])).toMatchObject([
      { kind: 'error', severity: 3, count: 5, at: '2026-03-12T10:21:00Z' }, { kind: 'error', severity: 1, count: 1 },
    ])
  })
})
