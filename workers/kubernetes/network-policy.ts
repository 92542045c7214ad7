import { z } from 'zod'
import type { NetworkPolicy } from './client.ts'
import { selectorText } from './label-selector.ts'

/** What a NetworkPolicy lets through, in words; a direction that is not restricted is null. */
export const PolicyState = z.object({ policy: z.string(), namespace: z.string(), pods: z.string(), ingress: z.array(z.string()).nullable(), egress: z.array(z.string()).nullable() })
export type PolicyState = z.infer<typeof PolicyState>

type Spec = NonNullable<NetworkPolicy['spec']>
type IngressRule = NonNullable<Spec['ingress']>[number]
type EgressRule = NonNullable<Spec['egress']>[number]
type Peer = NonNullable<IngressRule['_from']>[number]
type Port = NonNullable<IngressRule['ports']>[number]

/** A policy by the rules of https://kubernetes.io/docs/concepts/services-networking/network-policies/: a listed direction without rules lets nothing through. */
export function policyState({ metadata, spec }: NetworkPolicy): PolicyState {
  const types = spec?.policyTypes ?? ['Ingress', ...(spec?.egress === undefined ? [] : ['Egress'])]
  return {
    policy: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    pods: selectorText(spec?.podSelector),
    ingress: types.includes('Ingress') ? (spec?.ingress ?? []).map((rule: IngressRule) => ruleText(rule._from, rule.ports)) : null,
    egress: types.includes('Egress') ? (spec?.egress ?? []).map((rule: EgressRule) => ruleText(rule.to, rule.ports)) : null,
  }
}

function ruleText(peers: readonly Peer[] | undefined, ports: readonly Port[] | undefined): string {
  const who = peers === undefined || peers.length === 0 ? 'anyone' : peers.map(peerText).join(' or ')
  const where = ports === undefined || ports.length === 0 ? 'any port' : ports.map((port) => `${port.protocol ?? 'TCP'} ${String(port.port ?? 'any')}${port.endPort === undefined ? '' : `-${port.endPort}`}`).join(', ')
  return `${who} on ${where}`
}

function peerText({ ipBlock, namespaceSelector, podSelector }: Peer): string {
  if (ipBlock !== undefined) return `${ipBlock.cidr}${ipBlock.except === undefined || ipBlock.except.length === 0 ? '' : ` except ${ipBlock.except.join(', ')}`}`
  const pods = podSelector === undefined ? 'all pods' : `pods ${selectorText(podSelector)}`
  return namespaceSelector === undefined ? `${pods} of the namespace` : `${pods} of namespaces ${selectorText(namespaceSelector)}`
}

/** One line about a policy. */
export function policyText({ policy, namespace, pods, ingress, egress }: PolicyState): string {
  const direction = (name: string, rules: readonly string[] | null) => (rules === null ? [] : [`${name} ${rules.length === 0 ? 'DENIED' : `only from or to ${rules.join('; ')}`}`])
  return `NetworkPolicy ${policy} (${namespace}) for pods ${pods}: ${[...direction('ingress', ingress), ...direction('egress', egress)].join(', ')}`
}
