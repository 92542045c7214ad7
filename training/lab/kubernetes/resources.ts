/** One kind of object the API serves, named as discovery names it. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly string[]
  /** May the lab's user get, list and watch it? */
  readonly readable: boolean
}

type Row = Pick<Resource, 'plural' | 'kind'> & Partial<Resource>

function group(name: string, version: string, rows: readonly Row[]): Resource[] {
  return rows.map((row) => ({
    group: name, version, singular: row.kind.toLowerCase(), namespaced: true, shortNames: [], categories: [], subresources: [], readable: true, ...row,
  }))
}

const all = ['all']
const workload = { categories: all, subresources: ['scale', 'status'] }

/** Every resource of the simulated cluster, in the order discovery lists its groups. */
export const resources: readonly Resource[] = [
  ...group('', 'v1', [
    { plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'] },
    { plural: 'endpoints', kind: 'Endpoints', shortNames: ['ep'] },
    { plural: 'events', kind: 'Event', shortNames: ['ev'] },
    { plural: 'limitranges', kind: 'LimitRange', shortNames: ['limits'] },
    { plural: 'namespaces', kind: 'Namespace', namespaced: false, shortNames: ['ns'], subresources: ['finalize', 'status'] },
    { plural: 'nodes', kind: 'Node', namespaced: false, shortNames: ['no'], subresources: ['proxy', 'status'] },
    { plural: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim', shortNames: ['pvc'], subresources: ['status'] },
    { plural: 'persistentvolumes', kind: 'PersistentVolume', namespaced: false, shortNames: ['pv'], subresources: ['status'] },
    { plural: 'pods', kind: 'Pod', shortNames: ['po'], categories: all, subresources: ['attach', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'status'] },
    { plural: 'replicationcontrollers', kind: 'ReplicationController', shortNames: ['rc'], ...workload },
    { plural: 'resourcequotas', kind: 'ResourceQuota', shortNames: ['quota'], subresources: ['status'] },
    { plural: 'secrets', kind: 'Secret', readable: false },
    { plural: 'serviceaccounts', kind: 'ServiceAccount', shortNames: ['sa'], subresources: ['token'] },
    { plural: 'services', kind: 'Service', shortNames: ['svc'], categories: all, subresources: ['proxy', 'status'] },
  ]),
  ...group('events.k8s.io', 'v1', [{ plural: 'events', kind: 'Event', shortNames: ['ev'] }]),
  ...group('apps', 'v1', [
    { plural: 'controllerrevisions', kind: 'ControllerRevision' },
    { plural: 'daemonsets', kind: 'DaemonSet', shortNames: ['ds'], categories: all, subresources: ['status'] },
    { plural: 'deployments', kind: 'Deployment', shortNames: ['deploy'], ...workload },
    { plural: 'replicasets', kind: 'ReplicaSet', shortNames: ['rs'], ...workload },
    { plural: 'statefulsets', kind: 'StatefulSet', shortNames: ['sts'], ...workload },
  ]),
  ...group('autoscaling', 'v2', [{ plural: 'horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler', shortNames: ['hpa'], categories: all, subresources: ['status'] }]),
  ...group('autoscaling', 'v1', [{ plural: 'horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler', shortNames: ['hpa'], categories: all, subresources: ['status'] }]),
  ...group('batch', 'v1', [
    { plural: 'cronjobs', kind: 'CronJob', shortNames: ['cj'], categories: all, subresources: ['status'] },
    { plural: 'jobs', kind: 'Job', categories: all, subresources: ['status'] },
  ]),
  ...group('policy', 'v1', [{ plural: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', shortNames: ['pdb'], subresources: ['status'] }]),
  ...group('networking.k8s.io', 'v1', [
    { plural: 'ingressclasses', kind: 'IngressClass', namespaced: false },
    { plural: 'ingresses', kind: 'Ingress', shortNames: ['ing'], subresources: ['status'] },
    { plural: 'networkpolicies', kind: 'NetworkPolicy', shortNames: ['netpol'] },
  ]),
  ...group('discovery.k8s.io', 'v1', [{ plural: 'endpointslices', kind: 'EndpointSlice' }]),
  ...group('storage.k8s.io', 'v1', [{ plural: 'storageclasses', kind: 'StorageClass', namespaced: false, shortNames: ['sc'] }]),
  ...group('rbac.authorization.k8s.io', 'v1', [
    { plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', namespaced: false, readable: false },
    { plural: 'clusterroles', kind: 'ClusterRole', namespaced: false, readable: false },
    { plural: 'rolebindings', kind: 'RoleBinding', readable: false },
    { plural: 'roles', kind: 'Role', readable: false },
  ]),
  ...group('metrics.k8s.io', 'v1beta1', [
    { plural: 'nodes', kind: 'NodeMetrics', namespaced: false },
    { plural: 'pods', kind: 'PodMetrics' },
  ]),
]

/** Reviews: the POSTs that only ask. */
export const reviews = [
  { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
] as const

/** `apps/v1`, or `v1` for the core group. */
export function groupVersion({ group: name, version }: Pick<Resource, 'group' | 'version'>): string {
  return name === '' ? version : `${name}/${version}`
}

/** The name a resource goes by in messages: `deployments.apps`, `pods`. */
export function qualified({ group: name, plural }: Pick<Resource, 'group' | 'plural'>): string {
  return name === '' ? plural : `${plural}.${name}`
}
