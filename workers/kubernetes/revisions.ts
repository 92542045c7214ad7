import { z } from 'zod'
import type { ControllerRevision, KubernetesClient, PodSpec, ReplicaSet } from './client.ts'
import { timeText } from './pod-state.ts'
import type { FullWorkload } from './workloads.ts'

/** A template a workload has had. `object` is the ReplicaSet or ControllerRevision that keeps it. */
export interface Revision {
  readonly revision: number
  readonly object: string
  readonly at: string
  readonly template: PodSpec | undefined
  /** Pods that run it; null where the API does not say. */
  readonly replicas: number | null
  readonly cause: string | null
}

/** Of 500 objects each. */
const MOST_PAGES = 4
const NUMBER = 'deployment.kubernetes.io/revision'
const CAUSE = 'kubernetes.io/change-cause'

/** Every revision the cluster keeps of a workload, newest first: ReplicaSets of a Deployment, ControllerRevisions of the others. */
export async function revisionsOf(client: KubernetesClient, workload: FullWorkload): Promise<Revision[]> {
  const scope = client.scopes.list(workload.namespace)
  const isOwn = ({ metadata }: ReplicaSet | ControllerRevision) => metadata?.ownerReferences?.some((owner) => owner.kind === workload.kind && owner.name === workload.name) === true
  const found = workload.kind === 'Deployment'
    ? (await client.replicaSets({ scope, pages: MOST_PAGES })).items.filter(isOwn).map(ofReplicaSet)
    : (await client.controllerRevisions({ scope, pages: MOST_PAGES })).items.filter(isOwn).map(ofControllerRevision)
  return found.sort((a, b) => b.revision - a.revision)
}

function ofReplicaSet({ metadata, spec, status }: ReplicaSet): Revision {
  return {
    revision: Number(metadata?.annotations?.[NUMBER] ?? 0), object: metadata?.name ?? '', at: timeText(metadata?.creationTimestamp) ?? '', template: spec?.template?.spec,
    replicas: status?.replicas ?? spec?.replicas ?? 0, cause: metadata?.annotations?.[CAUSE] ?? null,
  }
}

/** A patch of the workload: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/ */
const Patch = z.object({ spec: z.object({ template: z.object({ spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }) }) }) })

function ofControllerRevision({ metadata, revision, data }: ControllerRevision): Revision {
  const patch = Patch.safeParse(data)
  return {
    revision, object: metadata?.name ?? '', at: timeText(metadata?.creationTimestamp) ?? '', template: patch.success ? patch.data.spec.template.spec : undefined,
    replicas: null, cause: metadata?.annotations?.[CAUSE] ?? null,
  }
}
