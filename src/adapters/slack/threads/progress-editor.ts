import { throttledSeconds } from '../slack-calls.ts'

/** Keeps one post up to date. Only the newest content counts; what was scheduled before it is never sent. */
export interface ProgressEditor<Content> {
  schedule(content: Content): void
  /** Sends this as the last edit, unless `withinMs` pass; resolves either way. */
  finish(content: Content, withinMs: number): Promise<void>
  /** Sends nothing more; resolves when no edit is under way. */
  stop(): Promise<void>
}

/** How many times a last edit is tried. */
const lastTries = 3

/** Edits at most once in `intervalMs`, one at a time; an edit that fails only costs that edit, a throttled one waits its turn. */
export function createProgressEditor<Content>({ edit, intervalMs, onFailure }: {
  edit: (content: Content) => Promise<unknown>
  intervalMs: number
  onFailure: (error: unknown) => void
}): ProgressEditor<Content> {
  let waiting: { content: Content; tries: number } | undefined
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> | undefined
  let earliest = 0
  let stopped = false
  let settle: (() => void) | undefined

  const attempt = async (): Promise<void> => {
    const next = waiting
    if (!next) return
    waiting = undefined
    try {
      await edit(next.content)
      earliest = performance.now() + intervalMs
    } catch (error) {
      onFailure(error)
      const throttled = throttledSeconds(error)
      earliest = performance.now() + Math.max(intervalMs, (throttled ?? 0) * 1000)
      if (throttled !== undefined || next.tries > 1) waiting ??= { content: next.content, tries: throttled === undefined ? next.tries - 1 : next.tries }
    }
  }
  const plan = (): void => {
    if (stopped || timer || underWay) return
    if (!waiting) {
      settle?.()
      return
    }
    timer = setTimeout(() => {
      timer = undefined
      underWay = attempt().finally(() => {
        underWay = undefined
        plan()
      })
    }, Math.max(0, earliest - performance.now()))
  }
  const stop = async (): Promise<void> => {
    stopped = true
    clearTimeout(timer)
    timer = undefined
    settle?.()
    await underWay
  }
  return {
    schedule: (content) => {
      waiting = { content, tries: 1 }
      plan()
    },
    finish: async (content, withinMs) => {
      waiting = { content, tries: lastTries }
      const { promise, resolve } = Promise.withResolvers<void>()
      settle = resolve
      const late = setTimeout(resolve, withinMs)
      plan()
      await promise
      clearTimeout(late)
      await stop()
    },
    stop,
  }
}
