/** Relay's paging arguments, as Railway's connections take them. */
export interface PageArguments {
  readonly first?: number | null
  readonly last?: number | null
  readonly after?: string | null
  readonly before?: string | null
}

export interface Connection<T> {
  readonly edges: readonly { cursor: string; node: T }[]
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

const defaultPage = 100

/**
 * One page of `nodes` by Relay's rules. A node's cursor is its id, so a page stays in place when newer nodes appear
 * before it; an unknown cursor starts from the edge of the list.
 */
export function connection<T extends { readonly id: string }>(nodes: readonly T[], page: PageArguments = {}): Connection<T> {
  const after = page.after ? nodes.findIndex((node) => node.id === page.after) + 1 : 0
  const beforeAt = page.before ? nodes.findIndex((node) => node.id === page.before) : -1
  const before = beforeAt < 0 ? nodes.length : beforeAt
  const end = Math.max(after, Math.min(before, page.last ? before : after + (page.first ?? defaultPage)))
  const start = page.last ? Math.max(after, end - page.last) : after
  const edges = nodes.slice(start, end).map((node) => ({ cursor: node.id, node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: end < nodes.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
