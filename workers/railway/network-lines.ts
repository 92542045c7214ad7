import { z } from 'zod'

/** The answer of the document dns_logs. */
export const DnsLines = z.object({
  dnsQueryLogs: z.array(z.object({ queriedAt: z.string(), serviceId: z.string(), qname: z.string(), qtype: z.string(), queryZone: z.string(), rcode: z.string(), answers: z.array(z.string()) })),
})

/** The answer of the document flow_logs; addresses are IP addresses, latency is in milliseconds. */
export const FlowLines = z.object({
  networkFlowLogs: z.array(z.object({
    captureStart: z.string(), serviceId: z.string(), direction: z.string(), flowState: z.string(), dropCause: z.string().nullish(), l4Protocol: z.string(), l4LatencyMs: z.number(),
    srcAddr: z.string(), dstAddr: z.string(), dstPort: z.number(), peerKind: z.string(), peerServiceId: z.string().nullish(),
  })),
})

/** Look-ups of one name by one service with one outcome. */
export const Lookup = z.object({ service: z.string(), host: z.string(), zone: z.string(), outcome: z.string().describe('rcode'), answers: z.array(z.string()), count: z.number().int(), first: z.string(), last: z.string() })
export type Lookup = z.infer<typeof Lookup>

/** Connections between one service and one peer with one outcome. */
export const Flow = z.object({
  service: z.string(), direction: z.string(), peer: z.string(), port: z.number().int(), dropped: z.string().nullable().describe('why'), meanMs: z.number(), count: z.number().int(), first: z.string(), last: z.string(),
})
export type Flow = z.infer<typeof Flow>

function span(times: readonly string[]): { count: number; first: string; last: string } {
  const sorted = times.toSorted()
  return { count: times.length, first: sorted[0] ?? '', last: sorted.at(-1) ?? '' }
}

/** Look-ups folded, failed ones first, then the most frequent. `named` gives a service's name. */
export function foldLookups(lines: z.infer<typeof DnsLines>['dnsQueryLogs'], named: (id: string) => string): Lookup[] {
  const groups = Map.groupBy(lines, ({ serviceId, qname, rcode }) => JSON.stringify([serviceId, qname.toLowerCase(), rcode]))
  return [...groups.values()].flatMap((group): Lookup[] => {
    const [line] = group
    if (line === undefined) return []
    return [{
      service: named(line.serviceId), host: line.qname.replace(/\.$/, ''), zone: line.queryZone, outcome: line.rcode, answers: [...new Set(group.flatMap(({ answers }) => answers))].slice(0, 6),
      ...span(group.map(({ queriedAt }) => queriedAt)),
    }]
  }).sort((a, b) => Number(b.outcome !== 'NOERROR') - Number(a.outcome !== 'NOERROR') || b.count - a.count)
}

/** Connections folded, dropped ones first, then the most frequent. */
export function foldFlows(lines: z.infer<typeof FlowLines>['networkFlowLogs'], named: (id: string) => string): Flow[] {
  const peerOf = (line: (typeof lines)[number]) => (line.peerServiceId ? named(line.peerServiceId) : line.direction === 'ingress' ? line.srcAddr : line.dstAddr) || line.peerKind
  const groups = Map.groupBy(lines, (line) => JSON.stringify([line.serviceId, line.direction, peerOf(line), line.dstPort, line.dropCause ?? null]))
  return [...groups.values()].flatMap((group): Flow[] => {
    const [line] = group
    if (line === undefined) return []
    return [{
      service: named(line.serviceId), direction: line.direction, peer: peerOf(line), port: line.dstPort, dropped: line.dropCause ?? null,
      meanMs: group.reduce((sum, { l4LatencyMs }) => sum + l4LatencyMs, 0) / group.length, ...span(group.map(({ captureStart }) => captureStart)),
    }]
  }).sort((a, b) => Number(b.dropped !== null) - Number(a.dropped !== null) || b.count - a.count)
}
