import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { namespaceField, workloadField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { eventEntities, eventSignals, eventText, FoldedEvent, foldEvents } from '../events.ts'
import { consoleLinks } from '../find-pod.ts'
import { changeSignal } from '../managed-fields.ts'
import { operations } from '../operations.ts'
import { podSignals } from '../pod-signals.ts'
import { podEntities, podState, podText } from '../pod-state.ts'
import { rolloutOf } from '../rollout.ts'
import { ContainerTemplate, containerTemplates, containerTemplateText, templateEntities, templateSignals } from '../template.ts'
import { findWorkload, Workload, workloadEntities, workloadSignals, workloadSummary, workloadText } from '../workloads.ts'

export const describeWorkload = defineTool<KubernetesClient>()({
  name: 'kubernetes_describe_workload',
  title: 'Describe a workload',
  useWhen: 'Use when one workload is in question: rollout status, containers with limits, probes and variable names, its pods and events.',
  input: z.object({ workload: workloadField, namespace: namespaceField }),
  output: z.object({ workload: Workload, containers: z.array(ContainerTemplate), pods: z.array(z.string()), events: z.array(FoldedEvent) }),
  operations: [...operations.workloads, ...operations.pods, ...operations.events],
  async run({ workload: name, namespace }, { client, clock }) {
    const found = await findWorkload(client, name, namespace)
    const [{ labelSelector, template, changes }, workload] = [found, workloadSummary(found)]
    const scope = client.scopes.list(workload.namespace)
    const [pods, events] = await Promise.all([client.pods({ scope, labelSelector }), client.events({ scope })])
    const states = pods.items.map(podState)
    const own = foldEvents(events.items.filter((event) => isOwn(event.involvedObject.name ?? '', name)))
    const containers = containerTemplates(template)
    const troubles = [...workloadSignals(workload, clock.now()), ...podSignals(states, `${workload.kind} ${name}`, clock.now()).filter((signal) => signal.kind !== 'healthy'), ...eventSignals(own)]
    const edits = changes.slice(0, 3).map((change) => changeSignal(change, `${workload.kind} ${name} (${workload.namespace})`, { about: workloadEntities(workload).slice(0, 2), now: clock.now() }))
    return {
      structured: { workload, containers, pods: states.map((state) => state.pod), events: own },
      text: [
        workloadText(workload), rolloutOf(found).text, ...changes.slice(0, 3).map((change) => `changed ${utc(change.at)} by ${change.manager}: ${change.fields.join(', ')}`), ...containers.map(containerTemplateText),
        `pods:\n${states.map(podText).join('\n') || '  none'}`, own.length === 0 ? 'No events are kept for it.' : `events:\n${own.map(eventText).join('\n')}`,
      ].join('\n'),
      entities: distinctEntities([
        ...workloadEntities(workload), ...states.flatMap(podEntities), ...own.flatMap(eventEntities),
        ...templateEntities(containers),
      ]),
      signals: [...(troubles.length > 0 ? troubles : [makeSignal('healthy', 0, `${workload.kind} ${name} has ${workload.ready} of ${workload.desired} replicas ready and no warnings.`, { about: workloadEntities(workload) })]), ...edits, ...templateSignals(containers, `${workload.kind} ${name} (${workload.namespace})`, workloadEntities(workload).slice(0, 2))],
      links: consoleLinks(client, workload.namespace, `${workload.kind.toLowerCase()}s`, name),
    }
  },
})

/** Whether an object is the workload, or one of its ReplicaSets or pods: not those of a workload whose name only begins alike. */
function isOwn(object: string, workload: string): boolean {
  const suffix = object.startsWith(`${workload}-`) ? object.slice(workload.length + 1) : undefined
  return object === workload || (suffix !== undefined && /^(?:\d+|[a-z0-9]{5}|(?=[a-z0-9]*\d)[a-z0-9]{6,10}(?:-[a-z0-9]{5})?|[bcdfghjklmnpqrstvwxz2456789]{6,10}(?:-[a-z0-9]{5})?)$/.test(suffix))
}
