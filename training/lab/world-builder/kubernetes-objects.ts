import type { KubernetesObject } from '../../../src/core/world/kubernetes.ts'
import type { Draft } from './draft.ts'
import { before, wholeSecond } from './moments.ts'
import type { Service } from './service-record.ts'

/** Events older than this are gone from a real cluster (the API server's default event TTL). */
const EVENT_TTL_MS = 3_600_000

/** The object of `kind` called `name`; undefined when the cluster has none. */
export function findObject(draft: Draft, kind: string, name: string, namespace?: string): KubernetesObject | undefined {
  return draft.world.kubernetes.objects.find(
    (each) => each.kind === kind && each.metadata.name === name && (namespace === undefined || each.metadata.namespace === namespace),
  )
}

/** A namespace, once. */
export function addNamespace(draft: Draft, name: string): void {
  if (findObject(draft, 'Namespace', name)) return
  draft.world.kubernetes.objects.push({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      uid: draft.random.uuid(),
      creationTimestamp: wholeSecond(before(draft.now, '700d')),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  })
}

/** Ready nodes of one size, with their use. */
export function addNodes(draft: Draft, count: number): void {
  for (let index = 0; index < count; index++) {
    const name = `pool-a-${draft.random.suffix(5)}`
    const createdAt = wholeSecond(before(draft.now, `${draft.random.int(20, 90)}d`))
    const beat = wholeSecond(before(draft.now, `${draft.random.int(5, 200)}s`))
    const condition = (type: string, status: string, reason: string) => ({
      type,
      status,
      reason,
      message: '',
      lastHeartbeatTime: beat,
      lastTransitionTime: createdAt,
    })
    draft.world.kubernetes.objects.push({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        uid: draft.random.uuid(),
        creationTimestamp: createdAt,
        labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `eu-${'abc'[index % 3]}` },
      },
      spec: {},
      status: {
        capacity: { cpu: '4', memory: '16Gi', pods: '110' },
        allocatable: { cpu: '3900m', memory: '14Gi', pods: '110' },
        conditions: [
          condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
          condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
          condition('Ready', 'True', 'KubeletReady'),
        ],
        nodeInfo: { kubeletVersion: 'v1.31.4', containerRuntimeVersion: 'containerd://1.7.24', osImage: 'Debian GNU/Linux 12' },
      },
    })
    draft.world.kubernetes.metrics?.nodes.push({ name, cpuMillicores: draft.random.int(600, 1900), memoryMi: draft.random.int(4000, 9000) })
  }
}

/** The Service in front of a workload. Its EndpointSlice is filled by the rollout. */
export function addEndpoint(draft: Draft, service: Service): void {
  const metadata = {
    name: service.name,
    namespace: service.namespace,
    uid: draft.random.uuid(),
    creationTimestamp: wholeSecond(service.createdAt),
    labels: { app: service.name },
  }
  draft.world.kubernetes.objects.push(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        clusterIP: `10.43.${draft.random.int(1, 250)}.${draft.random.int(1, 250)}`,
        selector: { app: service.name },
        ports: [{ name: 'http', port: 80, targetPort: service.port, protocol: 'TCP' }],
      },
      status: { loadBalancer: {} },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      endpoints: [],
      metadata: {
        ...metadata,
        name: `${service.name}-${draft.random.suffix(5)}`,
        uid: draft.random.uuid(),
        labels: { 'kubernetes.io/service-name': service.name },
      },
      ports: [{ name: 'http', port: service.port, protocol: 'TCP' }],
    },
  )
}

export interface EventAct {
  readonly at: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly type?: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly count?: number
  readonly firstAt?: string
}

/** A cluster event; one that a real API server would have forgotten by now is not written. */
export function addEvent(draft: Draft, act: EventAct): void {
  if (Date.parse(draft.now) - Date.parse(act.at) > EVENT_TTL_MS) return
  const at = wholeSecond(act.at)
  draft.world.kubernetes.objects.push({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${act.name}.${draft.random.hex(16)}`,
      namespace: act.namespace,
      uid: draft.random.uuid(),
      creationTimestamp: wholeSecond(act.firstAt ?? act.at),
    },
    involvedObject: {
      kind: act.kind,
      name: act.name,
      namespace: act.namespace,
      uid: findObject(draft, act.kind, act.name, act.namespace)?.metadata.uid ?? '',
    },
    type: act.type ?? 'Normal',
    reason: act.reason,
    message: act.message,
    count: act.count ?? 1,
    firstTimestamp: wholeSecond(act.firstAt ?? act.at),
    lastTimestamp: at,
    source: { component: act.kind === 'Pod' ? 'kubelet' : 'deployment-controller' },
    reportingComponent: '',
    reportingInstance: '',
  })
}
