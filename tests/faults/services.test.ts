import { describe, expect, it, onTestFinished } from 'vitest'
import { readPrompts } from '../../src/adapters/prompts/read-prompts.ts'
import { orchestratorBudget, workerBudget } from '../../src/core/budget.ts'
import { createMemoryJournal } from '../../src/core/journal.ts'
import { createCast } from '../../src/create-cast.ts'
import { siteOf } from '../../src/estate.ts'
import { investigate } from '../../src/orchestrator/investigate.ts'
import { createLab } from '../../training/lab/lab.ts'
import { labEstate } from '../../training/lab-connections.ts'
import { findTask } from '../../training/open-task-lab.ts'
import { alertOf } from '../../training/rollout.ts'
import { startModelServer } from '../fakes/model-server.ts'
import type { Fault } from '../fakes/model-server.ts'
import { promptsDirectory, startBotOnLab } from '../fixtures/bot-on-lab.ts'
import { eventually, tasksDirectory } from '../fixtures/demo.ts'

/** As the platform's fetch, from a server that takes a request and never answers. */
function neverAnswers(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

describe('a service that hangs', () => {
  it.each(['sentry', 'kubernetes'] as const)('costs the answer of its worker and no other: %s', async (silent) => {
    const { task, world } = await findTask('0004-expired-token', tasksDirectory)
    const lab = createLab(world)
    onTestFinished(() => lab.close())
    const estate = labEstate(world, lab)
    const fetch: typeof estate.fetch = async (input, init) => {
      const request = new Request(input, init)
      return new URL(request.url).hostname.startsWith(silent) ? await neverAnswers(request.signal) : await estate.fetch(request)
    }
    // A lab's services start when they are first asked, which on a busy machine takes longer than a worker is given here.
    const warm = await siteOf(estate, [], { error: () => {} }, new Date(task.now))
    await Promise.all(warm.workers.map(async ({ tools }) => await tools[0]?.invoke({}, { callId: 'warm', signal: AbortSignal.timeout(30_000) })))
    const { workers, clock, asOf } = await siteOf({ ...estate, fetch }, [], { error: () => {} }, new Date(task.now))
    const { investigation } = await investigate({
      id: 'i1', incidentId: 'i1', alert: alertOf(task), workers, clock, asOf, boundary: 'b0', emit: () => {}, signal: new AbortController().signal, journal: createMemoryJournal(),
      cast: createCast({ prompts: readPrompts(promptsDirectory), models: {}, policy: 'local:prior' }),
      budget: { orchestrator: orchestratorBudget, worker: { ...workerBudget, seconds: 6 } },
    })
    expect(investigation.run.end.reason).toBe('reported')
    expect(investigation.report?.evidence.length).toBeGreaterThan(0)
    const states = Object.fromEntries(investigation.coverage.map(({ worker, state }) => [worker, state]))
    expect(states[silent]).toBe('failed')
    expect(Object.values(states).filter((state) => state === 'failed')).toHaveLength(1)
  })
})

describe('a model that fails', () => {
  it.each<[string, Fault, RegExp]>([
    ['answers 500 to everything', { fault: 'status', status: 500 }, /model/],
    ['refuses the key', { fault: 'status', status: 401, code: 'invalid_api_key' }, /key|CHAT_API_KEY/i],
  ])('is told in the thread and recorded, when it %s', async (_what, fault, says) => {
    const server = await startModelServer(() => fault)
    const started = await startBotOnLab('0004-expired-token', { FOREMAN_POLICY: `chat:${server.url}#gpt-4.1`, CHAT_API_KEY: server.key })
    onTestFinished(async () => {
      await started.close()
      await server.close()
    })
    const ts = started.fire()
    const [record] = await eventually('the record', async () => {
      const records = await started.bot.store.listInvestigations(10)
      return records.length > 0 ? records : null
    })
    expect(record).toMatchObject({ kind: 'investigation', run: { end: { reason: 'policy_failed', message: expect.stringMatching(says) } } })
    expect(record?.report).toBeUndefined()
    const said = started.said(ts)
    expect(said).toHaveLength(2)
    expect(said[1]?.text).toMatch(/the model failed/)
    expect(said[1]?.text).toMatch(/Mention me/)
  })
})
