import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** A way the Web API misbehaves. `method` is one method's name or `*`; `times` how often it happens (default once). */
export interface Fault {
  readonly method: string
  readonly times?: number
  readonly kind: FaultKind
}

export type FaultKind =
  /** Does what was asked, then answers HTTP 500: the caller cannot know that it happened. */
  | { readonly type: 'server_error_after_acceptance' }
  /** Answers with this HTTP status and does nothing. */
  | { readonly type: 'status'; readonly status: ContentfulStatusCode }
  /** Answers 429 with this Retry-After, in seconds. */
  | { readonly type: 'ratelimited'; readonly retryAfter: number }
  /** Answers `{ok:false,error}`. */
  | { readonly type: 'refusal'; readonly error: string }
  /** Answers this much later, in milliseconds; without a number, only when `release` is called. */
  | { readonly type: 'hang'; readonly ms?: number }

export interface Faults {
  /** Plans a fault; the oldest one that fits a call is used first. */
  add(fault: Fault): void
  /** Forgets planned faults and lets every hanging call go on. */
  release(): void
  /** How many calls hang right now. */
  hanging(): number
  /** Uses up one planned fault for this method, if there is one. */
  next(method: string): FaultKind | undefined
  /** Resolves when a hanging call may go on. */
  hang(ms: number | undefined): Promise<void>
}

/** The planned misbehaviour of one workspace. */
export function createFaults(): Faults {
  let planned: { method: string; left: number; kind: FaultKind }[] = []
  const waiting = new Set<() => void>()
  return {
    add: ({ method, times = 1, kind }) => {
      planned.push({ method, left: times, kind })
    },
    release: () => {
      planned = []
      for (const go of waiting) go()
      waiting.clear()
    },
    hanging: () => waiting.size,
    next: (method) => {
      const fault = planned.find((candidate) => candidate.method === '*' || candidate.method === method)
      if (!fault) return undefined
      fault.left -= 1
      if (fault.left <= 0) planned = planned.filter((candidate) => candidate !== fault)
      return fault.kind
    },
    hang: (ms) =>
      new Promise((resolve) => {
        waiting.add(resolve)
        if (ms === undefined) return
        setTimeout(() => {
          waiting.delete(resolve)
          resolve()
        }, ms).unref()
      }),
  }
}
