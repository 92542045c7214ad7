import { field, list, record, text, type Json } from './fields.ts'
import { labelsOf, matchesSelector } from './selectors.ts'

type ByKind = ReadonlyMap<string, readonly Json[]>

function inNamespaceOf(object: Json, others: readonly Json[] | undefined): Json[] {
  return (others ?? []).filter((other) => text(other, 'metadata', 'namespace') === text(object, 'metadata', 'namespace'))
}

function isReady(pod: Json): boolean {
  return list(pod, 'status', 'conditions').some((condition) => text(condition, 'type') === 'Ready' && text(condition, 'status') === 'True')
}

/** `50%` of `of`, rounded up as the disruption controller does, or the number itself. */
function portion(value: unknown, of: number): number {
  return typeof value === 'string' && value.endsWith('%') ? Math.ceil((Number.parseFloat(value) / 100) * of) : Number(value ?? 0)
}

/** A PodDisruptionBudget with the status its controller would write from the pods there are; a status of the world's own stays. */
export function budgetWithStatus(budget: Json, byKind: ByKind): Json {
  if (field(budget, 'status', 'expectedPods') !== undefined) return budget
  const pods = inNamespaceOf(budget, byKind.get('/Pod')).filter((pod) => matchesSelector(field(budget, 'spec', 'selector'), labelsOf(pod)))
  const expectedPods = pods.length
  const most = field(budget, 'spec', 'maxUnavailable')
  const desiredHealthy = most === undefined ? portion(field(budget, 'spec', 'minAvailable'), expectedPods) : Math.max(0, expectedPods - portion(most, expectedPods))
  const currentHealthy = pods.filter(isReady).length
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy)
  const [status, reason] = disruptionsAllowed > 0 ? ['True', 'SufficientPods'] : ['False', 'InsufficientPods']
  const conditions = [{ type: 'DisruptionAllowed', status, reason, message: '', lastTransitionTime: text(budget, 'metadata', 'creationTimestamp'), observedGeneration: 1 }]
  return { ...budget, status: { ...record(budget, 'status'), conditions, currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, observedGeneration: 1 } }
}

const suffixes: Readonly<Record<string, number>> = { '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }

function amount(quantity: string): number {
  const [, number = '0', suffix = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? []
  return Number(number) * (suffixes[suffix] ?? 1)
}

function written(resource: string, value: number): string {
  if (resource.endsWith('cpu')) return value % 1 === 0 ? String(value) : `${Math.round(value * 1_000)}m`
  return /memory$|storage$/.test(resource) && value % 2 ** 20 === 0 && value > 0 ? `${value / 2 ** 20}Mi` : String(value)
}

const counted: Readonly<Record<string, string>> = {
  services: '/Service', configmaps: '/ConfigMap', secrets: '/Secret', persistentvolumeclaims: '/PersistentVolumeClaim', 'count/jobs.batch': 'batch/Job', 'count/deployments.apps': 'apps/Deployment',
}

/** What of a quota's resource is in use: pods that have not ended and what they ask for, claims' storage, or the number of objects. */
function usedOf(quota: Json, resource: string, byKind: ByKind): number {
  const pods = inNamespaceOf(quota, byKind.get('/Pod')).filter((pod) => !['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase')))
  if (resource === 'pods' || resource === 'count/pods') return pods.length
  const kind = counted[resource] ?? counted[resource.replace('count/', '')]
  if (kind !== undefined) return inNamespaceOf(quota, byKind.get(kind)).length
  if (resource === 'requests.storage') {
    return inNamespaceOf(quota, byKind.get('/PersistentVolumeClaim')).reduce((sum, claim) => sum + amount(text(claim, 'spec', 'resources', 'requests', 'storage')), 0)
  }
  const [side, name] = resource.includes('.') ? resource.split('.', 2) : ['requests', resource]
  return pods.flatMap((pod) => list(pod, 'spec', 'containers')).reduce((sum: number, container) => sum + amount(text(container, 'resources', side ?? '', name ?? '')), 0)
}

/** A ResourceQuota with the use its controller would count; a status of the world's own stays. */
export function quotaWithStatus(quota: Json, byKind: ByKind): Json {
  if (field(quota, 'status', 'used') !== undefined) return quota
  const hard = record(quota, 'spec', 'hard')
  const used = Object.fromEntries(Object.keys(hard).map((resource) => [resource, written(resource, usedOf(quota, resource, byKind))]))
  return { ...quota, status: { hard, used } }
}
