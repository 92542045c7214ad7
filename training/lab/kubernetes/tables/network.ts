import { field, list, record, text } from '../fields.ts'
import { columns, mapCell, nameOf, none, selectorCell, type KindTable } from './kind-table.ts'

function servicePort(port: unknown): string {
  const node = text(port, 'nodePort')
  return `${text(port, 'port')}${node ? `:${node}` : ''}/${text(port, 'protocol') || 'TCP'}`
}

function balancerCell(object: unknown): string {
  return list(object, 'status', 'loadBalancer', 'ingress').map((ingress) => text(ingress, 'ip') || text(ingress, 'hostname')).join(',')
}

function externalCell(service: unknown): string {
  const type = text(service, 'spec', 'type') || 'ClusterIP'
  if (type === 'ExternalName') return text(service, 'spec', 'externalName')
  const own = list(service, 'spec', 'externalIPs').join(',')
  if (type === 'LoadBalancer') return [balancerCell(service), own].filter(Boolean).join(',') || '<pending>'
  return own || none
}

/** At most three of a list, and how many more. */
function shortened(items: readonly string[]): string {
  if (items.length === 0) return none
  return items.length > 3 ? `${items.slice(0, 3).join(',')} + ${items.length - 3} more...` : items.join(',')
}

/** Printers of services and what leads to them. */
export const networkTables: Readonly<Record<string, KindTable>> = {
  Service: {
    columns: columns(['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age'], ['Selector']),
    cells: (object, { age }) => [
      nameOf(object), text(object, 'spec', 'type') || 'ClusterIP', text(object, 'spec', 'clusterIP') || none, externalCell(object),
      list(object, 'spec', 'ports').map(servicePort).join(',') || none, age, mapCell(record(object, 'spec', 'selector')),
    ],
  },
  Endpoints: {
    columns: columns(['Name', 'Endpoints', 'Age']),
    cells: (object, { age }) => {
      const pairs = list(object, 'subsets').flatMap((subset) => list(subset, 'addresses').flatMap((address) => list(subset, 'ports').map((port) => `${text(address, 'ip')}:${text(port, 'port')}`)))
      return [nameOf(object), shortened(pairs), age]
    },
  },
  EndpointSlice: {
    columns: columns(['Name', 'AddressType', 'Ports', 'Endpoints', 'Age']),
    cells: (object, { age }) => [
      nameOf(object), text(object, 'addressType'), list(object, 'ports').map((port) => text(port, 'port')).join(',') || '<unset>',
      shortened(list(object, 'endpoints').flatMap((endpoint) => list(endpoint, 'addresses').map(String))), age,
    ],
  },
  Ingress: {
    columns: columns(['Name', 'Class', 'Hosts', 'Address', 'Ports', 'Age']),
    cells: (object, { age }) => [
      nameOf(object), text(object, 'spec', 'ingressClassName') || none, shortened(list(object, 'spec', 'rules').map((rule) => text(rule, 'host') || '*')).replace(none, '*'),
      balancerCell(object), list(object, 'spec', 'tls').length > 0 ? '80, 443' : '80', age,
    ],
  },
  IngressClass: {
    columns: columns(['Name', 'Controller', 'Parameters', 'Age']),
    cells: (object, { age }) => [nameOf(object), text(object, 'spec', 'controller'), field(object, 'spec', 'parameters') === undefined ? none : text(object, 'spec', 'parameters', 'name'), age],
  },
  NetworkPolicy: {
    columns: columns(['Name', 'Pod-Selector', 'Age']),
    cells: (object, { age }) => [nameOf(object), selectorCell(field(object, 'spec', 'podSelector')), age],
  },
}
