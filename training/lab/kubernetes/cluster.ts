import type { Clock } from '../../../src/core/time.ts'
import type { KubernetesObject } from '../../../src/core/world/kubernetes.ts'
import type { World } from '../../../src/core/world/world.ts'
import { stableUuid } from '../stable-id.ts'
import { eventInCore, eventInEvents, podMetrics, nodeMetrics, autoscalerInV1 } from './conversions.ts'
import { serviceEndpoints } from './derived-endpoints.ts'
import { controllerRevisions } from './derived-revisions.ts'
import { budgetWithStatus, quotaWithStatus } from './derived-status.ts'
import { record, text, type Json } from './fields.ts'
import { groupVersion, resources, type Resource } from './resources.ts'

/** The world's cluster as its API server holds it: every object complete, in a fixed order, seen at the clock's time. */
export interface Cluster {
  readonly world: World
  readonly now: () => Date
  /** What the API serves here: metrics.k8s.io only where the world has a metrics server. */
  readonly resources: readonly Resource[]
  /** The version lists are at. Nothing changes while a world is served. */
  readonly resourceVersion: string
  /** Objects of a kind by namespace and name; all namespaces when none is given. Without `kind` and `apiVersion`. */
  list(resource: Resource, namespace?: string): Json[]
  get(resource: Resource, namespace: string | undefined, name: string): Json | undefined
}

const firstVersion = 1000

/** Builds the cluster of `world` once; reads answer by `clock`. */
export function createCluster(world: World, clock: Clock): Cluster {
  const served = resources.filter(({ group }) => group !== 'metrics.k8s.io' || world.kubernetes.metrics !== null)
  const stored = storeObjects(world)
  const nameOf = (object: Json): string => `${text(object, 'metadata', 'namespace')}/${text(object, 'metadata', 'name')}`
  const all = (resource: Resource): Json[] => {
    if (resource.group === 'metrics.k8s.io') return resource.plural === 'nodes' ? nodeMetrics(world, clock.now()) : podMetrics(world, stored.get('/Pod') ?? [], clock.now())
    if (resource.group === 'events.k8s.io') return (stored.get('/Event') ?? []).map(eventInEvents)
    const objects = stored.get(`${resource.group}/${resource.kind}`) ?? []
    return groupVersion(resource) === 'autoscaling/v1' ? objects.map(autoscalerInV1) : [...objects]
  }
  const visible = (object: Json): boolean => !(Date.parse(text(object, 'metadata', 'creationTimestamp')) > clock.now().getTime())
  const listed = (resource: Resource, namespace?: string): Json[] =>
    all(resource).filter((object) => visible(object) && (namespace === undefined || text(object, 'metadata', 'namespace') === namespace)).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  return {
    world,
    now: () => clock.now(),
    resources: served,
    resourceVersion: String(firstVersion + world.kubernetes.objects.length),
    list: listed,
    get: (resource, namespace, name) => listed(resource, namespace).find((object) => text(object, 'metadata', 'name') === name),
  }
}

/** The world's objects by `group/Kind`, with what a world may leave unsaid filled in. */
function storeObjects(world: World): Map<string, Json[]> {
  const born = new Date(Date.parse(world.header.now) - 86_400_000).toISOString().replace('.000', '')
  const uids = new Map(world.kubernetes.objects.map((object) => [reference(object.kind, object.metadata.namespace, object.metadata.name), uidOf(object)]))
  const objects = world.kubernetes.objects.map((object, index): [string, Json] => {
    const { apiVersion, kind, metadata, ...rest } = object
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
    const resource = resources.find((candidate) => candidate.kind === kind && candidate.group === group)
    const namespace = resource?.namespaced === false ? {} : { namespace: metadata.namespace ?? 'default' }
    const owners = metadata.ownerReferences?.map((owner) => ({
      apiVersion: resources.find((candidate) => candidate.kind === owner.kind) ? ownerVersion(owner.kind) : 'v1',
      controller: true, blockOwnerDeletion: true, ...owner, uid: owner.uid ?? uids.get(reference(owner.kind, metadata.namespace, owner.name)) ?? stableUuid(owner.name),
    }))
    const complete: Json = {
      metadata: {
        ...metadata, ...namespace, uid: uidOf(object), resourceVersion: String(firstVersion + index), creationTimestamp: metadata.creationTimestamp ?? born,
        ...(owners && { ownerReferences: owners }),
      },
      ...rest,
    }
    return kind === 'Event' ? ['/Event', withSubject(eventInCore(complete), uids)] : [`${group}/${kind}`, complete]
  })
  const stored = Map.groupBy(objects, ([key]) => key)
  const byKind = new Map([...stored].map(([key, entries]) => [key, entries.map(([, object]) => object)]))
  return completed(byKind, born)
}

/** Adds what a control plane makes of the rest: namespaces in use, endpoints of services, kept revisions, what budgets and quotas count. */
function completed(byKind: Map<string, Json[]>, born: string): Map<string, Json[]> {
  const used = new Set(['default', ...[...byKind.values()].flat().map((object) => text(object, 'metadata', 'namespace')).filter(Boolean)])
  const namespaces = byKind.get('/Namespace') ?? []
  const named = new Set(namespaces.map((object) => text(object, 'metadata', 'name')))
  for (const name of used) {
    if (named.has(name)) continue
    const metadata = { name, uid: stableUuid(`Namespace/${name}`), resourceVersion: '1', creationTimestamp: born, labels: { 'kubernetes.io/metadata.name': name } }
    namespaces.push({ metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } })
  }
  byKind.set('/Namespace', namespaces)
  const { endpoints, slices } = serviceEndpoints(byKind)
  byKind.set('/Endpoints', [...(byKind.get('/Endpoints') ?? []), ...endpoints])
  byKind.set('discovery.k8s.io/EndpointSlice', [...(byKind.get('discovery.k8s.io/EndpointSlice') ?? []), ...slices])
  byKind.set('apps/ControllerRevision', [...(byKind.get('apps/ControllerRevision') ?? []), ...controllerRevisions(byKind)])
  byKind.set('policy/PodDisruptionBudget', (byKind.get('policy/PodDisruptionBudget') ?? []).map((budget) => budgetWithStatus(budget, byKind)))
  byKind.set('/ResourceQuota', (byKind.get('/ResourceQuota') ?? []).map((quota) => quotaWithStatus(quota, byKind)))
  return byKind
}

function reference(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? 'default'}/${name}`
}

function uidOf({ kind, metadata }: KubernetesObject): string {
  return metadata.uid ?? stableUuid(`${kind}/${metadata.namespace ?? ''}/${metadata.name}`)
}

function ownerVersion(kind: string): string {
  const resource = resources.find((candidate) => candidate.kind === kind)
  return resource ? groupVersion(resource) : 'v1'
}

/** An event whose subject bears the subject's uid: clients look up an object's events by it. */
function withSubject(event: Json, uids: ReadonlyMap<string, string>): Json {
  const subject = record(event, 'involvedObject')
  const namespace = text(subject, 'namespace') || text(event, 'metadata', 'namespace')
  const uid = text(subject, 'uid') || uids.get(reference(text(subject, 'kind'), namespace || undefined, text(subject, 'name')))
  const apiVersion = text(subject, 'apiVersion') || ownerVersion(text(subject, 'kind'))
  return { ...event, involvedObject: { ...subject, namespace, ...(uid !== undefined && { uid }), apiVersion } }
}
