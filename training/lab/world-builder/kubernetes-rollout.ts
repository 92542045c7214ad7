import type { KubernetesObject } from '../../../src/core/world/kubernetes.ts'
import type { Draft } from './draft.ts'
import { addEvent, findObject } from './kubernetes-objects.ts'
import { after, wholeSecond } from './moments.ts'
import type { Service } from './service-record.ts'

export interface RolloutAct {
  readonly at: string
  readonly sha: string
  /** Annotations on the pod template, such as kubectl's restart mark. */
  readonly annotations?: Readonly<Record<string, string>>
}

interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> }
  readonly spec: { readonly containers: readonly Readonly<Record<string, unknown>>[]; readonly restartPolicy: string }
}

/** A rolling update: Deployment, a new ReplicaSet and its pods, the old set at zero, endpoints and events. Returns the pods' names. */
export function rollOut(draft: Draft, service: Service, act: RolloutAct): string[] {
  const { random } = draft
  const revision = String(
    1 + draft.world.kubernetes.objects.filter((each) => each.kind === 'ReplicaSet' && each.metadata.labels?.['app'] === service.name).length,
  )
  const hash = random.suffix(9)
  const template = podTemplate(draft, service, act, hash)
  const deployment = writeDeployment(draft, service, act, { revision, template })
  retirePods(draft, service)
  const set: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${service.name}-${hash}`,
      namespace: service.namespace,
      uid: random.uuid(),
      creationTimestamp: wholeSecond(act.at),
      labels: { app: service.name, 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ownerReferences: [owner(deployment)],
    },
    spec: { replicas: replicas(service), selector: { matchLabels: { app: service.name, 'pod-template-hash': hash } }, template },
    status: { replicas: replicas(service), readyReplicas: replicas(service), availableReplicas: replicas(service), observedGeneration: 1 },
  }
  draft.world.kubernetes.objects.push(set)
  addEvent(draft, {
    at: act.at,
    kind: 'Deployment',
    name: service.name,
    namespace: service.namespace,
    reason: 'ScalingReplicaSet',
    message: `Scaled up replica set ${set.metadata.name} to ${replicas(service)}`,
  })
  const pods = Array.from({ length: replicas(service) }, (_, index) =>
    addPod(draft, service, { set, template, image: imageOf(draft, service, act.sha), at: after(act.at, `${2 + index * 9}s`) }),
  )
  const slice = draft.world.kubernetes.objects.find(
    (each) => each.kind === 'EndpointSlice' && each.metadata.labels?.['kubernetes.io/service-name'] === service.name,
  )
  if (slice) {
    slice['endpoints'] = pods.map((name) => ({
      addresses: [`10.42.${random.int(0, 3)}.${random.int(2, 250)}`],
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: { kind: 'Pod', name, namespace: service.namespace },
    }))
  }
  return pods
}

function replicas(service: Service): number {
  return service.spec.replicas ?? 2
}

function owner(object: KubernetesObject): { apiVersion: string; kind: string; name: string; uid?: string; controller: boolean } {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    controller: true,
    ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
  }
}

/** The image of a service at a commit, as the registry names it. */
function imageOf(draft: Draft, service: Service, sha: string): string {
  return `ghcr.io/${draft.organization.slug}/${service.name}:${sha.slice(0, 7)}`
}

function podTemplate(draft: Draft, service: Service, act: RolloutAct, hash: string): PodTemplate {
  const { spec } = service
  const memory = spec.memoryMb ?? 512
  return {
    metadata: { labels: { app: service.name, 'pod-template-hash': hash }, ...(act.annotations ? { annotations: { ...act.annotations } } : {}) },
    spec: {
      containers: [
        {
          name: service.name,
          image: imageOf(draft, service, act.sha),
          ports: [{ containerPort: service.port, protocol: 'TCP' }],
          env: [
            { name: 'GIT_SHA', value: act.sha },
            ...(spec.configMap === undefined ? Object.entries(spec.variables ?? {}).map(([name, value]) => ({ name, value })) : []),
          ],
          ...(spec.configMap === undefined ? {} : { envFrom: [{ configMapRef: { name: spec.configMap } }] }),
          resources: { requests: { cpu: '100m', memory: `${memory / 2}Mi` }, limits: { memory: `${memory}Mi` } },
          readinessProbe: { httpGet: { path: '/healthz', port: service.port }, periodSeconds: 10, failureThreshold: 3 },
        },
      ],
      restartPolicy: 'Always',
    },
  }
}

function writeDeployment(
  draft: Draft,
  service: Service,
  act: RolloutAct,
  { revision, template }: { revision: string; template: PodTemplate },
): KubernetesObject {
  const wanted = replicas(service)
  const progressed = {
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: `ReplicaSet of revision ${revision} has successfully progressed.`,
    lastUpdateTime: wholeSecond(after(act.at, '40s')),
    lastTransitionTime: wholeSecond(service.createdAt),
  }
  const available = {
    type: 'Available',
    status: 'True',
    reason: 'MinimumReplicasAvailable',
    message: 'Deployment has minimum availability.',
    lastUpdateTime: wholeSecond(service.createdAt),
    lastTransitionTime: wholeSecond(service.createdAt),
  }
  const status = {
    observedGeneration: Number(revision),
    replicas: wanted,
    updatedReplicas: wanted,
    readyReplicas: wanted,
    availableReplicas: wanted,
    conditions: [available, progressed],
  }
  const spec = {
    replicas: wanted,
    selector: { matchLabels: { app: service.name } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    template,
  }
  const existing = findObject(draft, 'Deployment', service.name, service.namespace)
  if (existing) {
    Object.assign(existing, { spec, status })
    existing.metadata.annotations = { ...existing.metadata.annotations, 'deployment.kubernetes.io/revision': revision }
    return existing
  }
  const deployment: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: service.name,
      namespace: service.namespace,
      uid: draft.random.uuid(),
      creationTimestamp: wholeSecond(service.createdAt),
      labels: { app: service.name },
      annotations: { 'deployment.kubernetes.io/revision': revision },
    },
    spec,
    status,
  }
  draft.world.kubernetes.objects.push(deployment)
  return deployment
}

function retirePods(draft: Draft, service: Service): void {
  const { kubernetes } = draft.world
  const mine = (each: KubernetesObject): boolean => each.metadata.namespace === service.namespace && each.metadata.labels?.['app'] === service.name
  for (const set of kubernetes.objects.filter((each) => each.kind === 'ReplicaSet' && mine(each))) {
    Object.assign(set['spec'] ?? {}, { replicas: 0 })
    set['status'] = { replicas: 0, observedGeneration: 2 }
  }
  kubernetes.objects = kubernetes.objects.filter((each) => !(each.kind === 'Pod' && mine(each)))
  if (kubernetes.metrics) kubernetes.metrics.pods = kubernetes.metrics.pods.filter((each) => each.containers[0]?.name !== service.name)
}

function addPod(
  draft: Draft,
  service: Service,
  { set, template, image, at }: { set: KubernetesObject; template: PodTemplate; image: string; at: string },
): string {
  const { random } = draft
  const nodes = draft.world.kubernetes.objects.filter((each) => each.kind === 'Node')
  const name = `${set.metadata.name}-${random.suffix(5)}`
  const started = wholeSecond(after(at, '4s'))
  draft.world.kubernetes.objects.push({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: service.namespace,
      uid: random.uuid(),
      creationTimestamp: wholeSecond(at),
      labels: { ...template.metadata.labels },
      ownerReferences: [owner(set)],
      ...(template.metadata.annotations ? { annotations: { ...template.metadata.annotations } } : {}),
    },
    spec: { ...structuredClone(template.spec), nodeName: random.pick(nodes).metadata.name },
    status: runningStatus(draft, service, { image, at }),
  })
  draft.world.kubernetes.metrics?.pods.push({
    namespace: service.namespace,
    name,
    containers: [{ name: service.name, cpuMillicores: random.int(8, 120), memoryMi: random.int(90, 220) }],
  })
  for (const [reason, message] of [
    ['Pulled', `Successfully pulled image "${image}"`],
    ['Created', `Created container ${service.name}`],
    ['Started', `Started container ${service.name}`],
  ] as const) {
    addEvent(draft, { at: started, kind: 'Pod', name, namespace: service.namespace, reason, message })
  }
  return name
}

/** The status of a pod whose one container started at once and became ready twelve seconds after `at`. */
function runningStatus({ random }: Draft, service: Service, { image, at }: { image: string; at: string }): Record<string, unknown> {
  const started = wholeSecond(after(at, '4s'))
  const ready = wholeSecond(after(at, '12s'))
  const condition = (type: string, time: string) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: time })
  return {
    phase: 'Running',
    podIP: `10.42.${random.int(0, 3)}.${random.int(2, 250)}`,
    startTime: wholeSecond(at),
    qosClass: 'Burstable',
    conditions: [
      condition('PodScheduled', wholeSecond(at)),
      condition('Initialized', wholeSecond(at)),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: [
      {
        name: service.name,
        image,
        imageID: `${image.split(':')[0]}@sha256:${random.hex(64)}`,
        containerID: `containerd://${random.hex(64)}`,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: started } },
        lastState: {},
      },
    ],
  }
}
