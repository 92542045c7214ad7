import { describe, expect, it } from 'vitest'
import { runAgent } from '../../../src/agent/run-agent.ts'
import { FencedError } from '../../../src/core/errors.ts'
import { createMemoryJournal } from '../../../src/core/journal.ts'
import { agentSetup, call, echoTool, report } from './setup.ts'

const script = (items: readonly { type: string }[]) => (items.filter((item) => item.type === 'function_call_output').length < 3
  ? [call('echo', { n: items.length }, `c${items.length}`)]
  : [report('done')])

describe('a run that starts again', () => {
  it('repeats no finished turn and no finished call, wherever it was cut', async () => {
    const whole = agentSetup(script)
    const reference = await runAgent(whole.setup)
    const entries = whole.journal.entries()
    for (let cut = 0; cut <= entries.length; cut += 1) {
      const echo = echoTool()
      let asked = 0
      const { setup } = agentSetup((items) => {
        asked += 1
        return script(items)
      }, { tools: [echo] })
      const journal = createMemoryJournal(entries.slice(0, cut))
      const resumed = await runAgent({ ...setup, context: { ...setup.context, journal } })
      const turnsDone = entries.slice(0, cut).filter((entry) => entry.kind === 'turn').length
      const callsDone = cut - turnsDone
      expect(asked).toBe(4 - turnsDone)
      expect(echo.ran).toHaveLength(3 - callsDone)
      expect(resumed.report).toEqual(reference.report)
      expect(resumed.run.steps.map((step) => step.items)).toEqual(reference.run.steps.map((step) => step.items))
    }
  })

  it('asks the policy anew when its prompt changed since', async () => {
    const first = agentSetup(script)
    await runAgent(first.setup)
    let asked = 0
    const { setup } = agentSetup((items) => {
      asked += 1
      return script(items)
    }, { instructions: 'Work differently.' })
    await runAgent({ ...setup, context: { ...setup.context, journal: createMemoryJournal(first.journal.entries()) } })
    expect(asked).toBe(4)
  })

  it('keeps a report it had made in time, however long the process was down since', async () => {
    const first = agentSetup(script)
    await runAgent(first.setup)
    const { setup } = agentSetup(script)
    const late = { ...setup.context, journal: createMemoryJournal(first.journal.entries()), alreadyMs: 3_600_000 }
    expect(await runAgent({ ...setup, context: late })).toMatchObject({ report: { text: 'done' }, run: { end: { reason: 'reported' } } })
  })

  it('ends for lack of time where its journal ends, when the process was down too long', async () => {
    const first = agentSetup(script)
    await runAgent(first.setup)
    const { setup } = agentSetup(script)
    const late = { ...setup.context, journal: createMemoryJournal(first.journal.entries().slice(0, 4)), alreadyMs: 3_600_000 }
    expect((await runAgent({ ...setup, context: late })).run).toMatchObject({ end: { reason: 'seconds_spent' }, steps: { length: 2 } })
  })

  it('stops at once when another process has taken the run over', async () => {
    const echo = echoTool()
    const { setup } = agentSetup(script, { tools: [echo] })
    const journal = { find: () => undefined, append: async () => { throw new FencedError('Another process owns this run.') } }
    await expect(runAgent({ ...setup, context: { ...setup.context, journal } })).rejects.toBeInstanceOf(FencedError)
    expect(echo.ran).toHaveLength(0)
  })
})
