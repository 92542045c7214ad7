import { describe, expect, it } from 'vitest'
import { createGroupedWrites } from '../../../src/adapters/store/grouped-writes.ts'

/** Writes that wait for the test: `end` lets the oldest one in flight succeed, or fail with an error. */
function heldWrites() {
  const groups: string[][] = []
  const held: PromiseWithResolvers<void>[] = []
  const write = createGroupedWrites<string>((item) => item[0] ?? '', (items) => {
    groups.push([...items])
    const gate = Promise.withResolvers<void>()
    held.push(gate)
    return gate.promise
  })
  const end = (error?: Error): void => {
    const gate = held.shift()
    if (error) gate?.reject(error)
    else gate?.resolve()
  }
  return { groups, write, end }
}

describe('grouped writes', () => {
  it('write a lone item at once, and what comes meanwhile together', async () => {
    const { groups, write, end } = heldWrites()
    const first = write('a')
    expect(groups).toEqual([['a']])
    const rest = [write('b'), write('c')]
    end()
    await first
    expect(groups).toEqual([['a'], ['b', 'c']])
    end()
    await Promise.all(rest)
    const last = write('d')
    expect(groups).toEqual([['a'], ['b', 'c'], ['d']])
    end()
    await last
  })

  it('keep two items of one key apart and in order', async () => {
    const { groups, write, end } = heldWrites()
    const all = [write('a1'), write('b1'), write('b2'), write('c1')]
    for (const done of [all[0], all[1], all[2]]) {
      end()
      await done
    }
    expect(groups).toEqual([['a1'], ['b1', 'c1'], ['b2']])
    await all[3]
  })

  it('fail each item of a failed group, and go on with the next', async () => {
    const { write, end } = heldWrites()
    const first = write('a')
    const second = write('b')
    queueMicrotask(() => end(new Error('full')))
    await expect(first).rejects.toThrow('full')
    end()
    await expect(second).resolves.toBeUndefined()
  })
})
