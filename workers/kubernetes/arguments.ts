import { entityField } from '../kit/window.ts'

/** Left out, all namespaces the worker may read are searched. */
export const namespaceField = entityField('namespace', 'all if absent').optional()
export const podField = entityField('pod', 'exact pod name')
export const workloadField = entityField('workload', 'Deployment, StatefulSet or DaemonSet')
export const containerField = entityField('container', 'if the pod has several').optional()
