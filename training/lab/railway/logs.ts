import type { LogLine } from '../../../src/core/world/logs.ts'
import { stableUuid } from '../stable-id.ts'
import { replicaId, type Estate, type PlacedLine } from './estate.ts'
import { compileLogFilter, type FilterableLine } from './log-filter.ts'

/** How Railway's log queries cut a stretch out of the lines: by dates, by a limit, or around an anchor. */
export interface LogWindow {
  readonly filter?: string | null
  readonly limit?: number | null
  readonly startDate?: string | null
  readonly endDate?: string | null
  readonly anchorDate?: string | null
  readonly beforeDate?: string | null
  readonly afterDate?: string | null
  readonly beforeLimit?: number | null
  readonly afterLimit?: number | null
}

const defaultLimit = 500
const mostLines = 5000
/** Fields that tie a line to its place; the rest are its attributes. */
const placing = new Set(['deployment', 'service', 'environment', 'replica', 'snapshot'])

/** Railway knows four levels: its own word for each of a world's five. */
function severity(level: LogLine['level']): string {
  return { debug: 'debug', info: 'info', warning: 'warn', error: 'error', fatal: 'error' }[level]
}

function filterable({ line, service, deployment }: PlacedLine): FilterableLine {
  const replica = line.fields['replica'] ?? replicaId(deployment.id)
  return { message: line.message, attributes: { ...line.fields, level: severity(line.level), service: service.id, deployment: deployment.id, replica } }
}

/** Lines that pass the filter and lie in the window, oldest first. Throws LogFilterError. */
export function selectLines(lines: readonly PlacedLine[], window: LogWindow, view: (line: PlacedLine) => FilterableLine = filterable): PlacedLine[] {
  const matches = compileLogFilter(window.filter)
  const from = Date.parse(window.startDate ?? window.afterDate ?? '') || -Infinity
  const until = Date.parse(window.endDate ?? window.beforeDate ?? '') || Infinity
  const chosen = lines.filter((line) => line.at >= from && line.at <= until && matches(view(line)))
  const anchor = Date.parse(window.anchorDate ?? '') || Infinity
  if (window.anchorDate == null && window.beforeLimit == null && window.afterLimit == null) {
    return chosen.slice(-Math.min(window.limit ?? defaultLimit, mostLines))
  }
  const before = chosen.filter(({ at }) => at <= anchor)
  const after = chosen.filter(({ at }) => at > anchor)
  const beforeLimit = Math.min(window.beforeLimit ?? (window.afterLimit == null ? defaultLimit : 0), mostLines)
  return [...(beforeLimit === 0 ? [] : before.slice(-beforeLimit)), ...after.slice(0, Math.min(window.afterLimit ?? 0, mostLines))]
}

/** A line as the type `Log`: attribute values are JSON text. */
export function logView({ line, project, environment, service, deployment }: PlacedLine): object {
  const level = severity(line.level)
  const attributes = Object.entries(line.fields).filter(([key]) => !placing.has(key))
  return {
    timestamp: line.time,
    severity: level,
    message: line.message,
    attributes: [['level', level] as const, ...attributes].map(([key, value]) => ({ key, value: JSON.stringify(value) })),
    tags: {
      projectId: project.id,
      environmentId: environment.id,
      serviceId: service.id,
      deploymentId: deployment.id,
      deploymentInstanceId: String(line.fields['replica'] ?? replicaId(deployment.id)),
      snapshotId: null,
      pluginId: null,
    },
  }
}

