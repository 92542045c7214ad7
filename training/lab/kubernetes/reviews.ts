import { z } from 'zod'
import { allows, reasonFor, rules, user } from './access.ts'
import { record } from './fields.ts'
import { badRequest } from './status-error.ts'

const Name = z.string().nullish().transform((value) => value ?? '')
const AccessReview = z.object({
  spec: z.object({
    resourceAttributes: z.object({ verb: Name, group: Name, resource: Name, subresource: Name, namespace: Name, name: Name }).optional(),
    nonResourceAttributes: z.object({ path: Name, verb: Name }).optional(),
  }),
})

const openPaths = /^\/(api|apis|healthz|livez|readyz|version)(\/|$)/

/** The answer to a review of the caller's own rights; `body` is the review as posted. Throws a StatusError for one that cannot be read. */
export function review(kind: string, body: unknown): object {
  if (kind === 'SelfSubjectReview') {
    return { kind, apiVersion: 'authentication.k8s.io/v1', metadata: {}, status: { userInfo: { username: user, groups: ['system:authenticated'] } } }
  }
  const common = { kind, apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: record(body, 'spec') }
  if (kind === 'SelfSubjectRulesReview') {
    const nonResourceRules = [{ verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/readyz', '/version'] }]
    return { ...common, status: { resourceRules: rules(), nonResourceRules, incomplete: false } }
  }
  const parsed = AccessReview.safeParse(body)
  if (!parsed.success) throw badRequest('the object provided is unrecognized (must be of type SelfSubjectAccessReview)')
  const { resourceAttributes, nonResourceAttributes } = parsed.data.spec
  if (!resourceAttributes) return { ...common, status: { allowed: nonResourceAttributes?.verb === 'get' && openPaths.test(nonResourceAttributes.path) } }
  const [allowed, reason] = [allows(resourceAttributes), reasonFor(resourceAttributes)]
  return { ...common, status: { allowed, ...(reason && { reason }) } }
}
