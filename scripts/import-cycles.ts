/**
 * The groups of files that import one another in a circle (Tarjan's strongly connected components).
 * Takes file → files it imports; returns one circle per group, the shortest through its alphabetically first file, which leads.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  return connectedGroups(graph)
    .map((group) => shortestCircle(graph, new Set(group)))
    .filter((circle) => circle.length > 0)
    .toSorted((left, right) => (left.join() < right.join() ? -1 : 1))
}

/** Strongly connected components of the graph, in no particular order. */
function connectedGroups(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const open: string[] = []
  const groups: string[][] = []

  const visit = (file: string): number => {
    const index = order.size
    let low = index
    order.set(file, index)
    open.push(file)
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low)
    }
    if (low === index) groups.push(open.splice(open.indexOf(file)))
    return low
  }

  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return groups
}

/** The shortest way from the group's smallest file back to itself inside the group; empty when there is none. */
function shortestCircle(graph: ReadonlyMap<string, readonly string[]>, group: ReadonlySet<string>): string[] {
  const [start] = [...group].toSorted()
  if (start === undefined) return []
  const queue: string[][] = [[start]]
  const seen = new Set<string>()
  for (let way = queue.shift(); way; way = queue.shift()) {
    for (const next of graph.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return way
      if (!group.has(next) || seen.has(next)) continue
      seen.add(next)
      queue.push([...way, next])
    }
  }
  return []
}
