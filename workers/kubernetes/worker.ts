import { defineWorker } from '../kit/define-worker.ts'
import { createKubernetesClient, serverOf } from './client.ts'
import type { KubernetesClient, KubernetesConnection } from './client.ts'
import { describeNode } from './tools/describe-node.ts'
import { describePod } from './tools/describe-pod.ts'
import { describeWorkload } from './tools/describe-workload.ts'
import { getConfigmap } from './tools/get-configmap.ts'
import { getHpa } from './tools/get-hpa.ts'
import { listCronjobs } from './tools/list-cronjobs.ts'
import { listEvents } from './tools/list-events.ts'
import { listIngresses } from './tools/list-ingresses.ts'
import { listJobs } from './tools/list-jobs.ts'
import { listNamespaces } from './tools/list-namespaces.ts'
import { listNodes } from './tools/list-nodes.ts'
import { listPdbs } from './tools/list-pdbs.ts'
import { listPods } from './tools/list-pods.ts'
import { listPoliciesAndQuotas } from './tools/list-policies-and-quotas.ts'
import { listPvcs } from './tools/list-pvcs.ts'
import { listServices } from './tools/list-services.ts'
import { listWorkloads } from './tools/list-workloads.ts'
import { podLogs } from './tools/pod-logs.ts'
import { podPreviousLogs } from './tools/pod-previous-logs.ts'
import { rolloutDiff } from './tools/rollout-diff.ts'
import { rolloutHistory } from './tools/rollout-history.ts'
import { rolloutStatus } from './tools/rollout-status.ts'
import { serviceEndpoints } from './tools/service-endpoints.ts'
import { topNodes } from './tools/top-nodes.ts'
import { topPods } from './tools/top-pods.ts'
import { workloadLogs } from './tools/workload-logs.ts'

/** Reads a Kubernetes cluster: workloads, pods, logs, events, rollouts, Jobs, configuration names, endpoints, autoscalers, volumes, quotas, nodes. */
export const kubernetesWorker = defineWorker<KubernetesConnection, KubernetesClient>({
  name: 'kubernetes',
  service: 'Kubernetes',
  description: 'Reads the Kubernetes cluster: workloads and pods with restarts and last exits, logs (also from before a restart), events, rollouts and what they changed, Jobs and CronJobs, ConfigMap keys, services, ingresses and endpoints, autoscalers, volumes, quotas, usage against limits, nodes.',
  baseUrls: (connection) => [serverOf(connection)],
  connect: createKubernetesClient,
  tools: [
    listWorkloads, listPods, describeWorkload, describePod, workloadLogs, podLogs, podPreviousLogs, listEvents, rolloutHistory, rolloutStatus, rolloutDiff, listCronjobs,
    listJobs, serviceEndpoints, listServices, listIngresses, getConfigmap, topPods, topNodes, listNodes, describeNode, getHpa, listPdbs, listPvcs, listPoliciesAndQuotas,
    listNamespaces,
  ],
})
