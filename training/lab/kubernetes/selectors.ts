import { field, list, record, text } from './fields.ts'
import type { Resource } from './resources.ts'
import { badRequest } from './status-error.ts'

type Predicate = (object: unknown) => boolean

function labelRequirement(source: string): Predicate {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(source)
  if (set) {
    const [, key = '', operator, listed = ''] = set
    const values = listed.split(',').map((value) => value.trim())
    const inside = (object: unknown): boolean => values.includes(text(object, 'metadata', 'labels', key)) && field(object, 'metadata', 'labels', key) !== undefined
    return operator === 'in' ? inside : (object) => !inside(object)
  }
  const equality = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(source)
  if (equality) {
    const [, key = '', operator, value = ''] = equality
    const equals = (object: unknown): boolean => field(object, 'metadata', 'labels', key) === value
    return operator === '!=' ? (object) => !equals(object) : equals
  }
  const existence = /^(!?)\s*([\w./-]+)$/.exec(source)
  if (!existence) throw badRequest(`unable to parse requirement: found '${source}', expected: in, notin, =, ==, !=, gt, lt`)
  const [, not, key = ''] = existence
  return (object) => (field(object, 'metadata', 'labels', key) !== undefined) === (not === '')
}

/** A label selector as a predicate on objects: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Throws a StatusError for one that cannot be read. */
export function labelSelector(selector: string | null): Predicate {
  const parts = (selector ?? '').split(/,(?![^(]*\))/).map((part) => part.trim()).filter(Boolean)
  const requirements = parts.map(labelRequirement)
  return (object) => requirements.every((matches) => matches(object))
}

/** Do these labels hold every pair of a Service's selector? An empty one selects nothing. */
export function matchesLabels(wanted: Readonly<Record<string, unknown>>, labels: Readonly<Record<string, unknown>>): boolean {
  const pairs = Object.entries(wanted)
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value)
}

/** Does a selector with `matchLabels` and `matchExpressions` match these labels? An empty one matches all, a missing one nothing. */
export function matchesSelector(selector: unknown, labels: Readonly<Record<string, unknown>>): boolean {
  if (selector === undefined || selector === null) return false
  const plain = Object.entries(record(selector, 'matchLabels')).every(([key, value]) => labels[key] === value)
  return plain && list(selector, 'matchExpressions').every((expression) => {
    const value = labels[text(expression, 'key')]
    switch (text(expression, 'operator')) {
      case 'Exists': return value !== undefined
      case 'DoesNotExist': return value === undefined
      case 'In': return value !== undefined && list(expression, 'values').includes(value)
      default: return value === undefined || !list(expression, 'values').includes(value)
    }
  })
}

const event = ['action', 'involvedObject.apiVersion', 'involvedObject.fieldPath', 'involvedObject.kind', 'involvedObject.name', 'involvedObject.namespace',
  'involvedObject.resourceVersion', 'involvedObject.uid', 'reason', 'reportingComponent', 'source', 'type']
/** Fields each kind can be selected by besides its name and namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Event: [...event, ...event.map((name) => name.replace('involvedObject', 'regarding'))],
  Job: ['status.successful'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Pod: ['spec.host', 'spec.hostNetwork', 'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.nominatedNodeName', 'status.phase', 'status.podIP'],
  ReplicaSet: ['status.replicas'],
  ReplicationController: ['status.replicas'],
}

function selectedValue(object: unknown, path: string): string {
  if (path === 'source') return text(object, 'source', 'component') || text(object, 'reportingComponent')
  if (path === 'spec.unschedulable' || path === 'spec.hostNetwork') return text(object, ...path.split('.')) || 'false'
  return text(object, ...path.split('.'))
}

/** A field selector as a predicate on objects of `resource`. Throws a StatusError for a field the kind cannot be selected by. */
export function fieldSelector(selector: string | null, { kind, namespaced }: Pick<Resource, 'kind' | 'namespaced'>): Predicate {
  const supported = ['metadata.name', ...(namespaced ? ['metadata.namespace'] : []), ...(selectable[kind] ?? [])]
  const terms = (selector ?? '').split(',').filter(Boolean).map((term) => {
    const [, path = '', operator, value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? []
    if (operator === undefined) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`)
    if (!supported.includes(path)) throw badRequest(`field label not supported: ${path}`)
    return { path, negated: operator === '!=', value: value.replaceAll(/\\(.)/g, '$1') }
  })
  return (object) => terms.every(({ path, negated, value }) => (selectedValue(object, path) === value) !== negated)
}

/** The labels of an object. */
export function labelsOf(object: unknown): Readonly<Record<string, unknown>> {
  return record(object, 'metadata', 'labels')
}
