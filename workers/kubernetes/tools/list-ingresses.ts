import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { Ingress, KubernetesClient, Service } from '../client.ts'
import { operations } from '../operations.ts'

const Route = z.object({ host: z.string(), path: z.string(), service: z.string().nullable(), port: z.string(), problem: z.string().nullable() })
type Route = z.infer<typeof Route>
const IngressState = z.object({ ingress: z.string(), namespace: z.string(), class: z.string().nullable(), addresses: z.array(z.string()), tls: z.array(z.string()), routes: z.array(Route) })
type IngressState = z.infer<typeof IngressState>

export const listIngresses = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_ingresses',
  title: 'List ingresses',
  useWhen: 'Use when requests from outside get 404, 502 or 503: which host and path goes to which service and port, and whether that exists.',
  input: z.object({ namespace: namespaceField, limit: limitField(50, 200), cursor: cursorField }),
  output: z.object({ ingresses: z.array(IngressState) }),
  operations: [...operations.ingresses, ...operations.services],
  async run({ namespace, limit, cursor }, { client }) {
    const scope = client.scopes.list(namespace)
    const [page, services] = await Promise.all([client.ingresses({ scope, limit, cursor }), client.services({ scope, pages: 10 })])
    // A service on a page that was not read would look like none.
    const known = services.truncated ? undefined : services.items
    const ingresses = page.items.map((item) => ingressState(item, known))
    return {
      structured: { ingresses },
      text: ingresses.length === 0 ? `No Ingresses in ${scope.text}.` : `${ingresses.length} Ingresses in ${scope.text}:\n${ingresses.map(ingressText).join('\n')}`,
      entities: distinctEntities(ingresses.flatMap(aboutIngress)),
      signals: ingresses.length === 0 ? [makeSignal('absence', 0, `No Ingresses in ${scope.text}.`)] : ingresses.flatMap(ingressSignals),
      truncated: page.truncated || services.truncated,
      cursor: page.cursor,
    }
  },
})

function ingressState({ metadata, spec, status }: Ingress, services: readonly Service[] | undefined): IngressState {
  const namespace = metadata?.namespace ?? ''
  const route = (host: string, path: string, backend: NonNullable<Ingress['spec']>['defaultBackend']): Route => {
    const service = backend?.service
    const port = String(service?.port?.name ?? service?.port?.number ?? '')
    return { host, path, service: service?.name ?? null, port, problem: service === undefined ? null : problemOf(service.name, port, namespace, services) }
  }
  return {
    ingress: metadata?.name ?? '',
    namespace,
    class: spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class'] ?? null,
    addresses: (status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.hostname ?? ingress.ip ?? '').filter((address) => address !== ''),
    tls: (spec?.tls ?? []).map((tls) => `${(tls.hosts ?? []).join(', ')} by secret ${tls.secretName ?? 'of the controller'}`),
    routes: [
      ...(spec?.rules ?? []).flatMap((rule) => (rule.http?.paths ?? []).map((path) => route(rule.host ?? '*', path.path ?? '/', path.backend))),
      ...(spec?.defaultBackend === undefined ? [] : [route('*', 'anything else', spec.defaultBackend)]),
    ],
  }
}

function problemOf(name: string, port: string, namespace: string, services: readonly Service[] | undefined): string | null {
  if (services === undefined) return null
  const own = services.filter((service) => service.metadata?.namespace === namespace)
  const service = own.find((candidate) => candidate.metadata?.name === name)
  if (service === undefined) return `namespace ${namespace} has no Service ${name}; it has ${own.map(({ metadata }) => metadata?.name).slice(0, 12).join(', ') || 'none'}`
  const ports = service.spec?.ports ?? []
  if (ports.some((candidate) => candidate.name === port || String(candidate.port) === port)) return null
  return `Service ${name} has no port ${port}; it has ${ports.map((candidate) => candidate.port).join(', ') || 'none'}`
}

function routeText({ host, path, service, port, problem }: Route): string {
  return `${host}${path.startsWith('/') ? path : ` ${path}`} → ${service === null ? 'a resource of the controller' : `${service}:${port}`}${problem === null ? '' : ` PROBLEM: ${problem}`}`
}

function ingressText(state: IngressState): string {
  const head = `${state.ingress} (${state.namespace}) class ${state.class ?? 'default'} address ${state.addresses.join(', ') || 'none'}${state.tls.length > 0 ? ` TLS for ${state.tls.join('; ')}` : ''}`
  return [head, ...state.routes.map((route) => `  ${routeText(route)}`)].join('\n')
}

function aboutIngress({ namespace, routes }: IngressState): Entity[] {
  return [
    { kind: 'namespace', value: namespace },
    ...routes.flatMap(({ host, service }): Entity[] => [...(host === '*' ? [] : [{ kind: 'host' as const, value: host }]), ...(service === null ? [] : [{ kind: 'service' as const, value: service }])]),
  ]
}

function ingressSignals(state: IngressState): Signal[] {
  const broken = state.routes.filter(({ problem }) => problem !== null).map((route) =>
    makeSignal('absence', 3, `Ingress ${state.ingress} (${state.namespace}): ${routeText(route)}.`, { about: aboutIngress({ ...state, routes: [route] }), says: '' }))
  if (state.addresses.length > 0) return broken
  return [...broken, makeSignal('state', 1, `Ingress ${state.ingress} (${state.namespace}) has no address: no controller of class ${state.class ?? 'default'} has taken it up.`, { about: aboutIngress(state) })]
}
