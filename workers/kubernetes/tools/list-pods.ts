import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { namespaceField, workloadField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { operations } from '../operations.ts'
import { isTroubled, podSignals } from '../pod-signals.ts'
import { podEntities, PodState, podState, podText } from '../pod-state.ts'
import { findWorkload } from '../workloads.ts'

export const listPods = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_pods',
  title: 'List pods',
  useWhen: 'Use when you need to see which pods crash, restart, wait or are not ready, and how they last ended.',
  input: z.object({ namespace: namespaceField, workload: workloadField.optional(), limit: limitField(100, 500), cursor: cursorField }),
  output: z.object({ pods: z.array(PodState) }),
  operations: [...operations.pods, ...operations.workloads],
  async run({ namespace, workload, limit, cursor }, { client, clock }) {
    const found = workload === undefined ? undefined : await findWorkload(client, workload, namespace)
    const scope = client.scopes.list(found?.namespace ?? namespace)
    const page = await client.pods({ scope, labelSelector: found?.labelSelector, limit, cursor })
    const pods = page.items.map(podState)
    const signals = podSignals(pods, found === undefined ? scope.text : `workload ${found.name}`, clock.now())
    const rank = new Map(pods.map((pod) => [pod, isTroubled(pod) ? 0 : 1]))
    const sorted = pods.toSorted((a, b) => (rank.get(a) ?? 1) - (rank.get(b) ?? 1) || b.restarts - a.restarts)
    return {
      structured: { pods: sorted },
      text: pods.length === 0 ? `No pods in ${scope.text}.` : `${pods.length} pods in ${scope.text}, unhealthy first:\n${sorted.map(podText).join('\n')}`,
      entities: distinctEntities(sorted.flatMap(podEntities)),
      signals: pods.length === 0 ? [makeSignal('absence', found === undefined ? 1 : 3, `No pods in ${scope.text}${found === undefined ? '' : ` belong to ${found.kind} ${found.name}`}.`, { about: found === undefined ? [] : [{ kind: 'workload', value: found.name }] })] : signals,
      truncated: page.truncated,
      cursor: page.cursor,
    }
  },
})
