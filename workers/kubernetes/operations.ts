import type { Operation } from '../../src/core/worker.ts'

function get(path: string): Operation {
  return { type: 'http', method: 'GET', path }
}

function listOf(group: string, resource: string): readonly Operation[] {
  return [get(`${group}/${resource}`), get(`${group}/namespaces/{namespace}/${resource}`)]
}

/** The reads of the cluster's API that tools choose from. A list can be over all namespaces or over one. */
export const operations = {
  pods: listOf('/api/v1', 'pods'),
  podLog: [get('/api/v1/namespaces/{namespace}/pods/{name}/log')],
  events: listOf('/api/v1', 'events'),
  services: listOf('/api/v1', 'services'),
  configMaps: listOf('/api/v1', 'configmaps'),
  nodes: [get('/api/v1/nodes')],
  namespaces: [get('/api/v1/namespaces')],
  volumeClaims: listOf('/api/v1', 'persistentvolumeclaims'),
  resourceQuotas: listOf('/api/v1', 'resourcequotas'),
  limitRanges: listOf('/api/v1', 'limitranges'),
  workloads: [...listOf('/apis/apps/v1', 'deployments'), ...listOf('/apis/apps/v1', 'statefulsets'), ...listOf('/apis/apps/v1', 'daemonsets')],
  replicaSets: listOf('/apis/apps/v1', 'replicasets'),
  controllerRevisions: listOf('/apis/apps/v1', 'controllerrevisions'),
  autoscalers: listOf('/apis/autoscaling/v2', 'horizontalpodautoscalers'),
  disruptionBudgets: listOf('/apis/policy/v1', 'poddisruptionbudgets'),
  ingresses: listOf('/apis/networking.k8s.io/v1', 'ingresses'),
  networkPolicies: listOf('/apis/networking.k8s.io/v1', 'networkpolicies'),
  cronJobs: listOf('/apis/batch/v1', 'cronjobs'),
  jobs: listOf('/apis/batch/v1', 'jobs'),
  endpointSlices: listOf('/apis/discovery.k8s.io/v1', 'endpointslices'),
  podMetrics: listOf('/apis/metrics.k8s.io/v1beta1', 'pods'),
  nodeMetrics: [get('/apis/metrics.k8s.io/v1beta1/nodes')],
} as const satisfies Record<string, readonly Operation[]>
