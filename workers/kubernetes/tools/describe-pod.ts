import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { namespaceField, podField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { eventEntities, eventSignals, eventText, FoldedEvent, foldEvents } from '../events.ts'
import { consoleLinks, findPod } from '../find-pod.ts'
import { operations } from '../operations.ts'
import { podSignals } from '../pod-signals.ts'
import { podEntities, PodState, podState, podText } from '../pod-state.ts'
import { containerTemplates, containerTemplateText, ContainerTemplate, templateEntities, templateSignals } from '../template.ts'

export const describePod = defineTool<KubernetesClient>()({
  name: 'kubernetes_describe_pod',
  title: 'Describe a pod',
  useWhen: 'Use when one pod is unhealthy and you need its conditions, resources, variable names and events.',
  input: z.object({ pod: podField, namespace: namespaceField }),
  output: z.object({ pod: PodState, conditions: z.array(z.string()), containers: z.array(ContainerTemplate), events: z.array(FoldedEvent) }),
  operations: [...operations.pods, ...operations.events],
  async run({ pod: name, namespace }, { client, clock }) {
    const pod = await findPod(client, name, namespace)
    const state = podState(pod)
    const scope = client.scopes.list(state.namespace)
    const events = foldEvents((await client.events({ scope, fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${name}` })).items)
    const containers = containerTemplates(pod.spec)
    const conditions = (pod.status?.conditions ?? []).map((condition) => `${condition.type}=${condition.status}${condition.reason === undefined ? '' : ` (${condition.reason})`}`)
    const troubles = podSignals([state], `pod ${name}`, clock.now())
    return {
      structured: { pod: state, conditions, containers, events },
      text: [
        podText(state),
        `conditions: ${conditions.join(', ') || 'none'}`,
        ...containers.map(containerTemplateText),
        events.length === 0 ? 'No events are kept for this pod.' : `events, warnings first:\n${events.map(eventText).join('\n')}`,
      ].join('\n'),
      entities: distinctEntities([
        ...podEntities(state),
        ...containers.flatMap((container) => [
          { kind: 'container' as const, value: container.name }, { kind: 'image' as const, value: container.image },
        ]),
        ...templateEntities(containers),
        ...events.flatMap(eventEntities),
      ]),
      signals: [...troubles, ...eventSignals(events), ...templateSignals(containers, `Pod ${name} (${state.namespace})`, podEntities(state))],
      links: consoleLinks(client, state.namespace, 'pods', name),
    }
  },
})
