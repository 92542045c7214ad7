import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { foldLines, logSignals, logText } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { containerField, namespaceField, workloadField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { originSignals, placePods } from '../log-origins.ts'
import { operations } from '../operations.ts'
import { FoldedLog, foldedLog, readPodLog } from '../pod-log.ts'
import { podState } from '../pod-state.ts'
import { findWorkload, workloadEntities } from '../workloads.ts'

const MOST_PODS = 10

export const workloadLogs = defineTool<KubernetesClient>()({
  name: 'kubernetes_workload_logs',
  title: 'Logs of all pods of a workload',
  useWhen: 'Use when you want what a whole workload wrote in the window, its pods’ equal lines folded together.',
  input: z.object({
    workload: workloadField, namespace: namespaceField, container: containerField,
    search: z.string().max(200).optional().describe('text lines must contain'),
    ...windowFields, limit: limitField(500, 2_000).describe('lines per pod'),
  }),
  output: FoldedLog,
  operations: [...operations.workloads, ...operations.pods, ...operations.podLog],
  async run({ workload: name, namespace, container, search, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 60, maxMinutes: 7 * 24 * 60 })
    const workload = await findWorkload(client, name, namespace)
    const { items: pods } = await client.pods({ scope: client.scopes.list(workload.namespace), labelSelector: workload.labelSelector })
    const read = pods.slice(0, MOST_PODS)
    const logs = await Promise.all(read.map((pod) => readPodLog(client, pod, { window, now: clock.now(), container, search, limit, previous: false })))
    const entries = logs.flat().sort((a, b) => a.at.localeCompare(b.at))
    const folded = foldLines(entries)
    const about = workloadEntities(workload).slice(0, 2)
    const head = `Logs of ${workload.kind} ${name} (${workload.namespace}), ${read.length} of ${pods.length} pods, ${utc(window.start)} to ${utc(window.end)}`
    return {
      structured: foldedLog(entries, folded),
      text: entries.length === 0 ? `${head}: no lines.` : logText(head, entries, folded),
      entities: distinctEntities([...about, ...read.map((pod) => ({ kind: 'pod' as const, value: pod.metadata?.name ?? '' })), ...folded.flatMap((line) => line.entities)]),
      signals: [...originSignals(entries, read.map(podState)), ...await placePods(logSignals(folded, about), client, workload.namespace), ...(entries.length === 0 ? [makeSignal('absence', 1, `${head}: no lines.`, { about })] : [])],
      truncated: pods.length > read.length || logs.some((log) => log.length >= limit),
    }
  },
})
