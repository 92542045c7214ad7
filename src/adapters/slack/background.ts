import type { EdgeLog } from './edge-log.ts'

/** Work that nobody who sent us something has to wait for: it is logged when it fails and waited for on the way out. */
export interface Background {
  run(what: string, work: () => Promise<unknown>): void
  /** Resolves when nothing is under way. */
  drained(): Promise<void>
}

/** Runs work beside a delivery, so that Slack's three seconds are never spent on it. */
export function createBackground(log: EdgeLog): Background {
  const underWay = new Set<Promise<void>>()
  return {
    run: (what, work) => {
      const task = (async () => {
        try {
          await work()
        } catch (error) {
          log.error({ error: String(error) }, `Slack: ${what} failed`)
        }
      })()
      underWay.add(task)
      void task.finally(() => underWay.delete(task))
    },
    drained: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
