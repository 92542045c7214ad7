import type { KubernetesObject } from '../../../src/core/world/kubernetes.ts'
import type { Draft } from './draft.ts'
import { addEvent } from './kubernetes-objects.ts'
import { type Container, liveWorkload, podsOf, templateOf } from './kubernetes-template.ts'
import { after, before, wholeSecond } from './moments.ts'
import type { Service } from './service-record.ts'

export interface StuckRolloutAct {
  readonly at: string
  /** Annotations on the new pod template, such as kubectl's restart mark. */
  readonly annotations?: Readonly<Record<string, string>>
  /** What the new revision asks for. */
  readonly change: (container: Container) => Container
  /** Why its containers do not start, as the kubelet says. */
  readonly waiting: { readonly reason: string; readonly message: string }
  /** Warnings about the new pods, besides their scheduling; `count` so far. */
  readonly warnings: readonly { readonly reason: string; readonly message: string; readonly count: number }[]
  /** `Recreate` takes the old pods away first, so that nothing is left; a rolling update keeps them. */
  readonly strategy: 'RollingUpdate' | 'Recreate'
}

/** A Deployment gives up on a rollout after this long (progressDeadlineSeconds). */
const DEADLINE_MS = 600_000

/** A revision whose containers never start: a new ReplicaSet, its waiting pods, the Deployment that does not progress. Returns the new pods' names. */
export function stickRollout(draft: Draft, service: Service, act: StuckRolloutAct): string[] {
  const { deployment, set: old } = liveWorkload(draft, service)
  const recreate = act.strategy === 'Recreate'
  const wanted = service.spec.replicas ?? 2
  const hash = draft.random.suffix(9)
  const revision = String(Number(old.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 1) + 1)
  const before = templateOf(old)
  const labels = { app: service.name, 'pod-template-hash': hash }
  const template = { ...before, metadata: { labels, ...(act.annotations ? { annotations: { ...act.annotations } } : {}) }, spec: { ...before.spec, containers: before.spec.containers.map(act.change) } }
  const fresh = recreate ? wanted : 1
  const set: KubernetesObject = {
    ...old,
    metadata: {
      ...old.metadata,
      name: `${service.name}-${hash}`,
      uid: draft.random.uuid(),
      creationTimestamp: wholeSecond(act.at),
      labels,
      annotations: { 'deployment.kubernetes.io/revision': revision },
    },
    spec: { replicas: fresh, selector: { matchLabels: labels }, template },
    status: { replicas: fresh, fullyLabeledReplicas: fresh, observedGeneration: 1 },
  }
  draft.world.kubernetes.objects.push(set)
  if (recreate) takeDown(draft, service, old)
  deployment.metadata.annotations = { ...deployment.metadata.annotations, 'deployment.kubernetes.io/revision': revision }
  const strategy = recreate ? { type: 'Recreate' } : { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }
  Object.assign(deployment, {
    spec: { replicas: wanted, selector: { matchLabels: { app: service.name } }, strategy, template },
    status: stuckStatus(draft, { at: act.at, set: set.metadata.name, revision, wanted, fresh, recreate }),
  })
  return Array.from({ length: fresh }, (_, index) => waitingPod(draft, service, { set, spec: template.spec, act, at: after(act.at, `${1 + index}s`) }))
}

/** Leaves nothing of a ReplicaSet but its record: no pods, no metrics, no endpoints. */
export function takeDown(draft: Draft, service: Service, old: KubernetesObject): void {
  const gone = new Set(podsOf(draft, old).map(({ metadata }) => metadata.name))
  const { kubernetes } = draft.world
  kubernetes.objects = kubernetes.objects.filter(({ kind, metadata }) => !(kind === 'Pod' && gone.has(metadata.name)))
  if (kubernetes.metrics) kubernetes.metrics.pods = kubernetes.metrics.pods.filter(({ name }) => !gone.has(name))
  old['status'] = { replicas: 0, observedGeneration: 2 }
  Object.assign(old['spec'] ?? {}, { replicas: 0 })
  for (const each of kubernetes.objects)
    if (each.kind === 'EndpointSlice' && each.metadata.labels?.['kubernetes.io/service-name'] === service.name) each['endpoints'] = []
}

interface Stuck {
  readonly at: string
  readonly set: string
  readonly revision: string
  readonly wanted: number
  readonly fresh: number
  readonly recreate: boolean
}

function stuckStatus(draft: Draft, { at, set, revision, wanted, fresh, recreate }: Stuck): Record<string, unknown> {
  const timedOut = Date.parse(draft.now) - Date.parse(at) > DEADLINE_MS
  const since = wholeSecond(timedOut ? after(at, '10m') : at)
  const progressing = timedOut
    ? { status: 'False', reason: 'ProgressDeadlineExceeded', message: `ReplicaSet "${set}" has timed out progressing.` }
    : { status: 'True', reason: 'ReplicaSetUpdated', message: `ReplicaSet "${set}" is progressing.` }
  const available = recreate
    ? { status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' }
    : { status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
  const ready = recreate ? 0 : wanted
  return {
    observedGeneration: Number(revision),
    replicas: ready + fresh,
    updatedReplicas: fresh,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: fresh,
    conditions: [
      { type: 'Available', lastUpdateTime: wholeSecond(at), lastTransitionTime: wholeSecond(recreate ? at : before(at, '9d')), ...available },
      { type: 'Progressing', lastUpdateTime: since, lastTransitionTime: since, ...progressing },
    ],
  }
}

function waitingPod(
  draft: Draft,
  service: Service,
  { set, spec, act, at }: { set: KubernetesObject; spec: { containers: readonly Container[] }; act: StuckRolloutAct; at: string },
): string {
  const { random } = draft
  const name = `${set.metadata.name}-${random.suffix(5)}`
  const node = random.pick(draft.world.kubernetes.objects.filter(({ kind }) => kind === 'Node')).metadata.name
  const made = wholeSecond(at)
  const condition = (type: string, status: string) => ({
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: made,
    ...(status === 'True' ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${service.name}]` }),
  })
  const [container] = spec.containers
  draft.world.kubernetes.objects.push({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: service.namespace,
      uid: random.uuid(),
      creationTimestamp: made,
      labels: { ...set.metadata.labels },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set.metadata.name, controller: true }],
    },
    spec: { ...structuredClone(spec), nodeName: node },
    status: {
      phase: 'Pending',
      podIP: `10.42.${random.int(0, 3)}.${random.int(2, 250)}`,
      startTime: made,
      qosClass: 'Burstable',
      conditions: [condition('PodScheduled', 'True'), condition('Initialized', 'True'), condition('ContainersReady', 'False'), condition('Ready', 'False')],
      containerStatuses: [
        { name: service.name, image: container?.['image'] ?? '', imageID: '', ready: false, started: false, restartCount: 0, state: { waiting: { ...act.waiting } }, lastState: {} },
      ],
    },
  })
  const event = { kind: 'Pod', name, namespace: service.namespace }
  addEvent(draft, { ...event, at, reason: 'Scheduled', message: `Successfully assigned ${service.namespace}/${name} to ${node}` })
  for (const warning of act.warnings)
    addEvent(draft, { ...event, ...warning, at: before(draft.now, `${random.int(9, 170)}s`), firstAt: after(at, '3s'), type: 'Warning' })
  return name
}
