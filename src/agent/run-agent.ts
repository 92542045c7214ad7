import type { AgentRun, Step } from '../core/investigation.ts'
import type { AgentResult, AgentSetup } from './agent.ts'
import { planCalls, runCall } from './calls.ts'
import { createReporting } from './reporting.ts'
import type { End } from './reporting.ts'
import { createSpend } from './spend.ts'
import type { Spend } from './spend.ts'
import { createTranscript, outputItem, reportToolName } from './transcript.ts'
import { takeTurn, turnKey } from './turn.ts'

/**
 * The loop all agents share: ask the policy, run its calls at once, show it what they brought, until it reports
 * or a budget ends. Never throws for what a policy, a tool or a person did: that is `run.end`. What the journal
 * throws (`FencedError`, `TransientError`) is thrown; the same setup then resumes where the journal ends.
 */
export async function runAgent<Report>(setup: AgentSetup<Report>): Promise<AgentResult<Report>> {
  const { agent, runId, context } = setup
  const spend = createSpend(setup.budget, context.alreadyMs)
  const signal = AbortSignal.any([setup.signal, AbortSignal.timeout(Math.ceil(spend.msLeft()))])
  const transcript = createTranscript(setup)
  const reporting = createReporting(setup.report.schema)
  const made = new Map<string, string>()
  const steps: Step[] = []
  let end: End | undefined
  context.emit({ type: 'run_started', runId, agent, input: setup.input.text, policy: setup.policy.name })

  while (!end) {
    const index = steps.length
    if (index === setup.budget.steps - 1) transcript.say(`This is your last step: call ${reportToolName} now with what you have.`)
    const turn = await takeTurn(setup, transcript, index, signal)
    if ('error' in turn) {
      end = policyFailed(turn.error, signal)
      break
    }
    const { items, usage, model, tokens } = turn.answer
    transcript.add(items)
    const asked = items.filter((item) => item.type === 'function_call')
    const planned = asked.some((item) => item.name === reportToolName) ? [] : planCalls(setup, index, asked, made)
    const calls = await Promise.all(planned.map((plan) => runCall(setup, plan, signal)))
    transcript.add(calls.map((call, position) => outputItem(asked[position]?.call_id ?? call.id, call, context.boundary)))
    end = reporting.read(asked, transcript)

    const step: Step = { index, at: context.clock.now().toISOString(), items, calls, usage, ms: turn.ms, model, tokens }
    steps.push(step)
    context.emit({ type: 'step_ended', runId, agent, step })
    for (const part of [usage, ...calls.flatMap((call) => call.run?.usage ?? [])]) spend.add(part)
    // A turn that an earlier attempt made was within its budget then: time that passed since does not take it back.
    if (!context.journal.find(turnKey(runId, steps.length))) end ??= spentEnd(setup, spend, steps.length, signal)
  }

  const { error, ...ending } = stoppedEnd(setup, end)
  const run: AgentRun = {
    id: runId, agent, policy: setup.policy.name, promptVersion: setup.promptVersion, input: setup.input.text,
    steps, end: ending, usage: spend.total(), ms: Math.round(spend.elapsedMs()),
  }
  context.emit({ type: 'run_ended', runId, agent, ...ending, usage: run.usage, ms: run.ms })
  return { run, report: reporting.report(), ...(error === undefined ? {} : { error }) }
}

/** The end that the budget brings after a step, if any. */
function spentEnd(setup: AgentSetup<unknown>, spend: Spend, steps: number, signal: AbortSignal): End | undefined {
  const reason = signal.aborted ? 'seconds_spent' : (spend.exceeded() ?? (steps >= setup.budget.steps ? 'steps_spent' : undefined))
  return reason && { reason, message: `No report: the budget of ${setup.budget[reason.replace('_spent', '') as 'steps']} ${reason.replace('_spent', '')} is used up.` }
}

/** A stop from outside shows up as a time-out or a failed policy; this says what it was. */
function stoppedEnd(setup: AgentSetup<unknown>, end: End): End {
  if (!setup.signal.aborted || end.reason === 'reported') return end
  return { reason: 'stopped', message: 'Stopped by a person or by a shutdown.' }
}

function policyFailed(error: unknown, signal: AbortSignal): End {
  if (signal.aborted) return { reason: 'seconds_spent', message: 'No report: the time budget of this run is used up.' }
  const known = error instanceof Error && ['TransientError', 'PermanentError', 'ConfigurationError'].includes(error.name)
  return { reason: 'policy_failed', message: known ? error.message : 'The model adapter failed in a way it does not know; the log has the details.', error }
}
