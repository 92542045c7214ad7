import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { limitField, resolveWindow } from '../../kit/window.ts'
import { containerField, namespaceField, podField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { operations } from '../operations.ts'
import { FoldedLog } from '../pod-log.ts'
import { podLogResult } from '../pod-log-result.ts'

export const podPreviousLogs = defineTool<KubernetesClient>()({
  name: 'kubernetes_pod_previous_logs',
  title: 'Logs before a pod’s last restart',
  useWhen: 'Use when a pod restarted or crash-loops: what its containers wrote before they ended.',
  input: z.object({ pod: podField, namespace: namespaceField, container: containerField, limit: limitField(500, 5_000) }),
  output: FoldedLog,
  operations: [...operations.pods, ...operations.podLog],
  async run({ pod, namespace, container, limit }, { client, clock }) {
    const window = resolveWindow({}, clock, { defaultMinutes: 1, maxMinutes: 1 })
    return podLogResult(client, { pod, namespace }, { window, now: clock.now(), container, search: undefined, limit, previous: true })
  },
})
