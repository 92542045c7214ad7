import { fail } from '../../src/core/errors.ts'
import type { Link } from '../../src/core/tool.ts'
import { clip } from '../kit/plain-text.ts'
import type { KubernetesClient, Pod } from './client.ts'

/** The pod of that name. Fails as not_found with the pods there are that begin alike, or as invalid_input when two namespaces have it. */
export async function findPod(client: KubernetesClient, name: string, namespace: string | undefined): Promise<Pod> {
  const scope = client.scopes.list(namespace)
  const { items } = await client.pods({ scope, fieldSelector: `metadata.name=${name}` })
  const [only] = items
  if (items.length > 1) fail('invalid_input', `${name} exists in the namespaces ${items.map((pod) => pod.metadata?.namespace).join(', ')}: say which.`)
  if (only !== undefined) return only
  const others = (await client.pods({ scope })).items.map((pod) => pod.metadata?.name ?? '')
  const stem = name.split('-')[0] ?? name
  const alike = others.filter((other) => other.startsWith(stem))
  return fail('not_found', clip(`No pod is called ${name} in ${scope.text}; it may have been replaced. ${alike.length > 0 ? `Like it` : 'There'} are: ${(alike.length > 0 ? alike : others).slice(0, 15).join(', ') || 'none'}.`, 600))
}

/** A link to an object's page in the team's console; none when no console is configured. */
export function consoleLinks(client: KubernetesClient, namespace: string, plural: string, name: string): Link[] {
  if (client.webUrl === undefined) return []
  return [{ title: `${name} in the console`, url: `${client.webUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}` }]
}
