import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { operations } from '../operations.ts'
import { listWorkloads as readWorkloads, Workload, workloadEntities, workloadSignals, workloadSummary, workloadText } from '../workloads.ts'

export const listWorkloads = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_workloads',
  title: 'List workloads',
  useWhen: 'Use when you need to know what runs in the cluster and which workloads miss replicas; a good first look.',
  input: z.object({ namespace: namespaceField, limit: limitField(100, 500) }),
  output: z.object({ workloads: z.array(Workload) }),
  operations: [...operations.workloads],
  async run({ namespace, limit }, { client, clock }) {
    const { workloads, truncated } = await readWorkloads(client, namespace)
    const unhealthy = (workload: Workload) => workloadSignals(workload, clock.now()).length > 0
    const sorted = workloads.toSorted((a, b) => Number(unhealthy(b)) - Number(unhealthy(a)) || a.name.localeCompare(b.name)).slice(0, limit)
    const shown = sorted.map(workloadSummary)
    const where = client.scopes.list(namespace).text
    const signals = sorted.flatMap((workload) => workloadSignals(workload, clock.now()))
    return {
      structured: { workloads: shown },
      text: shown.length === 0 ? `No workloads in ${where}.` : `${workloads.length} workloads in ${where}, unhealthy first:\n${shown.map(workloadText).join('\n')}`,
      entities: distinctEntities(shown.flatMap(workloadEntities)),
      signals: signals.length > 0 ? signals : [makeSignal(shown.length === 0 ? 'absence' : 'healthy', shown.length === 0 ? 1 : 0, shown.length === 0 ? `No workloads in ${where}.` : `All ${workloads.length} workloads in ${where} have their replicas ready.`)],
      truncated: truncated || workloads.length > limit,
    }
  },
})
