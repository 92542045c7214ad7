import type { Clock } from '../../../src/core/time.ts'

export interface Identifiers {
  /** A fresh id in Slack's alphabet: the prefix, then capital letters and digits. */
  id(prefix: string): string
  /** A fresh message timestamp: seconds, a dot, six decimals; later than every one before it. */
  ts(): string
  /** The same instant as `ts` without using one up, in whole seconds. */
  seconds(): number
}

/** Ids and timestamps of one workspace; two messages of one frozen instant still differ by a microsecond. */
export function createIdentifiers(clock: Clock): Identifiers {
  let count = 0
  let lastMicros = 0
  return {
    id: (prefix) => {
      count += 1
      return `${prefix}0${count.toString(36).toUpperCase().padStart(9, '0')}`
    },
    ts: () => {
      lastMicros = Math.max(lastMicros + 1, clock.now().getTime() * 1000)
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`
    },
    seconds: () => Math.floor(clock.now().getTime() / 1000),
  }
}
