interface Waiting<T> {
  readonly item: T
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Writes items one group at a time: an item alone is written at once, and whatever comes while a write is on its way goes into the
 * next one. The promise of an item settles as its group's write does; two items of one key never share a group.
 */
export function createGroupedWrites<T>(keyOf: (item: T) => string, write: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = []
  let writing = false

  const takeGroup = (): Waiting<T>[] => {
    const group = new Map<string, Waiting<T>>()
    const later: Waiting<T>[] = []
    for (const each of waiting) {
      if (group.has(keyOf(each.item))) later.push(each)
      else group.set(keyOf(each.item), each)
    }
    waiting = later
    return [...group.values()]
  }
  const drain = async (): Promise<void> => {
    writing = true
    while (waiting.length > 0) {
      const group = takeGroup()
      try {
        await write(group.map(({ item }) => item))
        for (const { done } of group) done()
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
    }
    writing = false
  }

  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      if (!writing) void drain()
    })
}
