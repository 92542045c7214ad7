/** A host inside the cluster that a text names. */
export interface ClusterHost {
  readonly host: string
  readonly service: string
  readonly namespace: string
}

const FULL = /\b([a-z0-9][a-z0-9-]{0,62})\.([a-z0-9][a-z0-9-]{0,62})\.svc(?:\.cluster\.local)?\b/g
const SHORT = /(?:\/\/|@)([a-z0-9][a-z0-9-]{0,62})\.([a-z0-9][a-z0-9-]{0,62})(?=[:/]|$)/gm

/** The hosts of services in `text`: `name.namespace.svc…`, and in URLs `name.namespace` where that namespace exists. */
export function clusterHosts(text: string, namespaces: ReadonlySet<string>): ClusterHost[] {
  const short = [...text.matchAll(SHORT)].filter((match) => namespaces.has(match[2] ?? '')).map((match) => ({ match, host: `${match[1] ?? ''}.${match[2] ?? ''}` }))
  const full = [...text.matchAll(FULL)].map((match) => ({ match, host: match[0] }))
  const found = new Map([...full, ...short].map(({ match, host }) => [host, { host, service: match[1] ?? '', namespace: match[2] ?? '' }]))
  return [...found.values()]
}
