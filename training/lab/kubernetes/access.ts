import { qualified, resources, type Resource } from './resources.ts'
import { StatusError } from './status-error.ts'

/** The lab's one user. Its role reads what an investigation needs, and nothing else: no Secrets, no roles, no proxies, no writes. */
export const user = 'foreman-read-only'
const role = 'foreman-read-only'
const readVerbs = ['get', 'list', 'watch']

export interface Attempt {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
}

/** Does the read-only role allow this? */
export function allows({ verb, group, resource, subresource }: Attempt): boolean {
  if (group === 'authorization.k8s.io' || group === 'authentication.k8s.io') return verb === 'create' && resource.startsWith('selfsubject')
  const known = resources.some((candidate) => candidate.readable && candidate.group === group && candidate.plural === resource)
  if (!known || !readVerbs.includes(verb)) return false
  return !subresource || (group === '' && resource === 'pods' && subresource === 'log')
}

/** Why an attempt is allowed, in the words of a SelfSubjectAccessReview; empty when it is not. */
export function reasonFor(attempt: Attempt): string {
  return allows(attempt) ? `RBAC: allowed by ClusterRoleBinding "${role}" of ClusterRole "${role}" to User "${user}"` : ''
}

/** The refusal of an attempt that is not allowed. */
export function forbidden({ verb, group, resource, subresource, namespace, name }: Attempt): StatusError {
  const full = subresource ? `${resource}/${subresource}` : resource
  const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  const subject = `${qualified({ group, plural: resource })}${name ? ` "${name}"` : ''}`
  const message = `${subject} is forbidden: User "${user}" cannot ${verb} resource "${full}" in API group "${group}" ${scope}`
  return new StatusError(403, 'Forbidden', message, { ...(name && { name }), ...(group && { group }), kind: resource })
}

/** The role as the rules of a SelfSubjectRulesReview: one for each API group. */
export function rules(): object[] {
  const groups = [...new Set(resources.map(({ group }) => group))]
  const readable = (group: string): Resource[] => resources.filter((resource) => resource.group === group && resource.readable)
  return [
    ...groups.filter((group) => readable(group).length > 0).map((group) => ({
      verbs: readVerbs, apiGroups: [group], resources: [...new Set(readable(group).map(({ plural }) => plural)), ...(group === '' ? ['pods/log'] : [])],
    })),
    { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ]
}
