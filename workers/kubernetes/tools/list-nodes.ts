import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import type { KubernetesClient, Node } from '../client.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'

const NodeState = z.object({
  node: z.string(), ready: z.boolean(), unschedulable: z.boolean(), problems: z.array(z.string()), taints: z.array(z.string()),
  version: z.string(), cpu: z.string(), memory: z.string(), createdAt: z.string().nullable(),
})
type NodeState = z.infer<typeof NodeState>

export const listNodes = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_nodes',
  title: 'List nodes',
  useWhen: 'Use when pods are evicted, unscheduled or lost: node readiness, pressure, taints and size.',
  input: z.object({}),
  output: z.object({ nodes: z.array(NodeState) }),
  operations: [...operations.nodes],
  async run(_args, { client }) {
    const nodes = (await client.nodes()).map(nodeState).sort((a, b) => b.problems.length - a.problems.length)
    const bad = nodes.filter((node) => node.problems.length > 0)
    return {
      structured: { nodes },
      text: [`${nodes.length} nodes, ${bad.length} with problems:`, ...nodes.map(nodeText)].join('\n'),
      entities: nodes.map((node) => ({ kind: 'node', value: node.node })),
      signals: bad.length > 0
        ? bad.map((node) => makeSignal('state', node.ready ? 2 : 3, `Node ${node.node}: ${node.problems.join('; ')}.`, { about: [{ kind: 'node', value: node.node }] }))
        : [makeSignal('healthy', 0, `All ${nodes.length} nodes are ready and without pressure.`)],
    }
  },
})

function nodeState(node: Node): NodeState {
  const conditions = node.status?.conditions ?? []
  const ready = conditions.find((condition) => condition.type === 'Ready')?.status === 'True'
  const unschedulable = node.spec?.unschedulable === true
  const bad = conditions.filter((condition) => (condition.type === 'Ready') !== (condition.status === 'True'))
  return {
    node: node.metadata?.name ?? '',
    ready,
    unschedulable,
    problems: [...bad.map((condition) => `${condition.type}=${condition.status} (${condition.reason ?? ''})${condition.message === undefined ? '' : ` ${condition.message}`}`), ...(unschedulable ? ['cordoned'] : [])],
    taints: (node.spec?.taints ?? []).map((taint) => `${taint.key}${taint.value === undefined ? '' : `=${taint.value}`}:${taint.effect}`),
    version: node.status?.nodeInfo?.kubeletVersion ?? '',
    cpu: node.status?.allocatable?.['cpu'] ?? '',
    memory: node.status?.allocatable?.['memory'] ?? '',
    createdAt: timeText(node.metadata?.creationTimestamp),
  }
}

function nodeText(node: NodeState): string {
  return `${node.node} ${node.ready ? 'Ready' : 'NOT READY'}${node.unschedulable ? ' cordoned' : ''} ${node.version} allocatable cpu ${node.cpu} memory ${node.memory}${node.taints.length > 0 ? ` taints ${node.taints.join(', ')}` : ''}${node.problems.length > 0 ? `\n  ${node.problems.join('\n  ')}` : ''}`
}
