import { stableHex, stableUuid } from '../stable-id.ts'
import { field, list, record, text, type Json } from './fields.ts'

/**
 * The ControllerRevision that a controller keeps of each StatefulSet's and DaemonSet's template, unless the world holds revisions of
 * that object itself. Named by the set's `status.updateRevision` where it says one.
 */
export function controllerRevisions(byKind: ReadonlyMap<string, readonly Json[]>): Json[] {
  const owned = new Set((byKind.get('apps/ControllerRevision') ?? []).flatMap((revision) => list(revision, 'metadata', 'ownerReferences').map((owner) => key(text(owner, 'kind'), revision, text(owner, 'name')))))
  return ['StatefulSet', 'DaemonSet'].flatMap((kind) => (byKind.get(`apps/${kind}`) ?? []).filter((set) => !owned.has(key(kind, set, text(set, 'metadata', 'name')))).map((set) => revisionOf(kind, set)))
}

function key(kind: string, object: Json, name: string): string {
  return `${kind}/${text(object, 'metadata', 'namespace')}/${name}`
}

function revisionOf(kind: string, set: Json): Json {
  const { name, namespace, uid, creationTimestamp, resourceVersion } = record(set, 'metadata')
  const template = record(set, 'spec', 'template')
  const hash = stableHex(JSON.stringify(template), 10)
  const own = text(set, 'status', 'updateRevision') || `${String(name)}-${hash}`
  return {
    metadata: {
      name: own,
      namespace,
      uid: stableUuid(`ControllerRevision/${String(namespace)}/${own}`),
      resourceVersion,
      creationTimestamp,
      labels: { ...record(template, 'metadata', 'labels'), [kind === 'DaemonSet' ? 'controller-revision-hash' : 'controller.kubernetes.io/hash']: hash },
      ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true, blockOwnerDeletion: true }],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision: Number(field(set, 'metadata', 'generation') ?? 1),
  }
}
