import type { ResolvedWindow } from '../kit/window.ts'

/** The stretches Supabase's ready-made statistics come for, and the minutes one step of ours spans in each. */
const STEPS = { '15min': [15, 1], '1hr': [60, 5], '3hr': [180, 15], '1day': [1_440, 60], '7day': [10_080, 1_440] } as const

export type Interval = keyof typeof STEPS

/** The names of the stretches, shortest first. */
export const intervals = Object.keys(STEPS) as [Interval, ...Interval[]]

/** The window that an interval means at `now`, and its step in seconds. */
export function intervalWindow(interval: Interval, now: Date): { window: ResolvedWindow; stepSeconds: number } {
  const [minutes, step] = STEPS[interval]
  return { window: { start: new Date(now.getTime() - minutes * 60_000), end: now }, stepSeconds: step * 60 }
}
