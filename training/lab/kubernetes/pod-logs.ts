import type { LogLine } from '../../../src/core/world/logs.ts'
import type { Cluster } from './cluster.ts'
import { count, field, list, text, type Json } from './fields.ts'
import { badRequest } from './status-error.ts'

/** The container a request means: the one it names, the pod's default, or its only one. */
function chooseContainer(pod: Json, wanted: string | null): string {
  const name = text(pod, 'metadata', 'name')
  const names = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((kind) => list(pod, 'spec', kind)).map((container) => text(container, 'name'))
  const main = list(pod, 'spec', 'containers').map((container) => text(container, 'name'))
  if (wanted !== null && wanted !== '') {
    if (!names.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${name}`)
    return wanted
  }
  const [only, ...others] = main
  if (only === undefined || others.length > 0) throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]`)
  return only
}

/** Throws what the kubelet says when the container has no log to give. */
function assertStarted(pod: Json, container: string, previous: boolean): void {
  const name = text(pod, 'metadata', 'name')
  const status = ['initContainerStatuses', 'containerStatuses'].flatMap((key) => list(pod, 'status', key)).find((candidate) => text(candidate, 'name') === container)
  const ended = field(status, 'lastState', 'terminated') !== undefined || count(status, ['restartCount']) > 0
  if (previous) {
    if (!ended) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`)
    return
  }
  const waiting = text(status, 'state', 'waiting', 'reason')
  if ((status !== undefined && !waiting) || ended) return
  if (/ErrImagePull|ImagePullBackOff|InvalidImageName/.test(waiting)) throw badRequest(`container "${container}" in pod "${name}" is waiting to start: trying and failing to pull image`)
  throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${waiting || 'ContainerCreating'}`)
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (!/^\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  return Number(value)
}

/** Lines one container wrote: before its last restart (`previous`) or since, oldest first. */
function written(cluster: Cluster, pod: Json, container: string, source: LogLine['source']): LogLine[] {
  const [name, namespace] = [text(pod, 'metadata', 'name'), text(pod, 'metadata', 'namespace')]
  return cluster.world.logs
    .filter(({ source: kept, fields, time }) =>
      kept === source && fields['pod'] === name && (fields['namespace'] ?? 'default') === namespace && (fields['container'] ?? container) === container
      && Date.parse(time) <= cluster.now().getTime())
    .toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))
}

/**
 * The log of one container as text, cut as the request says: `container`, `previous`, `sinceSeconds`, `sinceTime`, `tailLines`,
 * `limitBytes`, `timestamps`. `follow` is answered with what is there. A container that crashed and waits shows its last run.
 * Throws a StatusError in the kubelet's words when there is nothing to show.
 */
export function podLog(cluster: Cluster, pod: Json, query: URLSearchParams): string {
  const container = chooseContainer(pod, query.get('container'))
  const previous = query.get('previous') === 'true'
  assertStarted(pod, container, previous)
  const current = previous ? [] : written(cluster, pod, container, 'kubernetes.pod')
  const lines = current.length > 0 ? current : previous || isBackingOff(pod, container) ? written(cluster, pod, container, 'kubernetes.previous') : []
  const sinceSeconds = wholeNumber(query, 'sinceSeconds')
  const since = sinceSeconds === undefined ? Date.parse(query.get('sinceTime') ?? '') || -Infinity : cluster.now().getTime() - sinceSeconds * 1000
  const recent = lines.filter(({ time }) => Date.parse(time) >= since)
  const tail = wholeNumber(query, 'tailLines')
  const kept = tail === undefined ? recent : recent.slice(recent.length - Math.min(tail, recent.length))
  const shown = kept.map(({ time, message }) => `${query.get('timestamps') === 'true' ? `${nanoseconds(time)} ` : ''}${message}\n`).join('')
  const bytes = wholeNumber(query, 'limitBytes')
  return bytes === undefined ? shown : new TextDecoder().decode(new TextEncoder().encode(shown).slice(0, bytes))
}

function isBackingOff(pod: Json, container: string): boolean {
  const status = list(pod, 'status', 'containerStatuses').find((candidate) => text(candidate, 'name') === container)
  return field(status, 'state', 'waiting') !== undefined
}

/** A time as the kubelet stamps lines: RFC 3339 with nanoseconds. */
function nanoseconds(time: string): string {
  return new Date(time).toISOString().replace(/(\.\d{3})Z$/, '$1000000Z')
}
