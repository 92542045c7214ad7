import { PermanentError } from '../../core/errors.ts'
import type { AgentRun, Investigation } from '../../core/investigation.ts'
import type { Policy } from '../../core/policy.ts'

/**
 * A policy that repeats a recorded investigation turn by turn, for every agent in it. Agents are told apart by their question,
 * turns by how many were taken. Throws `PermanentError` where the recording has no next turn.
 */
export function createReplayPolicy(recorded: Pick<Investigation, 'id' | 'run'>): Policy {
  const runs = runsOf(recorded.run)
  return {
    name: `replay:${recorded.id}`,
    next: async (items, _tools, settings) => {
      const input = items.find((item) => item.type === 'message' && item.role === 'user')
      const taken = settings.agent === 'orchestrator' ? runs.filter((run) => run.agent === 'orchestrator') : runs.filter((run) => run.agent === settings.agent && input?.type === 'message' && run.input === input.content)
      const run = taken[0]
      const step = run?.steps[turnsTaken(items)]
      if (!step) throw new PermanentError(`The recording ${recorded.id} has no such turn of ${settings.agent}: the run took another way.`)
      return { items: [...step.items], usage: step.usage, ...(step.model === undefined ? {} : { model: step.model }) }
    },
  }
}

function turnsTaken(items: Parameters<Policy['next']>[0]): number {
  let turns = 0
  let inTurn = false
  for (const item of items) {
    const said = item.type === 'function_call' || item.type === 'reasoning' || (item.type === 'message' && item.role === 'assistant')
    if (said && !inTurn) turns += 1
    inTurn = said
  }
  return turns
}

function runsOf(run: AgentRun): AgentRun[] {
  return [run, ...run.steps.flatMap((step) => step.calls).flatMap((call) => (call.run ? runsOf(call.run) : []))]
}
