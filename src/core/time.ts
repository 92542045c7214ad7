import { z } from 'zod'

/** Where "now" comes from: the machine's clock in production, a world's clock in the lab. */
export interface Clock {
  now(): Date
}

/** A point in time as an ISO 8601 string with an offset or Z. */
const Timestamp = z.iso.datetime({ offset: true })

/** A half-open span of time, start ≤ t < end, both ISO 8601. */
export const Window = z.object({ start: Timestamp, end: Timestamp })
export type Window = z.infer<typeof Window>

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still at `at` until `set` moves it; for worlds and tests. */
export function createManualClock(at: Date | string): Clock & { set(to: Date | string): void } {
  let current = new Date(at)
  return {
    now: () => new Date(current),
    set: (to) => {
      current = new Date(to)
    },
  }
}

/** The window of `minutes` that ends at `end`. */
export function windowBefore(end: Date, minutes: number): Window {
  return { start: new Date(end.getTime() - minutes * 60_000).toISOString(), end: end.toISOString() }
}
