import { z } from 'zod'
import type { Draft } from './draft.ts'
import { addEvent } from './kubernetes-objects.ts'
import { takeDown } from './kubernetes-stuck-rollout.ts'
import { liveWorkload, podsOf } from './kubernetes-template.ts'
import { wholeSecond } from './moments.ts'
import type { Service } from './service-record.ts'

/** An entry of an object's `managedFields`: which program set which fields last, and when. It names no person. */
export function fieldOwner(manager: string, at: string, fields: object, apiVersion = 'apps/v1'): Record<string, unknown> {
  return { manager, operation: 'Update', apiVersion, time: wholeSecond(at), fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': fields } }
}

const Scaled = z.looseObject({ replicas: z.number() })
const Status = z.looseObject({ conditions: z.array(z.unknown()), observedGeneration: z.number() })

/** Somebody sets a Deployment to no replicas with `manager` (such as `kubectl-edit`): its pods and endpoints are gone, only the book of field owners tells. */
export function scaleToZero(draft: Draft, service: Service, { at, manager }: { at: string; manager: string }): void {
  const { deployment, set } = liveWorkload(draft, service)
  const { replicas, ...spec } = Scaled.parse(deployment['spec'])
  const { conditions, observedGeneration } = Status.parse(deployment['status'])
  const event = { at, namespace: service.namespace }
  for (const { metadata } of podsOf(draft, set)) addEvent(draft, { ...event, kind: 'Pod', name: metadata.name, reason: 'Killing', message: `Stopping container ${service.name}` })
  addEvent(draft, { ...event, kind: 'Deployment', name: service.name, reason: 'ScalingReplicaSet', message: `Scaled down replica set ${set.metadata.name} to 0 from ${replicas}` })
  takeDown(draft, service, set)
  Object.assign(deployment, { spec: { replicas: 0, ...spec }, status: { observedGeneration: observedGeneration + 1, conditions } })
  deployment.metadata['managedFields'] = [
    fieldOwner('kubectl-client-side-apply', set.metadata.creationTimestamp ?? at, { 'f:strategy': { 'f:type': {} }, 'f:template': { 'f:spec': { 'f:containers': {} } } }),
    fieldOwner(manager, at, { 'f:replicas': {} }),
  ]
}
