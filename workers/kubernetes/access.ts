import type { AccessNote } from '../kit/access.ts'

/** What the Kubernetes worker needs; the role itself is deploy/kubernetes/read-only.yaml. */
export const kubernetesAccess: AccessNote = {
  credential: 'A token of the ServiceAccount in deploy/kubernetes/read-only.yaml (kubectl create token foreman-reader --namespace foreman).',
  permissions: [
    { name: 'get, list pods, pods/log, events', for: 'pods, their logs and what happened to them' },
    { name: 'get, list deployments, statefulsets, daemonsets, replicasets, controllerrevisions (apps)', for: 'workloads and rollouts' },
    { name: 'get, list jobs, cronjobs (batch)', for: 'scheduled work' },
    { name: 'get, list services, endpointslices (discovery.k8s.io), ingresses, networkpolicies (networking.k8s.io)', for: 'services without endpoints, routes to nowhere, denied traffic' },
    { name: 'get, list horizontalpodautoscalers (autoscaling), poddisruptionbudgets (policy)', for: 'scaling and evictions' },
    { name: 'get, list persistentvolumeclaims, resourcequotas, limitranges', for: 'pods that cannot start or be created' },
    { name: 'get, list configmaps', for: 'configuration keys; without it only kubernetes_get_configmap fails' },
    { name: 'get, list namespaces', for: 'finding where something runs; without it only kubernetes_list_namespaces fails' },
    { name: 'get, list nodes', for: 'node conditions; the built-in role "view" lacks it' },
    { name: 'get, list pods, nodes (metrics.k8s.io)', for: 'usage against limits, where a metrics server runs' },
  ],
  avoid: [
    'secrets: the worker shows names of variables and references only, so it never needs a value',
    'pods/exec, pods/attach, pods/portforward, pods/proxy, nodes/proxy: they act, or reach around every other limit',
    'any verb but get, list and watch',
  ],
}
