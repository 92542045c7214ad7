import { z } from 'zod'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import type { Node } from './client.ts'
import { timeText } from './pod-state.ts'

/** A node in short. `problems` are conditions that are as they should not be, and a cordon. */
export const NodeState = z.object({
  node: z.string(), ready: z.boolean(), unschedulable: z.boolean(), problems: z.array(z.string()), taints: z.array(z.string()),
  version: z.string(), cpu: z.string(), memory: z.string(), createdAt: z.string().nullable(),
})
export type NodeState = z.infer<typeof NodeState>

/** The state of a node; `cpu` and `memory` are what pods can be given. */
export function nodeState(node: Node): NodeState {
  const conditions = node.status?.conditions ?? []
  const unschedulable = node.spec?.unschedulable === true
  const bad = conditions.filter((condition) => (condition.type === 'Ready') !== (condition.status === 'True'))
  return {
    node: node.metadata?.name ?? '',
    ready: conditions.find((condition) => condition.type === 'Ready')?.status === 'True',
    unschedulable,
    problems: [...bad.map((condition) => `${condition.type}=${condition.status} (${condition.reason ?? ''})${condition.message === undefined ? '' : ` ${condition.message}`}`), ...(unschedulable ? ['cordoned'] : [])],
    taints: (node.spec?.taints ?? []).map((taint) => `${taint.key}${taint.value === undefined ? '' : `=${taint.value}`}:${taint.effect}`),
    version: node.status?.nodeInfo?.kubeletVersion ?? '',
    cpu: node.status?.allocatable?.['cpu'] ?? '',
    memory: node.status?.allocatable?.['memory'] ?? '',
    createdAt: timeText(node.metadata?.creationTimestamp),
  }
}

/** A node in one line, its problems beneath. */
export function nodeText(node: NodeState): string {
  return `${node.node} ${node.ready ? 'Ready' : 'NOT READY'}${node.unschedulable ? ' cordoned' : ''} ${node.version} allocatable cpu ${node.cpu} memory ${node.memory}${node.taints.length > 0 ? ` taints ${node.taints.join(', ')}` : ''}${node.problems.length > 0 ? `\n  ${node.problems.join('\n  ')}` : ''}`
}

/** A signal for a node with problems; none for a healthy one. */
export function nodeSignals(node: NodeState): Signal[] {
  if (node.problems.length === 0) return []
  return [makeSignal('state', node.ready ? 2 : 3, `Node ${node.node}: ${node.problems.join('; ')}.`, { about: [{ kind: 'node', value: node.node }] })]
}
