import { FailureKind } from '../core/errors.ts'
import type { Failure } from '../core/errors.ts'
import type { Call } from '../core/investigation.ts'
import type { FunctionCallItem } from '../core/policy.ts'
import type { AgentSetup, AgentTool, CallOutcome } from './agent.ts'
import { callHash } from './input-hash.ts'

/** A call a policy asked for, with its place in the run and its arguments parsed. */
export interface PlannedCall {
  readonly item: FunctionCallItem
  readonly id: string
  readonly args: unknown
  readonly problem: Failure | undefined
  readonly tool: AgentTool | undefined
}

/** Gives each call its structural id and says what is wrong with it before anything runs. */
export function planCalls(setup: AgentSetup<unknown>, stepIndex: number, items: readonly FunctionCallItem[], made: Map<string, string>): PlannedCall[] {
  return items.map((item, position) => {
    const id = `${setup.runId}.${stepIndex}.${position}`
    const tool = setup.tools.find((candidate) => candidate.name === item.name)
    if (!tool) {
      const known = setup.tools.map((candidate) => candidate.name).join(', ')
      return { item, id, args: item.arguments, tool, problem: failure('unknown_tool', `There is no tool "${item.name.slice(0, 80)}". The tools are: ${known}.`) }
    }
    const args = parseArguments(item.arguments)
    if (args === undefined) return { item, id, args: item.arguments, tool, problem: failure('invalid_input', 'The arguments are not a JSON object. Send the call again with valid JSON.') }
    const hash = callHash(tool.name, args)
    const earlier = made.get(hash)
    if (earlier !== undefined) return { item, id, args, tool, problem: failure('invalid_input', `You made this very call before; its answer is [${earlier}]. Change the arguments or report.`) }
    made.set(hash, id)
    return { item, id, args, tool, problem: undefined }
  })
}

/** Runs one planned call, or takes its outcome from the journal; what it brings back is durable when this resolves. */
export async function runCall(setup: AgentSetup<unknown>, planned: PlannedCall, signal: AbortSignal): Promise<Call> {
  const { context, agent, runId } = setup
  const { id, args, tool, problem } = planned
  const began = performance.now()
  const startedAt = context.clock.now().toISOString()
  const base = { id, tool: planned.item.name, args, startedAt }
  if (problem || !tool) return ended(setup, { ...base, ms: 0, failure: problem ?? failure('unknown_tool', 'There is no such tool.') }, false)

  const inputHash = callHash(tool.name, args)
  const entry = tool.journalsItself ? undefined : context.journal.find(id)
  if (entry?.inputHash === inputHash) return ended(setup, entry.value as Call, true)

  context.emit({ type: 'call_started', runId, agent, callId: id, tool: tool.name, args })
  const outcome: CallOutcome = await tool.invoke(args, { callId: id, signal })
  const call: Call = { ...base, ms: Math.round(performance.now() - began), ...outcome }
  if (!tool.journalsItself && !signal.aborted) await context.journal.append({ key: id, kind: 'call', inputHash, value: call })
  return ended(setup, call, false)
}

function ended(setup: AgentSetup<unknown>, call: Call, replayed: boolean): Call {
  setup.context.emit({ type: 'call_ended', runId: setup.runId, agent: setup.agent, call, replayed })
  return call
}

function failure(kind: Failure['kind'], message: string): Failure {
  return { kind: FailureKind.parse(kind), message }
}

function parseArguments(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