/** A line as the type `HttpLog`; what the world leaves unsaid is derived from the line or empty. */
export function httpLogView(placed: PlacedLine): HttpLog {
  const { line, deployment } = placed
  const text = (name: string, otherwise: string): string => String(line.fields[name] ?? otherwise)
  const count = (name: string, otherwise: number): number => Math.round(Number(line.fields[name] ?? otherwise))
  const duration = count('durationMs', 0)
  return {
    timestamp: line.time,
    requestId: text('requestId', stableUuid(`request:${deployment.id}:${line.time}:${line.message}`).replaceAll('-', '').slice(0, 22)),
    deploymentId: deployment.id,
    deploymentInstanceId: text('replica', replicaId(deployment.id)),
    method: text('method', 'GET'),
    path: text('path', '/'),
    host: text('host', ''),
    httpStatus: count('status', 0),
    totalDuration: duration,
    upstreamRqDuration: count('upstreamRqDuration', duration),
    upstreamAddress: text('upstreamAddress', ''),
    upstreamProto: 'HTTP/1.1',
    upstreamErrors: text('upstreamErrors', ''),
    responseDetails: text('responseDetails', ''),
    downstreamProto: 'HTTP/2.0',
    edgeRegion: text('edgeRegion', 'europe-west4-drams3a'),
    clientUa: text('clientUa', ''),
    srcIp: text('srcIp', '192.0.2.1'),
    txBytes: count('txBytes', 0),
    rxBytes: count('rxBytes', 0),
  }
}

export interface HttpLog {
  readonly timestamp: string
  readonly method: string
  readonly path: string
  readonly httpStatus: number
  readonly totalDuration: number
  readonly [key: string]: string | number
}

/** HTTP lines are filtered by the columns they are shown with; `responseTime` is the time to the first byte. */
export function filterableHttp(placed: PlacedLine): FilterableLine {
  const view = httpLogView(placed)
  return { message: `${view.method} ${view.path} ${view.httpStatus} ${placed.line.message}`, attributes: { ...view, responseTime: view['upstreamRqDuration'] ?? 0 } }
}

/** A line as the type `DnsQueryLog`. */
export function dnsLogView({ line, deployment, service }: PlacedLine): object {
  return {
    queriedAt: line.time,
    serviceId: service.id,
    deploymentId: deployment.id,
    deploymentInstanceId: String(line.fields['replica'] ?? replicaId(deployment.id)),
    qname: String(line.fields['qname'] ?? line.message),
    qtype: String(line.fields['qtype'] ?? 'A'),
    queryZone: String(line.fields['zone'] ?? 'external'),
    rcode: String(line.fields['rcode'] ?? 'NOERROR'),
    answers: String(line.fields['answers'] ?? '').split(',').filter(Boolean),
    cnameChain: [],
  }
}

/** DNS lines are filtered by `@rcode`, `@zone`, `@qtype`, `@qname` and `@status` (the rcode again). */
export function filterableDns(placed: PlacedLine): FilterableLine {
  const { line } = placed
  const rcode = line.fields['rcode'] ?? 'NOERROR'
  return { message: `${line.message} ${String(line.fields['qname'] ?? '')}`, attributes: { ...filterable(placed).attributes, rcode, status: rcode } }
}

/** A line as the type `NetworkFlowLog`; times in ISO 8601, latency in milliseconds. */
export function flowLogView({ line, deployment, service }: PlacedLine, estate: Estate): object {
  const { fields } = line
  const peer = estate.projects.flatMap((project) => project.services).find(({ name }) => name === fields['peerService'])
  return {
    captureStart: line.time,
    captureEnd: String(fields['captureEnd'] ?? line.time),
    flowId: stableUuid(`flow:${deployment.id}:${line.time}:${line.message}`),
    serviceId: service.id,
    deploymentId: deployment.id,
    deploymentInstanceId: String(fields['replica'] ?? replicaId(deployment.id)),
    direction: String(fields['direction'] ?? 'egress'),
    flowState: String(fields['flowState'] ?? 'complete'),
    dropCause: fields['dropCause'] === undefined ? null : String(fields['dropCause']),
    l4Protocol: String(fields['l4Protocol'] ?? 'tcp'),
    l4LatencyMs: Number(fields['l4LatencyMs'] ?? 0),
    srcAddr: String(fields['srcAddr'] ?? ''),
    srcPort: Number(fields['srcPort'] ?? 0),
    dstAddr: String(fields['dstAddr'] ?? ''),
    dstPort: Number(fields['dstPort'] ?? 0),
    byteCount: Number(fields['byteCount'] ?? 0),
    packetCount: Number(fields['packetCount'] ?? 0),
    peerKind: String(fields['peerKind'] ?? (peer ? 'service' : 'internet')),
    peerServiceId: peer?.id ?? null,
  }
}
