import type { AgentRun, Call } from '../core/investigation.ts'
import type { Coverage } from '../core/report.ts'
import { workerNames } from '../core/worker.ts'
import type { WorkerName } from '../core/worker.ts'
import { delegationToolName } from './delegation.ts'

/** One line per worker: what it contributed, so that "nothing found" and "never looked" cannot be confused. */
export function coverageOf(run: AgentRun, configured: readonly WorkerName[]): Coverage[] {
  const calls = run.steps.flatMap((step) => step.calls)
  return workerNames.map((worker) => {
    if (!configured.includes(worker)) return { worker, state: 'not_configured', detail: 'No credentials are configured for this service.', calls: 0 }
    return workerCoverage(worker, calls.filter((call) => call.tool === delegationToolName(worker)))
  })
}

function workerCoverage(worker: WorkerName, delegations: readonly Call[]): Coverage {
  const toolCalls = delegations.flatMap((call) => call.run?.steps.flatMap((step) => step.calls) ?? [])
  const calls = toolCalls.length
  const findings = delegations.flatMap((call) => call.finding ?? [])
  if (delegations.length === 0) return { worker, state: 'not_asked', detail: 'The orchestrator did not need it.', calls }
  const found = findings.find((finding) => finding.verdict === 'found')
  const failedCalls = toolCalls.filter((call) => call.failure && !['invalid_input', 'unknown_tool'].includes(call.failure.kind))
  const worst = failedCalls[0]?.failure?.message ?? delegations.find((call) => call.failure)?.failure?.message
  if (worst !== undefined && failedCalls.length === calls && !found) return { worker, state: 'failed', detail: worst.slice(0, 300), calls }
  if (findings.length === 0) return { worker, state: 'failed', detail: (worst ?? 'The worker ended without a finding.').slice(0, 300), calls }
  if (found) return { worker, state: 'checked', detail: found.answer.slice(0, 300), calls }
  return { worker, state: 'empty', detail: (findings[0]?.answer ?? 'Checked, nothing unusual.').slice(0, 300), calls }
}
