/** The forward paging arguments of GitHub's connections. */
export interface Page {
  readonly first?: number | null
  readonly after?: string | null
}

const defaultSize = 30

/** A page of a connection; cursors are offsets. */
export function connection<T>(items: readonly T[], { first, after }: Page): Record<string, unknown> {
  const size = first ?? defaultSize
  const start = after === undefined || after === null ? 0 : Number(Buffer.from(after, 'base64').toString()) + 1
  const nodes = items.slice(start, start + size)
  const cursor = (at: number): string => Buffer.from(String(at)).toString('base64')
  const pageInfo = { hasNextPage: start + size < items.length, hasPreviousPage: start > 0, startCursor: nodes.length === 0 ? null : cursor(start), endCursor: nodes.length === 0 ? null : cursor(start + nodes.length - 1) }
  return { nodes, totalCount: items.length, pageInfo }
}
