import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { KubernetesClient, Service } from '../client.ts'
import { operations } from '../operations.ts'

const ServiceState = z.object({
  service: z.string(), namespace: z.string(), type: z.string(), dnsName: z.string(), clusterIp: z.string().nullable(), externalName: z.string().nullable(),
  addresses: z.array(z.string()), selector: z.string(), ports: z.array(z.string()),
})
type ServiceState = z.infer<typeof ServiceState>

export const listServices = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_services',
  title: 'List services',
  useWhen: 'Use when you need the names, ports and selectors under which things are reached inside the cluster.',
  input: z.object({ namespace: namespaceField, limit: limitField(100, 500), cursor: cursorField }),
  output: z.object({ services: z.array(ServiceState) }),
  operations: [...operations.services],
  async run({ namespace, limit, cursor }, { client }) {
    const scope = client.scopes.list(namespace)
    const page = await client.services({ scope, limit, cursor })
    const services = page.items.map(serviceState)
    return {
      structured: { services },
      text: services.length === 0 ? `No Services in ${scope.text}.` : `${services.length} Services in ${scope.text}:\n${services.map(serviceText).join('\n')}`,
      entities: distinctEntities(services.flatMap(aboutService)),
      signals: services.length === 0 ? [makeSignal('absence', 1, `No Services in ${scope.text}.`)] : services.flatMap(serviceSignals),
      truncated: page.truncated,
      cursor: page.cursor,
    }
  },
})

function serviceState({ metadata, spec, status }: Service): ServiceState {
  const [service, namespace] = [metadata?.name ?? '', metadata?.namespace ?? '']
  return {
    service,
    namespace,
    type: spec?.type ?? 'ClusterIP',
    dnsName: `${service}.${namespace}.svc`,
    clusterIp: spec?.clusterIP === undefined || spec.clusterIP === 'None' ? null : spec.clusterIP,
    externalName: spec?.externalName ?? null,
    addresses: [...(spec?.externalIPs ?? []), ...(status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.hostname ?? ingress.ip ?? '')].filter((address) => address !== ''),
    selector: Object.entries(spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`).join(','),
    ports: (spec?.ports ?? []).map((port) => `${port.name === undefined ? '' : `${port.name} `}${port.port}→${String(port.targetPort ?? port.port)}${port.nodePort === undefined ? '' : ` node ${port.nodePort}`}/${port.protocol ?? 'TCP'}`),
  }
}

function serviceText(state: ServiceState): string {
  const target = state.externalName === null ? `selector ${state.selector || 'none'}` : `external name ${state.externalName}`
  const outside = state.addresses.length > 0 ? `, outside ${state.addresses.join(', ')}` : ''
  return `${state.service} (${state.namespace}) ${state.type} ${state.clusterIp ?? 'no cluster IP'} ports ${state.ports.join(', ') || 'none'}, ${target}${outside}`
}

function aboutService({ service, namespace, externalName, addresses }: ServiceState): Entity[] {
  return [
    { kind: 'service', value: service }, { kind: 'namespace', value: namespace },
    ...[...(externalName === null ? [] : [externalName]), ...addresses].map((value) => ({ kind: 'host' as const, value })),
  ]
}

function serviceSignals(state: ServiceState): Signal[] {
  if (state.type !== 'LoadBalancer' || state.addresses.length > 0) return []
  return [makeSignal('state', 2, `Service ${state.service} (${state.namespace}) is a LoadBalancer that has no outside address yet.`, { about: aboutService(state) })]
}
