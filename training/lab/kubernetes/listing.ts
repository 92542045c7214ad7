import { Buffer } from 'node:buffer'
import { z } from 'zod'
import type { Cluster } from './cluster.ts'
import { text, type Json } from './fields.ts'
import { groupVersion, type Resource } from './resources.ts'
import { fieldSelector, labelSelector } from './selectors.ts'
import { badRequest } from './status-error.ts'
import { tableOf, type IncludeObject } from './table.ts'

/** What a GET on a collection asks for. */
export interface ListRequest {
  readonly resource: Resource
  readonly namespace: string | undefined
  /** Only this object, for a watch on one name. */
  readonly name?: string | undefined
  readonly query: URLSearchParams
}

/** How the answer is to be written: plain, as a Table, or as metadata only. */
export type Rendering = { readonly as: 'Object' | 'PartialObjectMetadata' } | { readonly as: 'Table'; readonly include: IncludeObject }

/** Reads the Accept header: the first form the lab knows wins, and anything else (protobuf, too) is answered as plain JSON. */
export function renderingOf(accept: string | null, query: URLSearchParams): Rendering {
  for (const part of (accept ?? '').split(',')) {
    if (/as=Table/.test(part)) {
      const include = query.get('includeObject')
      return { as: 'Table', include: include === 'None' || include === 'Object' ? include : 'Metadata' }
    }
    if (/as=PartialObjectMetadata/.test(part)) return { as: 'PartialObjectMetadata' }
    if (part.trim().startsWith('application/json')) break
  }
  return { as: 'Object' }
}

/** The objects that a request's selectors leave, in the list's order. Throws a StatusError for a selector that cannot be read. */
export function selectObjects(cluster: Cluster, { resource, namespace, name, query }: ListRequest): Json[] {
  const byLabel = labelSelector(query.get('labelSelector'))
  const byField = fieldSelector(query.get('fieldSelector'), resource)
  return cluster.list(resource, namespace).filter((object) => (name === undefined || text(object, 'metadata', 'name') === name) && byLabel(object) && byField(object))
}

/** An object with the kind and version that lists leave out. */
function typed(object: Json, resource: Resource): Json {
  return { kind: resource.kind, apiVersion: groupVersion(resource), ...object }
}

/** One object in the form the client wants. */
export function renderOne(cluster: Cluster, object: Json, resource: Resource, rendering: Rendering): object {
  if (rendering.as === 'Table') return table(cluster, [object], resource, rendering.include, { resourceVersion: text(object, 'metadata', 'resourceVersion') })
  if (rendering.as === 'PartialObjectMetadata') return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] }
  return typed(object, resource)
}

function table(cluster: Cluster, objects: readonly Json[], resource: Resource, include: IncludeObject, metadata: object): object {
  return tableOf(objects, { kind: resource.kind, apiVersion: groupVersion(resource), now: cluster.now(), include, metadata })
}

const Token = z.object({ v: z.literal('meta.k8s.io/v1'), rv: z.number(), start: z.string() })

/** The place a continue token stands for. Throws the API's 400 for one that it did not issue. */
function startOf(token: string): string {
  try {
    return Token.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))).start
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    throw badRequest('invalid continue token: continue key is not valid: illegal base64 data at input byte 4')
  }
}

/** The key of an object in its list, as the API's own tokens write it. */
function keyOf(object: Json, isAllNamespaces: boolean): string {
  const namespace = text(object, 'metadata', 'namespace')
  return `${isAllNamespaces && namespace ? `${namespace}/` : ''}${text(object, 'metadata', 'name')}`
}

function limitOf(query: URLSearchParams): number {
  const limit = query.get('limit')
  if (limit === null) return 0
  if (!/^\d+$/.test(limit)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`)
  return Number(limit)
}

/** A collection with its paging by `limit` and `continue`, in the form the client wants. */
export function renderList(cluster: Cluster, request: ListRequest, rendering: Rendering): object {
  const { resource, namespace, query } = request
  const objects = selectObjects(cluster, request)
  const limit = limitOf(query)
  const token = query.get('continue')
  const last = token ? startOf(token).replace('\0', '') : ''
  const rest = token ? objects.filter((object) => keyOf(object, namespace === undefined) > last) : objects
  const page = limit > 0 ? rest.slice(0, limit) : rest
  const final = page.at(-1)
  const more = rest.length - page.length
  const selected = query.get('labelSelector') !== null || query.get('fieldSelector') !== null
  const start = final ? `${keyOf(final, namespace === undefined)}\0` : ''
  const metadata = {
    resourceVersion: cluster.resourceVersion,
    ...(more > 0 && { continue: Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(cluster.resourceVersion), start })).toString('base64url') }),
    ...(more > 0 && !selected && { remainingItemCount: more }),
  }
  if (rendering.as === 'Table') return table(cluster, page, resource, rendering.include, metadata)
  if (rendering.as === 'PartialObjectMetadata') {
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: page.map((object) => ({ metadata: object['metadata'] })) }
  }
  return { kind: `${resource.kind}List`, apiVersion: groupVersion(resource), metadata, items: page }
}
