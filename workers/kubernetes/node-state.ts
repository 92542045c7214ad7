import { z } from 'zod'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { utc } from '../kit/plain-text.ts'
import type { Node } from './client.ts'
import { timeText } from './pod-state.ts'

/** A node in short. `problems` are conditions that are as they should not be, and a cordon. */
export const NodeState = z.object({
  node: z.string(), ready: z.boolean(), unschedulable: z.boolean(), problems: z.array(z.string()), taints: z.array(z.string()),
  since: z.string().nullable().describe('when the newest of its problems began'), version: z.string(), cpu: z.string(), memory: z.string(), createdAt: z.string().nullable(),
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
    since: bad.flatMap((condition) => timeText(condition.lastTransitionTime) ?? []).sort().at(-1) ?? null,
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

const NEW_MILLISECONDS = 2 * 86_400_000

/** A signal for a node with problems, and one for a node that joined within two days before `now`; none for a healthy one. */
export function nodeSignals(node: NodeState, now: Date): Signal[] {
  const about = [{ kind: 'node' as const, value: node.node }]
  const isNew = node.createdAt !== null && now.getTime() - Date.parse(node.createdAt) < NEW_MILLISECONDS
  return [
    ...(node.problems.length === 0 ? [] : [makeSignal('state', node.ready ? 2 : 3, `Node ${node.node}: ${node.problems.join('; ')}${node.since === null ? '' : `, since ${utc(node.since)}`}.`, { about, at: node.since ?? undefined })]),
    ...(isNew && node.createdAt !== null ? [makeSignal('change', 1, `Node ${node.node} joined the cluster at ${utc(node.createdAt)}.`, { about, at: node.createdAt })] : []),
  ]
}
