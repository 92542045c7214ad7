import { describe, expect, test } from 'vitest'
import { clusterHosts } from '../../../../workers/kubernetes/cluster-hosts.ts'
import { changeSignal, fieldChanges } from '../../../../workers/kubernetes/managed-fields.ts'
import { containerTemplates, templateEntities } from '../../../../workers/kubernetes/template.ts'

describe('hosts inside the cluster', () => {
  const namespaces = new Set(['shop', 'default'])

  test.each([
    ['http://ledger.shop.svc.cluster.local:8080/v1', ['ledger.shop.svc.cluster.local']],
    ['amqp://user:pass@broker.shop:5672', ['broker.shop']],
    ['http://ledger.shop', ['ledger.shop']],
    ['grpc://a.other.svc b.shop.svc', ['a.other.svc', 'b.shop.svc']],
    ['https://api.example.com/shop', []],
    ['shop.default is a sentence', []],
  ])('in %s', (text, hosts) => {
    expect(clusterHosts(text, namespaces).map(({ host }) => host)).toEqual(hosts)
  })
})

describe('changes of an object', () => {
  const managed = [
    { manager: 'helm', time: new Date('2025-01-01T00:00:00Z'), fieldsV1: { 'f:data': { 'f:flags.json': {}, 'f:URL': {} } } },
    { manager: 'kubectl-edit', time: new Date('2026-03-12T10:00:00Z'), fieldsV1: { 'f:data': { '.': {}, 'f:URL': {} } } },
    { manager: 'controller', time: new Date('2026-03-12T10:20:00Z'), subresource: 'status', fieldsV1: { 'f:spec': {} } },
    { manager: 'kubectl-set', time: new Date('2026-03-12T10:10:00Z'), fieldsV1: { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } } } } },
  ]

  test('name who changed which fields when, the newest first', () => {
    expect(fieldChanges(managed, 'data')).toEqual([
      { manager: 'kubectl-edit', at: '2026-03-12T10:00:00Z', fields: ['URL'] }, { manager: 'helm', at: '2025-01-01T00:00:00Z', fields: ['flags.json', 'URL'] },
    ])
    expect(fieldChanges(managed, 'spec')).toEqual([{ manager: 'kubectl-set', at: '2026-03-12T10:10:00Z', fields: ['template/spec/containers/app/image'] }])
  })

  test('are context when they are old', () => {
    const now = new Date('2026-03-12T10:30:00Z')
    const signals = fieldChanges(managed, 'data').map((change) => changeSignal(change, 'ConfigMap env (shop)', { about: [{ kind: 'config_map', value: 'env' }], now }))
    expect(signals).toMatchObject([
      { kind: 'change', severity: 1, at: '2026-03-12T10:00:00Z', text: 'kubectl-edit changed URL of ConfigMap env (shop) at 2026-03-12 10:00:00Z.', entities: [{ kind: 'config_map', value: 'env' }, { kind: 'variable', value: 'URL' }] },
      { kind: 'change', severity: 0 },
    ])
  })
})

test('a template names the ConfigMaps and Secrets it takes variables from', () => {
  const containers = containerTemplates({ containers: [{ name: 'app', env: [{ name: 'URL', valueFrom: { configMapKeyRef: { name: 'env', key: 'url' } } }], envFrom: [{ configMapRef: { name: 'flags' } }, { secretRef: { name: 'keys' } }] }] })
  expect(templateEntities(containers)).toEqual([{ kind: 'variable', value: 'URL' }, { kind: 'config_map', value: 'env' }, { kind: 'config_map', value: 'flags' }, { kind: 'credential', value: 'keys' }])
})
