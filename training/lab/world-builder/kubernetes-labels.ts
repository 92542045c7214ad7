import { z } from 'zod'
import type { Draft } from './draft.ts'
import { findObject } from './kubernetes-objects.ts'
import { liveWorkload, podsOf, templateOf } from './kubernetes-template.ts'
import type { Service } from './service-record.ts'

type Labels = Readonly<Record<string, string>>

const Spec = z.looseObject({})

/** Labels that the pods of the newest revision bear beside `app`, in place of any others. Call it after the last rollout. */
export function labelPods(draft: Draft, service: Service, labels: Labels): void {
  const { deployment, set } = liveWorkload(draft, service)
  const pods = podsOf(draft, set)
  const all = { ...kept(templateOf(set).metadata.labels), ...labels }
  for (const object of [deployment, set]) {
    const template = templateOf(object)
    object['spec'] = { ...Spec.parse(object['spec']), template: { ...template, metadata: { ...template.metadata, labels: { ...all } } } }
  }
  for (const object of [set, ...pods]) object.metadata.labels = { ...all }
}

function kept(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key === 'app' || key === 'pod-template-hash'))
}

/** Makes the Service in front of a workload ask for `labels` beside `app`; its endpoints are gone when the newest pods do not bear them. */
export function selectPods(draft: Draft, service: Service, labels: Labels): void {
  const front = findObject(draft, 'Service', service.name, service.namespace)
  if (!front) throw new Error(`${service.name} has no Service in front of it`)
  front['spec'] = { ...Spec.parse(front['spec']), selector: { app: service.name, ...labels } }
  const borne = liveWorkload(draft, service).set.metadata.labels ?? {}
  if (Object.entries(labels).every(([key, value]) => borne[key] === value)) return
  for (const each of draft.world.kubernetes.objects)
    if (each.kind === 'EndpointSlice' && each.metadata.namespace === service.namespace && each.metadata.labels?.['kubernetes.io/service-name'] === service.name) each['endpoints'] = []
}
