import { z } from 'zod'
import type { Draft } from './draft.ts'
import { type Container, liveWorkload, podsOf } from './kubernetes-template.ts'
import type { Service } from './service-record.ts'

const Resources = z.object({ requests: z.record(z.string(), z.string()).default({}), limits: z.record(z.string(), z.string()).default({}) })

/** CPU as a container's request and limit, as a manifest writes them (`250m`, `2`); memory as it was. For `changeContainer`. */
export function withCpu(request: string, limit: string): (container: Container) => Container {
  return (container) => {
    const { requests, limits } = Resources.parse(container['resources'] ?? {})
    return { ...container, resources: { requests: { ...requests, cpu: request }, limits: { ...limits, cpu: limit } } }
  }
}

/** What the pods of the newest revision use now, in millicores, a few per cent below `most` each. Call it after the last rollout. */
export function burn(draft: Draft, service: Service, most: number): void {
  const names = new Set(podsOf(draft, liveWorkload(draft, service).set).map(({ metadata }) => metadata.name))
  for (const pod of draft.world.kubernetes.metrics?.pods.filter(({ name }) => names.has(name)) ?? [])
    pod.containers = pod.containers.map((container) => ({ ...container, cpuMillicores: Math.round(most * (0.955 + draft.random.next() * 0.045)) }))
}
