import { setTimeout as sleep } from 'node:timers/promises'
import { throttledSeconds } from '../slack-calls.ts'

/** Keeps one post up to date. Only the newest content counts; what was scheduled before it is never sent. */
export interface ProgressEditor<Content> {
  schedule(content: Content): void
  /** Sends this as the last edit, unless `withinMs` pass; resolves either way. */
  finish(content: Content, withinMs: number): Promise<void>
  /** Sends nothing more; resolves when no edit is under way. */
  stop(): Promise<void>
}

export interface EditorParts<Content> {
  edit(content: Content): Promise<unknown>
  readonly intervalMs: number
  onFailure(error: unknown): void
}

/** How many times a last edit is tried. */
const lastTries = 3

/** Edits at most once in `intervalMs`, one at a time; an edit that fails only costs that edit, a throttled one waits its turn. */
export function createProgressEditor<Content>({ edit, intervalMs, onFailure }: EditorParts<Content>): ProgressEditor<Content> {
  const stopped = new AbortController()
  let waiting: { content: Content; tries: number } | undefined
  let working: Promise<void> | undefined
  let earliest = 0

  const attempt = async ({ content, tries }: { content: Content; tries: number }): Promise<void> => {
    try {
      await edit(content)
      earliest = performance.now() + intervalMs
    } catch (error) {
      onFailure(error)
      const throttled = throttledSeconds(error)
      earliest = performance.now() + Math.max(intervalMs, (throttled ?? 0) * 1000)
      // Being throttled uses no try up. Newer content, when there is some, takes this one's place.
      const triesLeft = throttled === undefined ? tries - 1 : tries
      if (triesLeft > 0) waiting ??= { content, tries: triesLeft }
    }
  }
  const work = async (): Promise<void> => {
    while (waiting && !stopped.signal.aborted) {
      await sleep(Math.max(0, earliest - performance.now()), undefined, { signal: stopped.signal }).catch(() => undefined)
      const next = waiting
      waiting = undefined
      if (!stopped.signal.aborted) await attempt(next)
    }
    working = undefined
  }
  const send = (content: Content, tries: number): void => {
    waiting = { content, tries }
    working ??= work()
  }
  const stop = async (): Promise<void> => {
    stopped.abort()
    await working
  }
  return {
    schedule: (content) => {
      if (!stopped.signal.aborted) send(content, 1)
    },
    finish: async (content, withinMs) => {
      send(content, lastTries)
      const late = new AbortController()
      await Promise.race([working, sleep(withinMs, undefined, { signal: late.signal }).catch(() => undefined)])
      late.abort()
      await stop()
    },
    stop,
  }
}
