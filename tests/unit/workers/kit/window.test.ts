import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../../src/core/time.ts'
import { resolveWindow } from '../../../../workers/kit/window.ts'

const clock = createManualClock('2026-05-04T14:00:00Z')
const bounds = { defaultMinutes: 60, maxMinutes: 24 * 60 }
const iso = (window: { start: Date; end: Date }) => [window.start.toISOString(), window.end.toISOString()]

describe('resolveWindow', () => {
  it.each([
    ['nothing', {}, ['2026-05-04T13:00:00.000Z', '2026-05-04T14:00:00.000Z']],
    ['minutes back', { minutes: 5 }, ['2026-05-04T13:55:00.000Z', '2026-05-04T14:00:00.000Z']],
    ['minutes back from an end', { minutes: 5, end: '2026-05-04T10:00:00Z' }, ['2026-05-04T09:55:00.000Z', '2026-05-04T10:00:00.000Z']],
    ['a start', { start: '2026-05-04T15:00:00+02:00' }, ['2026-05-04T13:00:00.000Z', '2026-05-04T14:00:00.000Z']],
  ])('reads %s by the clock it is given', (_what, args, expected) => {
    expect(iso(resolveWindow(args, clock, bounds))).toEqual(expected)
  })

  it.each([
    ['reversed', { start: '2026-05-04T13:00:00Z', end: '2026-05-04T12:00:00Z' }, 'reversed'],
    ['empty', { start: '2026-05-04T13:00:00Z', end: '2026-05-04T13:00:00Z' }, 'empty'],
    ['in the future', { start: '2026-05-05T13:00:00Z', end: '2026-05-05T14:00:00Z' }, 'future'],
    ['beyond the calendar', { minutes: Number.MAX_SAFE_INTEGER }, 'beyond the calendar'],
    ['too long', { minutes: 60 * 24 * 365 * 3 }, 'at most 24 hours'],
  ])('says what is wrong with a window that is %s', (_what, args, message) => {
    expect(() => resolveWindow(args, clock, bounds)).toThrow(message)
  })
})
