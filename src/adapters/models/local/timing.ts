import type { Features } from './head.ts'
import type { SeenSignal } from './seen.ts'

/** Minutes from `at` to the onset: positive when `at` came before it. */
export function minutesBefore(at: string | undefined, onset: string | undefined): number | undefined {
  if (at === undefined || onset === undefined) return undefined
  const minutes = (Date.parse(onset) - Date.parse(at)) / 60_000
  return Number.isFinite(minutes) ? minutes : undefined
}

/** Where a time lies against the onset, in bins that mean something to an engineer. */
export function timing(prefix: string, minutes: number | undefined): Features {
  if (minutes === undefined) return {}
  if (minutes < -2) return { [`${prefix}:after`]: 1 }
  if (minutes <= 15) return { [`${prefix}:just_before`]: 1 }
  if (minutes <= 90) return { [`${prefix}:before`]: 1 }
  return minutes <= 1440 ? { [`${prefix}:same_day`]: 1 } : { [`${prefix}:long_before`]: 1 }
}

/** Whether a text names a moment within ten minutes of the onset that is not the signal's own time. */
export function tellsOnset({ signal, facts }: SeenSignal, onset: string | undefined): boolean {
  if (onset === undefined || signal.at !== undefined) return false
  const began = Date.parse(onset)
  return facts.moments.some((moment) => Math.abs(moment - began) <= 600_000)
}
