import { stableHex, stableUuid } from '../stable-id.ts'
import { field, list, record, text, type Json } from './fields.ts'
import { labelsOf, matchesLabels } from './selectors.ts'

interface Address {
  readonly ip: string
  readonly ready: boolean
  readonly pod: Json
}

/** Is the pod's condition Ready true? */
function isReady(pod: Json): boolean {
  return list(pod, 'status', 'conditions').some((condition) => text(condition, 'type') === 'Ready' && text(condition, 'status') === 'True')
}

/**
 * What the endpoint controllers make of the services and pods in `byKind`: an Endpoints object and an EndpointSlice
 * for every service with a selector, unless the world holds that object itself. A service that selects no pod gets empty ones.
 */
export function serviceEndpoints(byKind: ReadonlyMap<string, readonly Json[]>): { endpoints: Json[]; slices: Json[] } {
  const services = (byKind.get('/Service') ?? []).filter((service) => Object.keys(record(service, 'spec', 'selector')).length > 0)
  const key = (object: Json, name: string): string => `${text(object, 'metadata', 'namespace')}/${name}`
  const ownEndpoints = new Set((byKind.get('/Endpoints') ?? []).map((object) => key(object, text(object, 'metadata', 'name'))))
  const ownSlices = new Set((byKind.get('discovery.k8s.io/EndpointSlice') ?? []).map((object) => key(object, text(object, 'metadata', 'labels', 'kubernetes.io/service-name'))))
  const addressesOf = (service: Json): Address[] =>
    (byKind.get('/Pod') ?? [])
      .filter((pod) => text(pod, 'metadata', 'namespace') === text(service, 'metadata', 'namespace') && matchesLabels(record(service, 'spec', 'selector'), labelsOf(pod)))
      .filter((pod) => text(pod, 'status', 'podIP') !== '' && !['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase')))
      .map((pod) => ({ ip: text(pod, 'status', 'podIP'), ready: isReady(pod), pod }))
  const lacking = (own: Set<string>): Json[] => services.filter((service) => !own.has(key(service, text(service, 'metadata', 'name'))))
  return {
    endpoints: lacking(ownEndpoints).map((service) => endpointsObject(service, addressesOf(service))),
    slices: lacking(ownSlices).map((service) => sliceObject(service, addressesOf(service))),
  }
}

function target({ pod }: Address): object {
  return { kind: 'Pod', namespace: field(pod, 'metadata', 'namespace'), name: field(pod, 'metadata', 'name'), uid: field(pod, 'metadata', 'uid') }
}

/** A service's ports as its pods serve them; a named target port is looked up in the first pod that has it. */
function portsOf(service: Json, addresses: readonly Address[]): object[] {
  return list(service, 'spec', 'ports').map((port) => {
    const wanted = field(port, 'targetPort') ?? field(port, 'port')
    const named = addresses.flatMap(({ pod }) => list(pod, 'spec', 'containers')).flatMap((container) => list(container, 'ports')).find((candidate) => field(candidate, 'name') === wanted)
    const name = text(port, 'name')
    return { ...(name && { name }), port: typeof wanted === 'string' ? (field(named, 'containerPort') ?? 0) : wanted, protocol: text(port, 'protocol') || 'TCP' }
  })
}

function derivedMetadata(service: Json, kind: string, name: string): Json {
  const { namespace, creationTimestamp, resourceVersion } = record(service, 'metadata')
  return { name, namespace, uid: stableUuid(`${kind}/${String(namespace)}/${name}`), resourceVersion, creationTimestamp }
}

function endpointsObject(service: Json, addresses: readonly Address[]): Json {
  const entry = (address: Address): object => ({ ip: address.ip, nodeName: field(address.pod, 'spec', 'nodeName'), targetRef: target(address) })
  const [ready, waiting] = [addresses.filter((address) => address.ready), addresses.filter((address) => !address.ready)]
  const subset = {
    ...(ready.length > 0 && { addresses: ready.map(entry) }),
    ...(waiting.length > 0 && { notReadyAddresses: waiting.map(entry) }),
    ports: portsOf(service, addresses),
  }
  return { metadata: derivedMetadata(service, 'Endpoints', text(service, 'metadata', 'name')), ...(addresses.length > 0 && { subsets: [subset] }) }
}

function sliceObject(service: Json, addresses: readonly Address[]): Json {
  const name = text(service, 'metadata', 'name')
  const suffix = stableHex(`slice:${text(service, 'metadata', 'uid')}`, 5)
  const metadata = {
    ...derivedMetadata(service, 'EndpointSlice', `${name}-${suffix}`),
    generateName: `${name}-`,
    labels: { ...labelsOf(service), 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io', 'kubernetes.io/service-name': name },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid: text(service, 'metadata', 'uid'), controller: true, blockOwnerDeletion: true }],
  }
  const endpoints = addresses.map((address) => ({
    addresses: [address.ip],
    conditions: { ready: address.ready, serving: address.ready, terminating: field(address.pod, 'metadata', 'deletionTimestamp') !== undefined },
    nodeName: field(address.pod, 'spec', 'nodeName'),
    targetRef: target(address),
  }))
  return { metadata, addressType: 'IPv4', endpoints, ports: addresses.length > 0 ? portsOf(service, addresses) : [] }
}
