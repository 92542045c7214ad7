import { z } from 'zod'

/** A Kubernetes object as its API serves it: spec and status are the API's own shapes, kept loose. */
export const KubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    creationTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string(), uid: z.string().optional() })).optional(),
  }),
})
export type KubernetesObject = z.infer<typeof KubernetesObject>

/** `kubernetes.json`: all objects of the cluster. Uids, resourceVersions and list order are filled in by the lab where missing. */
export const KubernetesWorld = z.object({
  cluster: z.string(),
  version: z.string().default('v1.31.4'),
  objects: z.array(KubernetesObject),
  /** metrics.k8s.io: null when the cluster has no metrics server. CPU in millicores, memory in MiB. */
  metrics: z.object({
    pods: z.array(z.object({ namespace: z.string(), name: z.string(), containers: z.array(z.object({ name: z.string(), cpuMillicores: z.number(), memoryMi: z.number() })) })),
    nodes: z.array(z.object({ name: z.string(), cpuMillicores: z.number(), memoryMi: z.number() })),
  }).nullable().default(null),
})
export type KubernetesWorld = z.infer<typeof KubernetesWorld>
