import { describe, expect, it } from 'vitest'
import { datedOf } from '../../../../workers/docs/dated.ts'

const now = new Date('2026-03-12T12:00:00Z')

describe('the time a statement names', () => {
  it.each([
    ['SMS_KEY: Used for texts | Valid until 2026-03-12 11:00 UTC', 'ended', '2026-03-12T11:00:00.000Z', null],
    ['The certificate expires on 20 March 2026.', 'ending', '2026-03-21T00:00:00.000Z', null],
    ['Rotated before March 12, 2026 09:30.', 'ended', '2026-03-12T09:30:00.000Z', null],
    ['lt-7: Begins (UTC) 2026-03-12 11:40 | Minutes 45', 'running', '2026-03-12T11:40:00.000Z', '2026-03-12T12:25:00.000Z'],
    ['pc-2: From 2026-03-12 10:00 | Until 10:50 | Service web', 'over', '2026-03-12T10:00:00.000Z', '2026-03-12T10:50:00.000Z'],
    ['Maintenance of the database on 2026-03-12 23:30-00:30 UTC.', 'coming', '2026-03-12T23:30:00.000Z', '2026-03-13T00:30:00.000Z'],
    ['We move the queue on 2026-03-12 at 11:00.', 'running', '2026-03-12T11:00:00.000Z', null],
    ['Game day: 2026-03-12.', 'running', '2026-03-12T00:00:00.000Z', '2026-03-13T00:00:00.000Z'],
  ])('of "%s" %s', (text, state, at, end) => {
    expect(datedOf(text, now)).toEqual({ state, at, end })
  })

  it.each(['Nothing is planned.', 'lt-8: Begins (UTC) 2026-03-20 11:40 | Minutes 45', 'lt-6: Begins (UTC) 2026-02-20 11:40 | Minutes 45', 'Valid until 2027-03-12', 'Runs on port 8080 since v1.2.3', 'Order 2026-99-99 was refused'])('is not near, or none, in "%s"', (text) => {
    expect(datedOf(text, now)).toBeUndefined()
  })
})
