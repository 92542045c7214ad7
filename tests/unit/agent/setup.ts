import { z } from 'zod'
import type { AgentSetup, AgentTool, CallOutcome } from '../../../src/agent/agent.ts'
import { createScriptedPolicy } from '../../../src/adapters/models/scripted.ts'
import type { Script } from '../../../src/adapters/models/scripted.ts'
import type { AgentEvent } from '../../../src/core/event.ts'
import { createMemoryJournal } from '../../../src/core/journal.ts'
import type { OutputItem } from '../../../src/core/policy.ts'
import { createManualClock } from '../../../src/core/time.ts'

export const Answer = z.object({ text: z.string() })

/** A function call as a model would make it. */
export function call(name: string, args: unknown, id = `${name}-${JSON.stringify(args)}`): OutputItem {
  return { type: 'function_call', call_id: id, name, arguments: typeof args === 'string' ? args : JSON.stringify(args) }
}

export function report(text: string): OutputItem {
  return call('report', { text })
}

/** A tool that answers with its own arguments and counts how often it really ran. */
export function echoTool(name = 'echo', outcome?: (args: unknown) => CallOutcome | Promise<CallOutcome>): AgentTool & { ran: unknown[] } {
  const ran: unknown[] = []
  return {
    name, title: name, description: `Use when ${name}.`, parameters: { type: 'object', properties: {} }, ran,
    invoke: async (args) => {
      ran.push(args)
      return outcome?.(args) ?? { result: { structured: args, text: JSON.stringify(args), entities: [], signals: [], links: [], truncated: false } }
    },
  }
}

/** A whole setup around a script; every part can be replaced. */
export function agentSetup(script: Script, overrides: Partial<AgentSetup<z.infer<typeof Answer>>> = {}) {
  const events: AgentEvent[] = []
  const journal = createMemoryJournal()
  const clock = createManualClock('2026-03-01T12:00:00Z')
  const setup: AgentSetup<z.infer<typeof Answer>> = {
    agent: 'sentry', runId: 'sentry.0.0', policy: createScriptedPolicy(script), promptVersion: 'v1', instructions: 'Work.',
    input: { text: 'What broke?', entities: [], window: { start: '2026-03-01T11:00:00Z', end: '2026-03-01T12:00:00Z' } },
    tools: [echoTool()], report: { schema: Answer, description: 'Ends the run.' },
    budget: { steps: 5, tokens: 1000, seconds: 30, usd: 1 }, signal: new AbortController().signal,
    context: { clock, journal, emit: (event) => events.push(event), boundary: 'b0', training: false, alreadyMs: 0 },
    ...overrides,
  }
  return { setup, events, journal }
}
