import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import type { KubernetesClient, Node, NodeMetrics } from '../client.ts'
import { operations } from '../operations.ts'
import { cpuMillicores, memoryMebibytes } from '../quantity.ts'

const Usage = z.object({ node: z.string(), cpuMillicores: z.number(), cpuAllocatable: z.number().nullable(), memoryMi: z.number(), memoryAllocatableMi: z.number().nullable() })
type Usage = z.infer<typeof Usage>

export const topNodes = defineTool<KubernetesClient>()({
  name: 'kubernetes_top_nodes',
  title: 'CPU and memory of nodes',
  useWhen: 'Use when evictions, pressure or slowness on many pods are suspected to come from full nodes.',
  input: z.object({}),
  output: z.object({ available: z.boolean(), nodes: z.array(Usage) }),
  operations: [...operations.nodeMetrics, ...operations.nodes],
  async run(_args, { client }) {
    const [metrics, nodes] = await Promise.all([client.nodeMetrics(), client.nodes()])
    if (metrics === undefined) {
      const text = 'The cluster has no metrics server, so usage is unknown; pressure on nodes is in kubernetes_list_nodes.'
      return { structured: { available: false, nodes: [] }, text, entities: [], signals: [makeSignal('absence', 0, text)] }
    }
    const usages = metrics.map((metric) => usageOf(metric, nodes.items.find((node) => node.metadata?.name === metric.metadata.name))).sort((a, b) => share(b) - share(a))
    const signals = usages.flatMap(usageSignal)
    return {
      structured: { available: true, nodes: usages },
      text: `${usages.length} nodes, the fullest first:\n${usages.map(usageText).join('\n')}`,
      entities: usages.map(({ node }) => ({ kind: 'node', value: node })),
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `No node uses 80% of its memory or 90% of its CPU now.`)],
      truncated: nodes.truncated,
    }
  },
})

function usageOf({ metadata, usage }: NodeMetrics, node: Node | undefined): Usage {
  const rounded = (value: number | undefined) => (value === undefined ? null : Math.round(value))
  return {
    node: metadata.name,
    cpuMillicores: rounded(cpuMillicores(usage.cpu)) ?? 0,
    cpuAllocatable: rounded(cpuMillicores(node?.status?.allocatable?.['cpu'])),
    memoryMi: rounded(memoryMebibytes(usage.memory)) ?? 0,
    memoryAllocatableMi: rounded(memoryMebibytes(node?.status?.allocatable?.['memory'])),
  }
}

function part(used: number, of: number | null): number {
  return of === null || of === 0 ? 0 : used / of
}

function share(usage: Usage): number {
  return Math.max(part(usage.cpuMillicores, usage.cpuAllocatable), part(usage.memoryMi, usage.memoryAllocatableMi))
}

function usageText(usage: Usage): string {
  const amount = (used: number, of: number | null, unit: string) => `${used}${unit}${of === null ? '' : ` of ${of}${unit} (${Math.round(part(used, of) * 100)}%)`}`
  return `${usage.node}: cpu ${amount(usage.cpuMillicores, usage.cpuAllocatable, 'm')}, memory ${amount(usage.memoryMi, usage.memoryAllocatableMi, 'Mi')}`
}

function usageSignal(usage: Usage): Signal[] {
  const memory = part(usage.memoryMi, usage.memoryAllocatableMi)
  if (memory < 0.8 && part(usage.cpuMillicores, usage.cpuAllocatable) < 0.9) return []
  return [makeSignal('state', memory >= 0.9 ? 3 : 2, `Node ${usageText(usage)}.`, { about: [{ kind: 'node', value: usage.node }], says: '' })]
}
