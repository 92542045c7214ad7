import type { Cluster } from './cluster.ts'
import { renderOne, selectObjects, type ListRequest, type Rendering } from './listing.ts'
import { groupVersion } from './resources.ts'

const longestSeconds = 1800

/** Watches that are open; nothing in a served world changes, so they only wait for their end. */
export interface Watches {
  open(cluster: Cluster, request: ListRequest, rendering: Rendering): Response
  /** Ends every open watch. */
  close(): void
}

/**
 * The initial events of a watch as lines of JSON: an ADDED for every object unless the client already knows the list
 * (it says from which version on), and the bookmark that ends them where the client asked for one.
 */
function initialEvents(cluster: Cluster, request: ListRequest, rendering: Rendering): object[] {
  const { query, resource } = request
  const knows = query.get('resourceVersion')
  const wantsInitial = query.get('sendInitialEvents') === 'true'
  const objects = selectObjects(cluster, request)
  if (!wantsInitial && knows !== null && knows !== '' && knows !== '0') return []
  const added = objects.map((object) => ({ type: 'ADDED', object: renderOne(cluster, object, resource, rendering) }))
  if (!wantsInitial) return added
  const metadata = { resourceVersion: cluster.resourceVersion, creationTimestamp: null, annotations: { 'k8s.io/initial-events-end': 'true' } }
  return [...added, { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion: groupVersion(resource), metadata } }]
}

/** A watch stays open for the client's `timeoutSeconds` (of real time), until the client leaves, or until the lab closes. */
export function createWatches(): Watches {
  const ends = new Set<() => void>()
  return {
    open: (cluster, request, rendering) => {
      const lines = initialEvents(cluster, request, rendering).map((event) => `${JSON.stringify(event)}\n`).join('')
      const seconds = Math.min(Number(request.query.get('timeoutSeconds') ?? longestSeconds) || 0, longestSeconds)
      let end = (): void => {}
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          if (lines) controller.enqueue(new TextEncoder().encode(lines))
          const timer = setTimeout(() => end(), seconds * 1000)
          end = () => {
            clearTimeout(timer)
            if (ends.delete(end)) controller.close()
          }
          ends.add(end)
        },
        cancel: () => {
          ends.delete(end)
          end()
        },
      })
      return new Response(stream, { headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' } })
    },
    close: () => {
      for (const end of ends) end()
    },
  }
}
