import { readFileSync } from 'node:fs'
import { ConfigurationError, PermanentError } from '../../core/errors.ts'
import { allRuns, Investigation } from '../../core/investigation.ts'
import type { Policy } from '../../core/policy.ts'

/**
 * A policy that repeats a recorded investigation turn by turn, for every agent in it: runs are found by their structural id,
 * turns by their number. Throws `PermanentError` where the recording has no next turn: with the recorded reason, if its policy failed there.
 */
export function createReplayPolicy(recorded: Pick<Investigation, 'id' | 'run'>): Policy {
  const runs = new Map(allRuns(recorded.run).map((run) => [run.id, run]))
  return {
    name: `replay:${recorded.id}`,
    next: async (_items, _tools, { runId, step: turn }) => {
      const run = runs.get(runId)
      const step = run?.steps[turn]
      if (!run || !step) throw new PermanentError(run?.end.reason === 'policy_failed' ? run.end.message : `The recording ${recorded.id} has no turn ${turn} of ${runId}: this run took another way.`)
      return { items: [...step.items], usage: step.usage, ...(step.model !== undefined && { model: step.model }), ...(step.tokens && { tokens: step.tokens }) }
    },
  }
}

/** The investigation in a file, as `foreman ask --json` writes it. Throws `ConfigurationError` when it cannot be read as one. */
export function readRecording(file: string): Investigation {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigurationError([`The recording ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`])
  }
  const parsed = Investigation.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ConfigurationError([`${file} holds no recorded investigation (${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'wrong'}). \`foreman ask --json\` writes one.`])
}
