import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { containerField, namespaceField, podField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { operations } from '../operations.ts'
import { FoldedLog } from '../pod-log.ts'
import { podLogResult } from '../pod-log-result.ts'

export const podLogs = defineTool<KubernetesClient>()({
  name: 'kubernetes_pod_logs',
  title: 'Logs of a pod',
  useWhen: 'Use when you need what a running pod wrote in the window; repeated lines come folded, errors first.',
  input: z.object({
    pod: podField, namespace: namespaceField, container: containerField,
    search: z.string().max(200).optional().describe('text lines must contain'),
    ...windowFields, limit: limitField(1_000, 5_000),
  }),
  output: FoldedLog,
  operations: [...operations.pods, ...operations.podLog],
  async run({ pod, namespace, container, search, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 60, maxMinutes: 7 * 24 * 60 })
    return podLogResult(client, { pod, namespace }, { window, now: clock.now(), container, search, limit, previous: false })
  },
})
