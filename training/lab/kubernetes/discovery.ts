import type { Cluster } from './cluster.ts'
import { groupVersion, resources as everyResource, reviews, type Resource } from './resources.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  attach: ['create', 'get'], exec: ['create', 'get'], portforward: ['create', 'get'], eviction: ['create'], finalize: ['update'], log: ['get'],
  proxy: ['create', 'delete', 'get', 'patch', 'update'], scale: ['get', 'patch', 'update'], status: ['get', 'patch', 'update'], token: ['create'],
}

function entries({ plural, singular, kind, namespaced, shortNames, categories, subresources, group }: Resource): object[] {
  const own = {
    name: plural, singularName: singular, namespaced, kind, verbs: group === 'metrics.k8s.io' ? ['get', 'list'] : verbs,
    ...(shortNames.length > 0 && { shortNames }), ...(categories.length > 0 && { categories }),
  }
  return [own, ...subresources.map((name) => ({ name: `${plural}/${name}`, singularName: '', namespaced, kind, verbs: subresourceVerbs[name] ?? ['get'] }))]
}

/** `/version`: the world's version, taken apart. */
export function versionInfo({ world }: Cluster): object {
  const { version } = world.kubernetes
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? []
  return {
    major, minor, gitVersion: version, gitCommit: '0000000000000000000000000000000000000000', gitTreeState: 'clean',
    buildDate: '2025-01-01T00:00:00Z', goVersion: 'go1.23.4', compiler: 'gc', platform: 'linux/amd64',
  }
}

/** `/api`: the versions of the core group; `host` is where the client reached the server. */
export function coreVersions(host: string): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }] }
}

function groupObject(name: string, versions: readonly string[]): object {
  const listed = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: listed, preferredVersion: listed[0] }
}

function groups({ resources }: Cluster): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { group, version } of [...resources, ...reviews]) {
    if (group !== '') found.set(group, [...new Set([...(found.get(group) ?? []), version])])
  }
  return found
}

/** `/apis`: every group with its versions, preferred first. Asked for aggregated discovery, the lab answers this as well; clients then read each version. */
export function groupList(cluster: Cluster): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups(cluster)].map(([name, versions]) => groupObject(name, versions)) }
}

/** `/apis/{group}`, or undefined for a group that is not served. */
export function oneGroup(cluster: Cluster, name: string): object | undefined {
  const versions = groups(cluster).get(name)
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(name, versions) }
}

/** `/api/v1` or `/apis/{group}/{version}`, or undefined for one that is not served. */
export function resourceList(cluster: Cluster, group: string, version: string): object | undefined {
  const own = cluster.resources.filter((resource) => resource.group === group && resource.version === version).flatMap(entries)
  const asked = reviews.filter((review) => review.group === group && review.version === version).map(({ plural, kind }) => ({
    name: plural, singularName: kind.toLowerCase(), namespaced: false, kind, verbs: ['create'],
  }))
  if (own.length + asked.length === 0) return undefined
  return { kind: 'APIResourceList', ...(group !== '' && { apiVersion: 'v1' }), groupVersion: groupVersion({ group, version }), resources: [...own, ...asked] }
}

/** The resource a path names, whether or not this cluster serves its group. */
export function findResource(cluster: Cluster, group: string, version: string, plural: string): Resource | undefined {
  return everyResource.find((resource) => resource.group === group && resource.version === version && resource.plural === plural && cluster.resources.includes(resource))
}
