import type { Acknowledgement } from '../events.ts'

/** How long an app may take to acknowledge, and how long Slack waits before each retry of an event. Milliseconds. */
export interface DeliveryTimes {
  readonly ackTimeoutMs: number
  readonly retryDelaysMs: readonly number[]
}

/** Slack's own times: 3 s to acknowledge; retries at once, after a minute and after five. */
export const slackDeliveryTimes: DeliveryTimes = { ackTimeoutMs: 3000, retryDelaysMs: [0, 60_000, 300_000] }

/**
 * Attempts a delivery until it is acknowledged, the retries are used up or `signal` aborts. `pause` waits before a retry;
 * it may end early (a new connection) and must end when the signal aborts.
 */
export async function withRetries(
  attempt: (number: number, reason: string) => Promise<Acknowledgement & { final?: boolean }>,
  pause: (ms: number) => Promise<void>,
  retryDelaysMs: readonly number[],
  signal: AbortSignal,
): Promise<Acknowledgement> {
  let outcome = await attempt(0, '')
  for (const [index, delay] of retryDelaysMs.entries()) {
    if (outcome.acknowledged || outcome.final || signal.aborted) break
    await pause(delay)
    if (signal.aborted) break
    outcome = await attempt(index + 1, outcome.reason)
  }
  return outcome
}

/** Waits; ends early, without error, when the signal aborts. */
export function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    timer.unref()
    signal.addEventListener('abort', finish)
  })
}
