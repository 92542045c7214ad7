import { z } from 'zod'
import { utc } from '../kit/plain-text.ts'
import type { CheckinShape } from './monitoring-shapes.ts'

/** A check-in of a cron monitor as the tools give it back; `ms` is how long the job ran. */
export const Checkin = z.object({ at: z.string().nullable(), status: z.string(), ms: z.number().nullable() })
export type Checkin = z.infer<typeof Checkin>

/** Sentry's check-in as ours. */
export function checkinOf({ dateCreated, status, duration }: CheckinShape): Checkin {
  return { at: dateCreated ?? null, status, ms: duration ?? null }
}

/** Whether the job failed, ran too long or did not run. */
export function isBadCheckin({ status }: Checkin): boolean {
  return !/^(?:ok|in_progress|unknown)$/.test(status)
}

/** When, how it ended, how long it took. */
export function checkinText({ at, status, ms }: Checkin): string {
  return `${at === null ? '?' : utc(at)} ${status}${ms === null ? '' : ` ${ms} ms`}`
}
