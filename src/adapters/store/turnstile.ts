/** Ends one's turn; calling it again does nothing. */
export type Leave = () => void

export interface Turnstile {
  /** Resolves, in the order of the calls, when all who came before have left. */
  enter(): Promise<Leave>
  waiting(): number
}

/** Lets one in at a time. */
export function createTurnstile(): Turnstile {
  const queue: (() => void)[] = []
  let taken = false

  function leaver(): Leave {
    let left = false
    return () => {
      if (left) return
      left = true
      const next = queue.shift()
      if (next === undefined) taken = false
      else next()
    }
  }

  return {
    async enter() {
      if (taken) await new Promise<void>((resolve) => queue.push(resolve))
      taken = true
      return leaver()
    },
    waiting: () => queue.length,
  }
}
