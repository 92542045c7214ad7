import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPrompts } from '../../src/adapters/prompts/read-prompts.ts'
import type { Policy } from '../../src/core/policy.ts'
import { learn } from '../../training/policy/learn.ts'
import type { Schedule } from '../../training/policy/learn.ts'
import { rememberWorkers } from '../../training/policy/remembered-workers.ts'
import { successAt } from '../../training/policy/success.ts'
import { trainOnThreads } from '../../training/policy/train-on-threads.ts'
import { closeGrounds, openGrounds } from '../../training/policy/training-ground.ts'
import type { Ground } from '../../training/policy/training-ground.ts'
import { rollout } from '../../training/rollout.ts'
import { createCast } from '../../src/create-cast.ts'

const prompts = readPrompts(join(import.meta.dirname, '../../prompts'))
const prior = prompts.localWeights('prior') ?? {}
const signal = new AbortController().signal
const schedule: Schedule = {
  rounds: 3, tasks: 4, attempts: 2, reportSteps: 12, reportBatch: 8, actingTemperature: 0.3, reportTemperature: 0.5, actingRate: 0.005, reportRate: 0.08, entropyBonus: 0.001, pull: 0.001,
}

let grounds: Ground[]
beforeAll(async () => {
  grounds = await openGrounds({ split: 'train', level: (level) => level === 'kubernetes', draws: 1, from: 4_000 })
}, 60_000)
afterAll(() => closeGrounds(grounds))

describe('learning', () => {
  it('comes to solve tasks of a worker that the prior does not, and to the same weights by the same seed', async () => {
    const learned = () => learn({ start: prior, grounds, learns: (agent) => agent === 'kubernetes', schedule, seed: 3, signal })
    const weights = await learned()
    const [before, after] = [await successAt(prior, grounds, { signal }), await successAt(weights, grounds, { signal })]
    expect(after.successes).toBeGreaterThan(before.successes)
    expect(await learned()).toEqual(weights)
  }, 120_000)

  it('refuses to begin without a task', async () => {
    await expect(learn({ start: prior, grounds: [], learns: () => true, schedule, seed: 1, signal })).rejects.toThrow('no task to learn from')
  })

  it('ends at once when it is stopped, with what it began with', async () => {
    const weights = await learn({ start: { 'worker.act': { call: 1 } }, grounds, learns: () => true, schedule, seed: 1, signal: AbortSignal.abort() })
    expect(weights).toEqual({ 'worker.act': { call: 1 } })
  })
})

describe('a training in threads', () => {
  it('is judged by investigations of validation families, also when workers alone learn', async () => {
    const plan = { start: prior, draws: 1, validationDraws: 1, effort: 0.05, stages: ['workers'] } as const
    const [result] = await trainOnThreads(plan, [1], signal, () => {})
    expect(result?.validation).toBeGreaterThan(0)
    expect(result?.rollouts).toBeGreaterThan(0)
  }, 120_000)
})

describe('a remembered worker', () => {
  it('brings the same finding again, under the name of the run that asks', async () => {
    const [ground] = await openGrounds({ split: 'train', level: (level) => level === 'orchestrator', draws: 1, from: 4_000 })
    if (!ground) throw new Error('There is no family to draw from.')
    try {
      const cast = createCast({ prompts, models: {}, policy: 'local:prior' })
      let turns = 0
      const counting = (agent: Parameters<typeof cast>[0]) => {
        const role = cast(agent)
        const policy: Policy = { name: role.policy.name, next: (...asked) => ((turns += agent === 'orchestrator' ? 0 : 1), role.policy.next(...asked)) }
        return { ...role, policy }
      }
      const sendWorker = rememberWorkers()
      const attempt = (number: number) => rollout({ ...ground, cast: counting, attempt: number, seed: 1, sendWorker, signal })
      const first = await attempt(0)
      const asked = turns
      const second = await attempt(0)
      expect(asked).toBeGreaterThan(0)
      expect(turns).toBe(asked)
      expect(second.report).toEqual(first.report)
      expect(second.grade).toEqual(first.grade)
      const other = await attempt(1)
      // Another attempt marks the alert by another boundary, and may break ties another way: most of what it asks was asked before.
      expect(turns - asked).toBeLessThan(asked / 2)
      expect(other.report).toBeDefined()
    } finally {
      await ground.site.close()
    }
  }, 60_000)
})
