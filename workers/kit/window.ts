import { z } from 'zod'
import { fail } from '../../src/core/errors.ts'
import type { EntityKind } from '../../src/core/entity.ts'
import type { Clock } from '../../src/core/time.ts'

/** Fields every listing takes for its window; spread them into the input and give them to `resolveWindow`. */
export const windowFields = {
  start: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with Z or an offset, such as 2026-05-04T13:00:00Z' }).optional().describe('ISO time'),
  end: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with Z or an offset, such as 2026-05-04T14:00:00Z' }).optional().describe('ISO time; now if absent'),
  minutes: z.number({ error: 'must be a number of minutes' }).int('must be a whole number of minutes').positive('must be positive').optional().describe('Back from end, instead of start'),
}

/** How many items one call brings at most. */
export function limitField(standard: number, most: number) {
  return z.number().int('must be a whole number').min(1, 'must be at least 1').max(most, `must be at most ${most}; use cursor for more`).default(standard)
}

/** Where to go on: the `cursor` of an earlier result, unchanged. */
export const cursorField = z.string().min(1).max(1_000).optional().describe('cursor of the last result')

/** An argument that names an entity of this kind; policies fill it from the entities they have seen. */
export function entityField(kind: EntityKind, description: string) {
  return z.string().min(1).max(400).describe(description).meta({ 'x-entity': kind })
}

/** A window as dates, start < end. */
export interface ResolvedWindow {
  readonly start: Date
  readonly end: Date
}

/** The window that arguments mean at the clock's now. Fails as invalid_input when reversed, empty, in the future or too long. */
export function resolveWindow(
  args: { start?: string | undefined; end?: string | undefined; minutes?: number | undefined }, clock: Clock, bounds: { defaultMinutes: number; maxMinutes: number },
): ResolvedWindow {
  const now = clock.now()
  const end = args.end === undefined ? now : new Date(args.end)
  const start = args.start === undefined ? new Date(end.getTime() - (args.minutes ?? bounds.defaultMinutes) * 60_000) : new Date(args.start)
  if (Number.isNaN(start.getTime()) || Number.isNaN(end.getTime())) fail('invalid_input', `The window reaches beyond the calendar; this tool takes at most ${span(bounds.maxMinutes)}. Lower minutes, or move start or end.`)
  if (start.getTime() >= end.getTime()) {
    fail('invalid_input', `The window is empty or reversed: start ${start.toISOString()} is not before end ${end.toISOString()}. It is ${now.toISOString()} now.`)
  }
  if (start.getTime() > now.getTime()) fail('invalid_input', `The window lies in the future: start ${start.toISOString()}, now ${now.toISOString()}.`)
  const minutes = (end.getTime() - start.getTime()) / 60_000
  if (minutes > bounds.maxMinutes) {
    fail('invalid_input', `The window is ${span(minutes)} long; this tool takes at most ${span(bounds.maxMinutes)}. Move start or end.`)
  }
  return { start, end }
}

function span(minutes: number): string {
  return minutes < 120 ? `${Math.round(minutes)} minutes` : minutes < 2_880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1_440)} days`
}
