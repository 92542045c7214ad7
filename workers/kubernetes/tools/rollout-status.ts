import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { namespaceField, workloadField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { consoleLinks } from '../find-pod.ts'
import { operations } from '../operations.ts'
import { isTroubled, podSignals } from '../pod-signals.ts'
import { podEntities, podState, PodState, podText } from '../pod-state.ts'
import { rolloutOf, rolloutPhases } from '../rollout.ts'
import { findWorkload, Workload, workloadEntities, workloadSignals, workloadSummary } from '../workloads.ts'
import type { FullWorkload } from '../workloads.ts'

export const rolloutStatus = defineTool<KubernetesClient>()({
  name: 'kubernetes_rollout_status',
  title: 'Status of a rollout',
  useWhen: 'Use when a deploy may hang: whether the newest revision is fully out, why not, and which of its pods hold it up.',
  input: z.object({ workload: workloadField, namespace: namespaceField }),
  output: z.object({ workload: Workload, phase: z.enum(rolloutPhases), strategy: z.string(), holdingUp: z.array(PodState) }),
  operations: [...operations.workloads, ...operations.pods],
  async run({ workload: name, namespace }, { client, clock }) {
    const workload = await findWorkload(client, name, namespace)
    const { phase, text } = rolloutOf(workload)
    const pods = await client.pods({ scope: client.scopes.list(workload.namespace), labelSelector: workload.labelSelector })
    const states = pods.items.map(podState)
    const unready = states.filter((state) => isTroubled(state))
    const about = workloadEntities(workload)
    const title = `${workload.kind} ${name} (${workload.namespace})`
    return {
      structured: { workload: workloadSummary(workload), phase, strategy: workload.strategy, holdingUp: unready },
      text: [
        `${title} ${text}`, `strategy: ${workload.strategy}; ready ${workload.ready} of ${workload.desired}`, ...workload.conditions.map(conditionText),
        ...(unready.length > 0 ? [`pods that are not well:\n${unready.map(podText).join('\n')}`] : []),
      ].join('\n'),
      entities: distinctEntities([...about, ...unready.flatMap(podEntities)]),
      signals: [
        ...(phase === 'paused' ? [makeSignal('state', 2, `${title}: ${text}; nothing rolls out until it is resumed.`, { about })] : []),
        ...workloadSignals(workload, clock.now()),
        ...podSignals(states, title, clock.now()).filter((signal) => signal.severity > 0),
        ...(phase === 'complete' && unready.length === 0 ? [makeSignal('healthy', 0, `${title}: the rollout is complete, ${workload.ready} of ${workload.desired} replicas are ready.`, { about })] : []),
      ],
      links: consoleLinks(client, workload.namespace, `${workload.kind.toLowerCase()}s`, name),
      truncated: pods.truncated,
    }
  },
})

function conditionText(condition: FullWorkload['conditions'][number]): string {
  return `${condition.type}=${condition.status} ${condition.reason}${condition.at === null ? '' : ` since ${utc(condition.at)}`}: ${clip(condition.message, 300)}`
}
