import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { KubernetesClient, LimitRange, ResourceQuota } from '../client.ts'
import { policyState, PolicyState, policyText } from '../network-policy.ts'
import { operations } from '../operations.ts'
import { quantity } from '../quantity.ts'

const Quota = z.object({ quota: z.string(), namespace: z.string(), resource: z.string(), used: z.string(), hard: z.string(), share: z.number().nullable() })
type Quota = z.infer<typeof Quota>
const Limits = z.object({ limitRange: z.string(), namespace: z.string(), rules: z.array(z.string()) })

export const listPoliciesAndQuotas = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_policies_and_quotas',
  title: 'Network policies, quotas and limit ranges',
  useWhen: 'Use when pods cannot reach each other or cannot be created: NetworkPolicies, ResourceQuotas with their use, LimitRanges.',
  input: z.object({ namespace: namespaceField, limit: limitField(100, 500) }),
  output: z.object({ policies: z.array(PolicyState), quotas: z.array(Quota), limitRanges: z.array(Limits) }),
  operations: [...operations.networkPolicies, ...operations.resourceQuotas, ...operations.limitRanges],
  async run({ namespace, limit }, { client }) {
    const scope = client.scopes.list(namespace)
    const [networkPolicies, resourceQuotas, ranges] = await Promise.all([client.networkPolicies({ scope, limit }), client.resourceQuotas({ scope, limit }), client.limitRanges({ scope, limit })])
    const policies = networkPolicies.items.map(policyState)
    const quotas = resourceQuotas.items.flatMap(quotasOf).sort((a, b) => (b.share ?? 0) - (a.share ?? 0))
    const limitRanges = ranges.items.map(limitsOf)
    const lines = [...quotas.map(quotaText), ...policies.map(policyText), ...limitRanges.map((range) => `LimitRange ${range.limitRange} (${range.namespace}): ${range.rules.join('; ')}`)]
    return {
      structured: { policies, quotas, limitRanges },
      text: lines.length === 0 ? `No NetworkPolicies, ResourceQuotas or LimitRanges in ${scope.text}.` : `In ${scope.text}, the fullest quotas first:\n${lines.join('\n')}`,
      entities: distinctEntities([...policies, ...quotas, ...limitRanges].flatMap((item) => [
        { kind: 'namespace' as const, value: item.namespace }, ...('policy' in item ? [{ kind: 'policy' as const, value: item.policy }] : []),
      ])),
      signals: [
        ...quotas.flatMap(quotaSignal), ...policies.flatMap(policySignal),
        ...(lines.length === 0 ? [makeSignal('absence', 0, `No NetworkPolicies, ResourceQuotas or LimitRanges in ${scope.text}: nothing there limits pods or their traffic.`)] : []),
      ],
      truncated: networkPolicies.truncated || resourceQuotas.truncated || ranges.truncated,
    }
  },
})

function quotasOf({ metadata, spec, status }: ResourceQuota): Quota[] {
  return Object.entries(status?.hard ?? spec?.hard ?? {}).map(([resource, hard]) => {
    const used = status?.used?.[resource] ?? '0'
    const [amount, most] = [quantity(used), quantity(hard)]
    return { quota: metadata?.name ?? '', namespace: metadata?.namespace ?? '', resource, used, hard, share: amount === undefined || most === undefined || most === 0 ? null : amount / most }
  })
}

function quotaText({ quota, namespace, resource, used, hard, share }: Quota): string {
  return `ResourceQuota ${quota} (${namespace}) ${resource}: ${used} of ${hard}${share === null ? '' : ` (${Math.round(share * 100)}%)`}`
}

function quotaSignal(state: Quota): Signal[] {
  if (state.share === null || state.share < 0.9) return []
  const full = state.share >= 1
  return [makeSignal('state', full ? 3 : 2, `${quotaText(state)}${full ? ': nothing more of it can be created there' : ''}.`, { about: [{ kind: 'namespace', value: state.namespace }, { kind: 'quantity', value: state.resource }], says: '' })]
}

function limitsOf({ metadata, spec }: LimitRange): z.infer<typeof Limits> {
  const amounts = (name: string, values: Readonly<Record<string, string>> | undefined) => Object.entries(values ?? {}).map(([resource, value]) => `${name} ${resource} ${value}`)
  return {
    limitRange: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    rules: (spec?.limits ?? []).map((item) => `${item.type}: ${[...amounts('default', item._default), ...amounts('default request', item.defaultRequest), ...amounts('at least', item.min), ...amounts('at most', item.max)].join(', ')}`),
  }
}

/** A direction that is denied outright explains a timeout better than anything that is let through. */
function policySignal(state: PolicyState): Signal[] {
  const denied = [...(state.ingress?.length === 0 ? ['ingress'] : []), ...(state.egress?.length === 0 ? ['egress'] : [])]
  if (denied.length === 0) return []
  return [makeSignal('state', 1, `NetworkPolicy ${state.policy} (${state.namespace}) denies all ${denied.join(' and ')} of pods ${state.pods} that no other policy allows.`, { about: [{ kind: 'policy', value: state.policy }, { kind: 'namespace', value: state.namespace }] })]
}
