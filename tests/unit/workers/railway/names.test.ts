import { describe, expect, test } from 'vitest'
import { createManualClock } from '../../../../src/core/time.ts'
import { NameCache } from '../../../../workers/railway/names.ts'

const names = { project: 'shop', environments: [], services: [] }

describe('the names of a connection', () => {
  test('are read once for calls that come at the same time, and again after ten minutes or on demand', async () => {
    const [cache, connection, clock] = [new NameCache(), {}, createManualClock('2026-03-12T10:00:00Z')]
    let reads = 0
    const get = (fresh = false) => cache.get(connection, clock, async () => {
      reads += 1
      return names
    }, fresh)
    await Promise.all([get(), get()])
    expect(reads).toBe(1)
    await get(true)
    clock.set('2026-03-12T10:09:00Z')
    await get()
    expect(reads).toBe(2)
    clock.set('2026-03-12T10:11:00Z')
    await get()
    expect(reads).toBe(3)
  })

  test('are asked for again after a failure', async () => {
    const [cache, connection, clock] = [new NameCache(), {}, createManualClock('2026-03-12T10:00:00Z')]
    await expect(cache.get(connection, clock, async () => Promise.reject(new Error('down')), false)).rejects.toThrow('down')
    await expect(cache.get(connection, clock, async () => names, false)).resolves.toBe(names)
  })
})
