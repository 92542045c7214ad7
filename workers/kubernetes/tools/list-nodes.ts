import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import type { KubernetesClient } from '../client.ts'
import { nodeSignals, nodeState, NodeState, nodeText } from '../node-state.ts'
import { operations } from '../operations.ts'

export const listNodes = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_nodes',
  title: 'List nodes',
  useWhen: 'Use when pods are evicted, unscheduled or lost: node readiness, pressure, taints and size.',
  input: z.object({}),
  output: z.object({ nodes: z.array(NodeState) }),
  operations: [...operations.nodes],
  async run(_args, { client, clock }) {
    const { items, truncated } = await client.nodes()
    const nodes = items.map(nodeState).sort((a, b) => b.problems.length - a.problems.length)
    const bad = nodes.flatMap((node) => nodeSignals(node, clock.now()))
    return {
      structured: { nodes },
      text: [`${nodes.length} nodes, ${nodes.filter(({ problems }) => problems.length > 0).length} with problems:`, ...nodes.map(nodeText)].join('\n'),
      entities: nodes.map((node) => ({ kind: 'node', value: node.node })),
      signals: bad.some(({ kind }) => kind === 'state') ? bad : [...bad, makeSignal('healthy', 0, `All ${nodes.length} nodes are ready and without pressure.`)],
      truncated,
    }
  },
})
