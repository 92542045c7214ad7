import { createHash } from 'node:crypto'
import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { entityField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { ConfigMap, KubernetesClient } from '../client.ts'
import { clusterHosts } from '../cluster-hosts.ts'
import { consoleLinks } from '../find-pod.ts'
import { changeSignal, FieldChange, fieldChanges } from '../managed-fields.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'

const Key = z.object({ key: z.string(), hash: z.string().describe('first 8 hex digits of SHA-256'), length: z.number().int(), value: z.string().nullable().describe('null: looks like a secret or is long') })

export const getConfigmap = defineTool<KubernetesClient>()({
  name: 'kubernetes_get_configmap',
  title: 'Keys of a ConfigMap',
  useWhen: 'Use when configuration is in question: keys, hashes to compare, and plain values; what looks like a secret is withheld.',
  input: z.object({ configMap: entityField('config_map', 'name'), namespace: namespaceField }),
  output: z.object({ configMap: z.string(), namespace: z.string(), createdAt: z.string().nullable(), changes: z.array(FieldChange).describe('who changed which keys, newest first'), keys: z.array(Key) }),
  operations: [...operations.configMaps, ...operations.services],
  async run({ configMap: name, namespace }, { client, clock }) {
    const map = await findConfigMap(client, name, namespace)
    const where = map.metadata?.namespace ?? ''
    const [changes, unknownHosts] = [fieldChanges(map.metadata?.managedFields, 'data'), await hostsWithoutService(client, map)]
    const keys = Object.entries(map.data ?? {}).map(([key, value]) => ({
      key, hash: createHash('sha256').update(value).digest('hex').slice(0, 8), length: value.length, value: isPlain(key, value) ? value : null,
    }))
    const about = [{ kind: 'config_map' as const, value: name }, { kind: 'namespace' as const, value: where }]
    return {
      structured: { configMap: name, namespace: where, createdAt: timeText(map.metadata?.creationTimestamp), changes, keys },
      text: [
        `ConfigMap ${name} (${where}), ${keys.length} keys:`,
        ...keys.map(({ key, hash, length, value }) => `${key} #${hash} ${length} characters${value === null ? ', withheld' : `: ${value}`}`),
        ...changes.map((change) => `changed ${utc(change.at)} by ${change.manager}: ${change.fields.join(', ')}`),
        ...unknownHosts.map(({ text }) => `PROBLEM: ${text}`),
      ].join('\n'),
      entities: distinctEntities([...about, ...keys.flatMap(({ key, value }) => [{ kind: 'variable' as const, value: key }, ...extractEntities(value ?? '')])]),
      signals: [
        ...unknownHosts.map(({ key, host, text }) => makeSignal('absence', 3, text, { about: [...about, { kind: 'variable', value: key }, { kind: 'host', value: host }], says: '', at: changes.find((change) => change.fields.includes(key))?.at })),
        ...keys.filter(({ value }) => value?.trim() === '').map(({ key }) => makeSignal('state', 1, `The key ${key} of ConfigMap ${name} is empty.`, { about: [...about, { kind: 'variable', value: key }] })),
        ...changes.map((change) => changeSignal(change, `ConfigMap ${name} (${where})`, { about, now: clock.now(), values: new Map(keys.flatMap(({ key, value }) => (value === null ? [] : [[key, value] as const]))) })),
      ],
      links: consoleLinks(client, where, 'configmaps', name),
    }
  },
})

async function findConfigMap(client: KubernetesClient, name: string, namespace: string | undefined): Promise<ConfigMap> {
  const scope = client.scopes.list(namespace)
  const { items } = await client.configMaps({ scope, fieldSelector: `metadata.name=${name}` })
  const [only] = items
  if (items.length > 1) fail('invalid_input', `${name} exists in the namespaces ${items.map((map) => map.metadata?.namespace).join(', ')}: say which.`)
  if (only !== undefined) return only
  const known = (await client.configMaps({ scope })).items.map((map) => map.metadata?.name ?? '')
  return fail('not_found', clip(`No ConfigMap is called ${name} in ${scope.text}. There are: ${known.join(', ') || 'none'}.`, 600))
}

interface UnknownHost {
  readonly key: string
  readonly host: string
  readonly text: string
}

/** The hosts inside the cluster that values point at, and that no Service answers to. Of a withheld value, too, only the host is named. */
async function hostsWithoutService(client: KubernetesClient, map: ConfigMap): Promise<UnknownHost[]> {
  const values = Object.entries(map.data ?? {})
  const services = (await client.services({ scope: client.scopes.list(undefined), pages: 4 })).items
  const namespaces = new Set(services.map((service) => service.metadata?.namespace ?? ''))
  return values.flatMap(([key, value]) => clusterHosts(value, namespaces).flatMap(({ host, service, namespace }): UnknownHost[] => {
    const there = services.filter((known) => known.metadata?.namespace === namespace).map((known) => known.metadata?.name ?? '')
    if (there.includes(service) || (there.length === 0 && !namespaces.has(namespace))) return []
    return [{ key, host, text: clip(`${key} of ConfigMap ${map.metadata?.name ?? ''} points at ${host}, and namespace ${namespace} has no Service ${service}; it has ${there.slice(0, 12).join(', ')}.`, 400) }]
  }))
}

const SECRET_WORDS = /pass|secret|token|credential|private|api_?key|auth|dsn|cookie|session|salt|signature|cert/i
const LONGEST_VALUE = 2_000

/** Whether a value may be shown: neither its key nor a line of it names a secret, and no part of it looks random. */
function isPlain(key: string, value: string): boolean {
  if (value.length > LONGEST_VALUE || SECRET_WORDS.test(key) || SECRET_WORDS.test(value)) return false
  return !/:\/\/[^\s/@]+:[^\s/@]+@/.test(value) && !/(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[\w+/=-]{24,}/.test(value)
}
