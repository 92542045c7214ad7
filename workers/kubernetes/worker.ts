import { defineWorker } from '../kit/define-worker.ts'
import { createKubernetesClient, serverOf } from './client.ts'
import type { KubernetesClient, KubernetesConnection } from './client.ts'
import { describePod } from './tools/describe-pod.ts'
import { describeWorkload } from './tools/describe-workload.ts'
import { getConfigmap } from './tools/get-configmap.ts'
import { listCronjobs } from './tools/list-cronjobs.ts'
import { listEvents } from './tools/list-events.ts'
import { listNodes } from './tools/list-nodes.ts'
import { listPods } from './tools/list-pods.ts'
import { listWorkloads } from './tools/list-workloads.ts'
import { podLogs } from './tools/pod-logs.ts'
import { podPreviousLogs } from './tools/pod-previous-logs.ts'
import { rolloutHistory } from './tools/rollout-history.ts'
import { serviceEndpoints } from './tools/service-endpoints.ts'
import { topPods } from './tools/top-pods.ts'
import { workloadLogs } from './tools/workload-logs.ts'

/** Reads a Kubernetes cluster: workloads, pods, logs, events, rollouts, CronJobs, configuration names, endpoints, nodes. */
export const kubernetesWorker = defineWorker<KubernetesConnection, KubernetesClient>({
  name: 'kubernetes',
  service: 'Kubernetes',
  description: 'Reads the Kubernetes cluster: workloads and pods with restarts and last exits, logs (also from before a restart), events, rollouts, CronJobs, ConfigMap keys, service endpoints, usage against limits, nodes.',
  baseUrls: (connection) => [serverOf(connection)],
  connect: createKubernetesClient,
  tools: [
    listWorkloads, listPods, describeWorkload, describePod, workloadLogs, podLogs, podPreviousLogs, listEvents, rolloutHistory, listCronjobs, serviceEndpoints,
    getConfigmap, topPods, listNodes,
  ],
})
