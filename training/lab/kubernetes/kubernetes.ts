import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps, LabService } from '../service.ts'
import { allows, forbidden } from './access.ts'
import { createCluster, type Cluster } from './cluster.ts'
import { coreVersions, findResource, groupList, oneGroup, resourceList, versionInfo } from './discovery.ts'
import type { Json } from './fields.ts'
import { renderingOf, renderList, renderOne } from './listing.ts'
import { podLog } from './pod-logs.ts'
import { readReview } from './protobuf-review.ts'
import { parsePath, type ApiPath } from './request-path.ts'
import { reviews, type Resource } from './resources.ts'
import { review } from './reviews.ts'
import { notFound, StatusError } from './status-error.ts'
import { createWatches } from './watching.ts'

const headers = { 'cache-control': 'no-cache, private' }
const writeVerbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
/** Subresources that act on a pod even when they are opened by GET. */
const acting = new Set(['exec', 'attach', 'portforward', 'proxy'])

function missingPage(): Response {
  return new Response('404 page not found\n', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' } })
}

function json(body: object, status = 200): Response {
  return Response.json(body, { status, headers })
}

/**
 * The API server of the world's cluster, for a user whose role only reads. Serves discovery, get, list, watch, tables, pod logs,
 * metrics and reviews of one's own rights; refuses every write and every Secret as RBAC does. OpenAPI is not served.
 */
export function createKubernetes(world: World, { clock, recorder }: LabDeps): LabService {
  const cluster = createCluster(world, clock)
  const watches = createWatches()

  const serveResource = (request: Request, path: ApiPath & { plural: string }): Response => {
    const query = new URL(request.url).searchParams
    const resource = findResource(cluster, path.group, path.version, path.plural)
    const isWatch = query.get('watch') === 'true' || query.get('watch') === '1'
    const verb = verbOf(request.method, path, isWatch)
    const attempt = { verb, group: path.group, resource: path.plural, subresource: path.subresource, namespace: path.namespace, name: path.name }
    if (acting.has(path.subresource ?? '')) recorder.mark(request, { write: true })
    if (!resource) recorder.mark(request, { unknownRoute: true })
    if (!resource && request.method === 'GET') return missingPage()
    if (!resource || !allows(attempt)) throw forbidden(attempt)
    const rendering = renderingOf(request.headers.get('accept'), query)
    const listing = { resource, namespace: path.namespace, name: path.name, query }
    if (isWatch) return watches.open(cluster, listing, rendering)
    if (path.name === undefined) return json(renderList(cluster, listing, rendering))
    const object = existing(cluster, resource, path.namespace, path.name)
    if (path.subresource === 'log') return new Response(podLog(cluster, object, query), { headers: { ...headers, 'content-type': 'text/plain' } })
    return json(renderOne(cluster, object, resource, rendering))
  }

  const serve = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const path = parsePath(url.pathname)
    const asked = path && reviews.find(({ group, version, plural }) => group === path.group && version === path.version && plural === path.plural)
    if (asked && request.method === 'POST') {
      recorder.mark(request, { write: false })
      return json(review(asked.kind, readReview(new Uint8Array(await request.arrayBuffer()))), 201)
    }
    if (path?.plural !== undefined) return serveResource(request, { ...path, plural: path.plural })
    const document = request.method === 'GET' || request.method === 'HEAD' ? discover(cluster, url, path) : undefined
    if (document !== undefined) return typeof document === 'string' ? new Response(document, { headers: { 'content-type': 'text/plain' } }) : json(document)
    recorder.mark(request, { unknownRoute: true })
    return missingPage()
  }

  return {
    fetch: async (request) => {
      try {
        return await serve(request)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        return json(error.body(), error.code)
      }
    },
    close: async () => watches.close(),
  }
}

function verbOf(method: string, { name }: ApiPath, isWatch: boolean): string {
  const write = writeVerbs[method]
  if (write) return write === 'delete' && name === undefined ? 'deletecollection' : write
  if (isWatch) return 'watch'
  return name === undefined ? 'list' : 'get'
}

function existing(cluster: Cluster, resource: Resource, namespace: string | undefined, name: string): Json {
  const object = cluster.get(resource, namespace, name)
  if (!object) throw notFound(resource, name)
  return object
}

/** The documents a client reads before it asks for anything; undefined for a path that is none of them. */
function discover(cluster: Cluster, url: URL, path: ApiPath | undefined): object | string | undefined {
  if (path) return path.version === '' ? oneGroup(cluster, path.group) : resourceList(cluster, path.group, path.version)
  switch (url.pathname.replace(/\/$/, '')) {
    case '/version': return versionInfo(cluster)
    case '/api': return coreVersions(url.host)
    case '/apis': return groupList(cluster)
    case '/healthz': case '/livez': case '/readyz': return 'ok'
    default: return undefined
  }
}
