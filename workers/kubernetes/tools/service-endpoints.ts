import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { fail } from '../../../src/core/errors.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { entityField, limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { EndpointSlice, KubernetesClient, Pod, Service } from '../client.ts'
import { operations } from '../operations.ts'

const Endpoints = z.object({
  service: z.string(), namespace: z.string(), type: z.string(), selector: z.string(), ports: z.array(z.string()),
  ready: z.number().int(), notReady: z.number().int(), pods: z.array(z.string()),
  matching: z.number().int().nullable().describe('pods the selector matches; null without a selector'),
  closedPorts: z.array(z.string()).describe('service ports whose target no container declares'),
})
type Endpoints = z.infer<typeof Endpoints>

/** Of 500 objects each. */
const MOST_PAGES = 10

export const serviceEndpoints = defineTool<KubernetesClient>()({
  name: 'kubernetes_service_endpoints',
  title: 'Services and their endpoints',
  useWhen: 'Use when calls inside the cluster are refused, time out or do not resolve: which services exist, and which have no ready pod behind them.',
  input: z.object({ service: entityField('service', 'exact name').optional(), namespace: namespaceField, limit: limitField(200, 500) }),
  output: z.object({ services: z.array(Endpoints) }),
  operations: [...operations.services, ...operations.endpointSlices, ...operations.pods],
  async run({ service: name, namespace, limit }, { client }) {
    const scope = client.scopes.list(namespace)
    // An alarm needs all of them: a pod on a page that was not read would look like none.
    const [services, slices, pods] = await Promise.all([client.services({ scope, limit, pages: MOST_PAGES }), client.endpointSlices({ scope, pages: MOST_PAGES }), client.pods({ scope, pages: MOST_PAGES })])
    const wanted = services.items.filter((item) => name === undefined || item.metadata?.name === name)
    if (name !== undefined && wanted.length === 0) {
      fail('not_found', clip(`No Service is called ${name} in ${scope.text}, so that name does not resolve there. There are: ${services.items.map((item) => item.metadata?.name).join(', ') || 'none'}.`, 600))
    }
    const found = wanted.map((item) => endpointsOf(item, slices.items, pods.items)).sort((a, b) => a.ready - b.ready || a.service.localeCompare(b.service))
    const signals = found.flatMap(endpointSignals)
    return {
      structured: { services: found },
      text: found.length === 0 ? `No Services in ${scope.text}.` : `${found.length} Services in ${scope.text}, those without ready endpoints first:\n${found.map(endpointsText).join('\n')}`,
      entities: distinctEntities(found.flatMap((endpoints) => [
        { kind: 'service' as const, value: endpoints.service }, { kind: 'namespace' as const, value: endpoints.namespace },
        ...endpoints.pods.map((value) => ({ kind: 'pod' as const, value })),
      ])),
      signals: signals.length > 0 || found.length === 0 ? signals : [makeSignal('healthy', 0, `All ${found.length} Services in ${scope.text} have ready endpoints.`, { about: found.slice(0, 20).map(({ service }) => ({ kind: 'service', value: service })) })],
      truncated: services.truncated || slices.truncated || pods.truncated,
    }
  },
})

function endpointsOf(item: Service, slices: readonly EndpointSlice[], pods: readonly Pod[]): Endpoints {
  const namespace = item.metadata?.namespace ?? ''
  const service = item.metadata?.name ?? ''
  const selector = Object.entries(item.spec?.selector ?? {})
  const endpoints = slices
    .filter((slice) => slice.metadata?.namespace === namespace && slice.metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((slice) => slice.endpoints ?? [])
  const own = selector.length === 0 ? [] : pods.filter((pod) => pod.metadata?.namespace === namespace && selector.every(([key, value]) => pod.metadata?.labels?.[key] === value))
  const ready = endpoints.filter((endpoint) => endpoint.conditions?.ready !== false)
  return {
    service,
    namespace,
    type: item.spec?.type ?? 'ClusterIP',
    selector: selector.map(([key, value]) => `${key}=${value}`).join(','),
    ports: (item.spec?.ports ?? []).map((port) => `${port.port}→${String(port.targetPort ?? port.port)}`),
    ready: ready.length,
    notReady: endpoints.length - ready.length,
    pods: endpoints.flatMap((endpoint) => endpoint.targetRef?.name ?? []),
    matching: selector.length === 0 ? null : own.length,
    closedPorts: closedPorts(item, own),
  }
}

/** The ports whose target none of the pods declares; a pod that declares no port at all may listen anywhere. */
function closedPorts(item: Service, pods: readonly Pod[]): string[] {
  const declared = pods.flatMap((pod) => (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []))
  if (declared.length === 0 || pods.some((pod) => (pod.spec?.containers ?? []).every(({ ports = [] }) => ports.length === 0))) return []
  const open = [...new Set(declared.map(({ containerPort }) => containerPort))].join(', ')
  return (item.spec?.ports ?? []).flatMap((port) => {
    const target = String(port.targetPort ?? port.port)
    return declared.some(({ name, containerPort }) => name === target || String(containerPort) === target) ? [] : [`${port.port} leads to ${target}, its pods declare ${open}`]
  })
}

function endpointsText(endpoints: Endpoints): string {
  const behind = endpoints.matching === null ? 'no selector' : `selector ${endpoints.selector} matches ${endpoints.matching} pods`
  const alarm = isEmpty(endpoints) ? 'NO READY ENDPOINTS ' : ''
  return `${alarm}${endpoints.service} (${endpoints.namespace}) ${endpoints.type} ports ${endpoints.ports.join(', ') || 'none'}: ${endpoints.ready} ready, ${endpoints.notReady} not ready; ${behind}`
}

function isEmpty(endpoints: Endpoints): boolean {
  return endpoints.ready === 0 && endpoints.type !== 'ExternalName' && endpoints.matching !== null
}

function endpointSignals(endpoints: Endpoints): Signal[] {
  const { service, namespace, matching, selector } = endpoints
  const about = [{ kind: 'service' as const, value: service }, { kind: 'namespace' as const, value: namespace }, ...endpoints.pods.slice(0, 5).map((value) => ({ kind: 'pod' as const, value }))]
  const closed = endpoints.closedPorts.map((text) => makeSignal('state', 2, `Service ${service} (${namespace}): port ${text}.`, { about, says: '' }))
  const partly = endpoints.ready > 0 && endpoints.notReady > 0 ? [makeSignal('state', 1, `Service ${service} (${namespace}): ${endpoints.notReady} of ${endpoints.ready + endpoints.notReady} endpoints are not ready.`, { about, says: '' })] : []
  if (!isEmpty(endpoints)) return [...closed, ...partly]
  const why = matching === 0 ? `its selector ${selector} matches no pod` : `${matching ?? 0} pods match its selector ${selector}, none is ready`
  return [makeSignal('absence', 3, `Service ${service} (${namespace}) has no ready endpoints: ${why}.`, { about }), ...closed]
}
