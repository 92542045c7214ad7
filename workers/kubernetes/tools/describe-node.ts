import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { entityField } from '../../kit/window.ts'
import type { KubernetesClient, Pod } from '../client.ts'
import { eventEntities, eventSignals, eventText, FoldedEvent, foldEvents } from '../events.ts'
import { nodeSignals, nodeState, NodeState, nodeText } from '../node-state.ts'
import { operations } from '../operations.ts'
import { podSignals } from '../pod-signals.ts'
import { podEntities, PodState, podState, podText } from '../pod-state.ts'
import { cpuMillicores, memoryMebibytes } from '../quantity.ts'

const Requested = z.object({ cpuMillicores: z.number(), memoryMi: z.number() })

export const describeNode = defineTool<KubernetesClient>()({
  name: 'kubernetes_describe_node',
  title: 'Describe a node',
  useWhen: 'Use when several pods of one node are in trouble: its conditions, what its pods request of it, and its events.',
  input: z.object({ node: entityField('node', 'exact name') }),
  output: z.object({ node: NodeState, requested: Requested, pods: z.array(PodState), events: z.array(FoldedEvent) }),
  operations: [...operations.nodes, ...operations.pods, ...operations.events],
  async run({ node: name }, { client, clock }) {
    const { items } = await client.nodes()
    const node = items.find((item) => item.metadata?.name === name) ?? fail('not_found', clip(`No node is called ${name}. There are: ${items.map((item) => item.metadata?.name).join(', ') || 'none'}.`, 600))
    const state = nodeState(node)
    const scope = client.scopes.list(undefined)
    const [pods, events] = await Promise.all([
      client.pods({ scope, fieldSelector: `spec.nodeName=${name}`, pages: 4 }), client.events({ scope, fieldSelector: `involvedObject.kind=Node,involvedObject.name=${name}` }),
    ])
    const states = pods.items.map(podState)
    const folded = foldEvents(events.items)
    const requested = requestedOf(pods.items)
    const troubles = [...nodeSignals(state, clock.now()), ...podSignals(states, `node ${name}`, clock.now()).filter(({ kind }) => kind !== 'healthy'), ...eventSignals(folded)]
    return {
      structured: { node: state, requested, pods: states, events: folded },
      text: [
        nodeText(state), `requested by its ${states.length} pods: cpu ${requested.cpuMillicores}m, memory ${requested.memoryMi}Mi`, ...states.map(podText),
        folded.length === 0 ? 'No events are kept for it.' : `events:\n${folded.map(eventText).join('\n')}`,
      ].join('\n'),
      entities: distinctEntities([{ kind: 'node', value: name }, ...states.flatMap(podEntities), ...folded.flatMap(eventEntities)]),
      signals: troubles.length > 0 ? troubles : [makeSignal('healthy', 0, `Node ${name} is ready, and its ${states.length} pods are well.`, { about: [{ kind: 'node', value: name }] })],
      truncated: pods.truncated || events.truncated,
    }
  },
})

/** What is set aside on the node: the requests of pods that have not ended. */
function requestedOf(pods: readonly Pod[]): z.infer<typeof Requested> {
  const containers = pods.filter((pod) => !['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')).flatMap((pod) => pod.spec?.containers ?? [])
  const sum = (amount: (requests: Record<string, string>) => number | undefined) => Math.round(containers.reduce((total, container) => total + (amount({ ...container.resources?.requests }) ?? 0), 0))
  return { cpuMillicores: sum((requests) => cpuMillicores(requests['cpu'])), memoryMi: sum((requests) => memoryMebibytes(requests['memory'])) }
}
