import { z } from 'zod'
import type { Draft } from './draft.ts'
import { findObject } from './kubernetes-objects.ts'
import { changeContainer, changePodSpec, liveWorkload, podsOf } from './kubernetes-template.ts'
import { wholeSecond } from './moments.ts'
import type { Service } from './service-record.ts'

export interface ClaimAct {
  readonly name: string
  readonly at: string
  readonly sizeGi: number
  readonly storageClass: string
  readonly mountPath: string
  /** The CSI handle of the disk behind it. */
  readonly disk: string
  /** A disk belongs to one node, so the pods that mount it stand there. */
  readonly node: string
}

const Mounts = z.looseObject({ volumeMounts: z.array(z.unknown()).default([]) })
const Volumes = z.looseObject({ volumes: z.array(z.unknown()).default([]), containers: z.array(z.looseObject({ name: z.string() })).min(1) })

/** A bound PersistentVolumeClaim with its volume, mounted by the pods of a service's newest revision. Call it after the last rollout; returns the volume's name. */
export function addClaim(draft: Draft, service: Service, act: ClaimAct): string {
  const { name, storageClass } = act
  const [uid, at, storage] = [draft.random.uuid(), wholeSecond(act.at), `${act.sizeGi}Gi`]
  const shared = { accessModes: ['ReadWriteOnce'], storageClassName: storageClass, volumeMode: 'Filesystem' }
  const volume = `pvc-${uid}`
  draft.world.kubernetes.objects.push(
    {
      apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: service.namespace, uid, creationTimestamp: at, labels: { app: service.name } },
      spec: { ...shared, resources: { requests: { storage } }, volumeName: volume }, status: { phase: 'Bound', accessModes: shared.accessModes, capacity: { storage } },
    },
    {
      apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: volume, uid: draft.random.uuid(), creationTimestamp: at },
      spec: {
        ...shared, capacity: { storage }, persistentVolumeReclaimPolicy: 'Delete', claimRef: { kind: 'PersistentVolumeClaim', namespace: service.namespace, name, uid },
        csi: { driver: 'ebs.csi.aws.com', volumeHandle: act.disk, fsType: 'ext4' },
      },
      status: { phase: 'Bound' },
    },
  )
  changePodSpec(draft, service, (spec) => ({ ...spec, volumes: [...Volumes.parse(spec).volumes, { name, persistentVolumeClaim: { claimName: name } }] }))
  changeContainer(draft, service, (container) => ({ ...container, volumeMounts: [...Mounts.parse(container).volumeMounts, { name, mountPath: act.mountPath }] }))
  if (!findObject(draft, 'Node', act.node)) throw new Error(`no node ${act.node} in this cluster`)
  for (const pod of podsOf(draft, liveWorkload(draft, service).set)) Object.assign(pod['spec'] ?? {}, { nodeName: act.node })
  return volume
}
