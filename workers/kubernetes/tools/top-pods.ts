import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { KubernetesClient, Pod, PodMetrics } from '../client.ts'
import { operations } from '../operations.ts'
import { workloadOf } from '../pod-state.ts'
import { cpuMillicores, memoryMebibytes } from '../quantity.ts'

const Usage = z.object({
  pod: z.string(), namespace: z.string(), workload: z.string().nullable(), container: z.string(),
  cpuMillicores: z.number(), cpuLimit: z.number().nullable(), memoryMi: z.number(), memoryLimitMi: z.number().nullable(),
})
type Usage = z.infer<typeof Usage>

export const topPods = defineTool<KubernetesClient>()({
  name: 'kubernetes_top_pods',
  title: 'CPU and memory of pods against their limits',
  useWhen: 'Use when memory kills or throttling are suspected: what each container uses now against its limits.',
  input: z.object({ namespace: namespaceField, limit: limitField(50, 500) }),
  output: z.object({ available: z.boolean(), containers: z.array(Usage) }),
  operations: [...operations.podMetrics, ...operations.pods],
  async run({ namespace, limit }, { client }) {
    const scope = client.scopes.list(namespace)
    const [metrics, pods] = await Promise.all([client.podMetrics(scope), client.pods({ scope, pages: 10 })])
    if (metrics === undefined) {
      const text = 'The cluster has no metrics server, so usage is unknown; restarts and OOMKilled ends are in kubernetes_list_pods.'
      return { structured: { available: false, containers: [] }, text, entities: [], signals: [makeSignal('absence', 0, text)] }
    }
    const usages = usagesOf(metrics, pods.items).sort((a, b) => share(b) - share(a))
    const shown = usages.slice(0, limit)
    const signals = usages.flatMap(usageSignal)
    return {
      structured: { available: true, containers: shown },
      text: `${usages.length} containers in ${scope.text}, nearest to a limit first:\n${shown.map(usageText).join('\n')}`,
      entities: distinctEntities(shown.flatMap(aboutUsage)),
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `No container in ${scope.text} uses 80% of its memory or CPU limit now.`)],
      truncated: usages.length > limit,
    }
  },
})

function usagesOf(metrics: readonly PodMetrics[], pods: readonly Pod[]): Usage[] {
  const byName = new Map(pods.map((pod) => [`${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`, pod]))
  return metrics.flatMap(({ metadata, containers }) => {
    const pod = byName.get(`${metadata.namespace}/${metadata.name}`)
    return containers.map((container) => {
      const limits = pod?.spec?.containers.find(({ name }) => name === container.name)?.resources?.limits
      return {
        pod: metadata.name,
        namespace: metadata.namespace,
        workload: pod === undefined ? null : workloadOf(pod),
        container: container.name,
        cpuMillicores: Math.round(cpuMillicores(container.usage.cpu) ?? 0),
        cpuLimit: cpuMillicores(limits?.['cpu']) ?? null,
        memoryMi: Math.round(memoryMebibytes(container.usage.memory) ?? 0),
        memoryLimitMi: memoryMebibytes(limits?.['memory']) ?? null,
      }
    })
  })
}

function memoryShare(usage: Usage): number {
  return usage.memoryLimitMi === null || usage.memoryLimitMi === 0 ? 0 : usage.memoryMi / usage.memoryLimitMi
}

function cpuShare(usage: Usage): number {
  return usage.cpuLimit === null || usage.cpuLimit === 0 ? 0 : usage.cpuMillicores / usage.cpuLimit
}

function share(usage: Usage): number {
  return Math.max(memoryShare(usage), cpuShare(usage))
}

function usageText(usage: Usage): string {
  const percent = (value: number) => (value === 0 ? '' : ` (${Math.round(value * 100)}%)`)
  return `${usage.pod} (${usage.namespace}) ${usage.container}: memory ${usage.memoryMi}Mi of ${usage.memoryLimitMi === null ? 'no limit' : `${usage.memoryLimitMi}Mi`}${percent(memoryShare(usage))}, cpu ${usage.cpuMillicores}m of ${usage.cpuLimit === null ? 'no limit' : `${usage.cpuLimit}m`}${percent(cpuShare(usage))}`
}

function aboutUsage(usage: Usage) {
  return [
    ...(usage.workload === null ? [] : [{ kind: 'workload' as const, value: usage.workload }]),
    { kind: 'pod' as const, value: usage.pod }, { kind: 'namespace' as const, value: usage.namespace }, { kind: 'container' as const, value: usage.container },
  ]
}

function usageSignal(usage: Usage): Signal[] {
  const about = aboutUsage(usage)
  const memory = memoryShare(usage)
  if (memory >= 0.8) return [makeSignal('state', memory >= 0.9 ? 3 : 2, `Container ${usage.container} of ${usage.pod} uses ${usage.memoryMi}Mi of its ${usage.memoryLimitMi ?? 0}Mi memory limit (${Math.round(memory * 100)}%).`, { about })]
  const cpu = cpuShare(usage)
  return cpu >= 0.9 ? [makeSignal('state', 2, `Container ${usage.container} of ${usage.pod} uses ${usage.cpuMillicores}m of its ${usage.cpuLimit ?? 0}m CPU limit (${Math.round(cpu * 100)}%), so it is throttled.`, { about })] : []
}
