import { setTimeout as sleep } from 'node:timers/promises'
import { WaitingError } from 'bullmq'
import { describe, expect, it } from 'vitest'
import { createJobControl, retryDelay } from '../../../src/adapters/queue/job-control.ts'
import { FailureError, FencedError, TransientError } from '../../../src/core/errors.ts'

/** A job as BullMQ hands it over, which remembers the token it was given back with. */
function job(data: unknown = { runId: 'run-1', kind: 'investigate' }) {
  const givenBack: (string | undefined)[] = []
  const moveToWait = async (token?: string) => givenBack.push(token)
  return { data, attemptsStarted: 1, attemptsMade: 0, moveToWait, givenBack }
}

describe('a job at hand', () => {
  it('goes back untouched when it arrives after closing began', async () => {
    let handled = 0
    const control = createJobControl(async () => void handled++, 1_000)
    control.beginClose()
    const late = job()
    await expect(control.process(late, 'token-1')).rejects.toBeInstanceOf(WaitingError)
    expect([late.givenBack, handled]).toEqual([['token-1'], 0])
  })

  it('is done for this process when another one has its run', async () => {
    const control = createJobControl(() => Promise.reject(new FencedError('taken over')), 1_000)
    const fenced = job()
    await control.process(fenced, 'token-1')
    expect(fenced.givenBack).toEqual([])
  })

  it('is given up when it is none of ours', async () => {
    const control = createJobControl(async () => {}, 1_000)
    await expect(control.process(job({ task: 'else' }), 'token-1')).rejects.toMatchObject({ name: 'UnrecoverableError' })
  })

  it('goes back when its handler is abandoned, and what the handler throws later harms nobody', async () => {
    const settle = Promise.withResolvers<void>()
    const control = createJobControl(() => settle.promise, 1_000)
    const stuck = job()
    const processed = control.process(stuck, 'token-1')
    control.beginClose()
    control.abandonAll()
    await expect(processed).rejects.toBeInstanceOf(WaitingError)
    settle.reject(new Error('too late'))
    await sleep(1)
    expect(stuck.givenBack).toEqual(['token-1'])
  })
})

describe('the pause before another try', () => {
  it('grows fourfold, within a quarter, up to five minutes', () => {
    const delays = [1, 2, 3, 9].map((attempts) => retryDelay(1_000, attempts))
    for (const [index, expected] of [1_000, 4_000, 16_000, 300_000].entries()) {
      expect(delays[index]).toBeGreaterThanOrEqual(expected * 0.75)
      expect(delays[index]).toBeLessThanOrEqual(expected * 1.25)
    }
  })

  it('is in whole milliseconds, which the Postgres backend needs', () => {
    const delays = Array.from({ length: 50 }, () => retryDelay(7, 1, new TransientError('later')))
    expect(delays.every(Number.isInteger)).toBe(true)
  })

  it('is what the failed service asked for', () => {
    const limited = new FailureError({ kind: 'rate_limited', message: 'Slow down.', retryAfterSeconds: 29.5 })
    expect(retryDelay(1_000, 1, limited)).toBe(29_500)
  })
})
