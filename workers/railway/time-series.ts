import { z } from 'zod'
import { utcTime } from '../kit/plain-text.ts'
import type { Sample } from '../kit/series-jump.ts'
import type { ResolvedWindow } from '../kit/window.ts'

/** A point as Railway sends it: epoch seconds and a number. */
export const Point = z.object({ ts: z.number(), value: z.number() })

/** Points as samples in the order of time. */
export function samplesOf(points: readonly z.infer<typeof Point>[]): Sample[] {
  return points.toSorted((a, b) => a.ts - b.ts).map(({ ts, value }) => ({ at: secondsText(ts), value }))
}

/** Epoch seconds as ISO 8601. */
export function secondsText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z')
}

/** Seconds a sample should span so that a window has about sixty of them; never less than a minute. */
export function stepSeconds(window: ResolvedWindow): number {
  const seconds = (window.end.getTime() - window.start.getTime()) / 1_000
  return Math.max(60, Math.ceil(seconds / 60 / 60) * 60)
}

/** At most `most` samples of a series for reading: `09:12:00Z 0.4`. */
export function seriesText(samples: readonly Sample[], most = 12): string {
  const every = Math.max(1, Math.ceil(samples.length / most))
  return samples.filter((_sample, index) => index % every === 0 || index === samples.length - 1).map(({ at, value }) => `${utcTime(at)} ${amount(value)}`).join(', ')
}

/** A number with as many digits as help. */
export function amount(value: number): string {
  return String(Number(value.toPrecision(3)))
}
