import { randomUUID } from 'node:crypto'
import { readPrompts } from './adapters/prompts/read-prompts.ts'
import { createLog } from './adapters/telemetry/create-log.ts'
import type { Config } from './config.ts'
import { orchestratorBudget, workerBudget } from './core/budget.ts'
import { ConfigurationError, UserError } from './core/errors.ts'
import type { AgentEvent } from './core/event.ts'
import type { Investigation } from './core/investigation.ts'
import { createMemoryJournal } from './core/journal.ts'
import { createCast } from './create-cast.ts'
import { siteOf } from './estate.ts'
import type { Estate } from './estate.ts'
import { investigate } from './orchestrator/investigate.ts'
import { boundaryOf } from './orchestrator/perform-run.ts'

export interface AskOptions {
  readonly question: string
  readonly config: Config
  readonly estate: Estate
  readonly promptsDirectory: string
  readonly signal: AbortSignal
  /** Gets one line for each thing that happens. */
  readonly progress: (line: string) => void
}

/** One investigation of a question, outside Slack. Throws `UserError` when there is no question, `ConfigurationError` when no worker is configured. */
export async function ask({ question, config, estate, promptsDirectory, signal, progress }: AskOptions): Promise<Investigation> {
  if (question.trim() === '') throw new UserError('The question is empty. Ask, for example: foreman ask "why do checkouts fail since 14:00?"')
  const id = randomUUID()
  const { workers, clock, asOf } = await siteOf(estate, config.secrets, createLog(config.logLevel, config.secrets), new Date())
  if (workers.length === 0) throw new ConfigurationError(['No worker is configured, so there is nothing to look into. `foreman doctor` says what each needs; `--task ID` looks into a recorded incident.'])
  const { investigation } = await investigate({
    id, incidentId: id, workers, clock, asOf, signal,
    alert: { id, source: 'cli', kind: 'question', receivedAt: asOf.toISOString(), title: question.slice(0, 300), text: question.slice(0, 8000) },
    cast: createCast({ prompts: readPrompts(promptsDirectory), models: config.models, policy: config.policy }),
    budget: { orchestrator: orchestratorBudget, worker: workerBudget },
    journal: createMemoryJournal(), boundary: boundaryOf(id),
    emit: (event) => {
      const line = progressLine(event)
      if (line !== undefined) progress(line)
    },
  })
  return investigation
}

function progressLine(event: AgentEvent): string | undefined {
  if (event.type === 'call_started') return `${event.agent} → ${event.tool} ${JSON.stringify(event.args).slice(0, 140)}`
  if (event.type === 'call_ended' && event.call.failure) return `${event.agent} ✗ ${event.call.tool}: ${event.call.failure.message}`
  if (event.type === 'finding') return `${event.agent} ✓ ${event.finding.verdict}: ${event.finding.answer.slice(0, 160)}`
  return undefined
}

/** An investigation as Markdown: the report first, then evidence, coverage and cost; or why there is no report. */
export function investigationMarkdown({ report, coverage, run, ms, usage }: Investigation): string {
  const lines = report
    ? [
        `# ${report.title}`, '', `**${report.verdict.replaceAll('_', ' ')}**${report.culprit ? `: ${report.culprit.kind} \`${report.culprit.name}\`` : ''}`, '', report.rootCause, '',
        '## Evidence', ...report.evidence.map(({ text, calls }) => `- ${text} (${calls.join(', ')})`),
        ...(report.missing.length > 0 ? ['', '## Missing', ...report.missing.map((line) => `- ${line}`)] : []),
        ...(report.actions.length > 0 ? ['', '## What to do', ...report.actions.map((line) => `- ${line}`)] : []),
      ]
    : ['# No report', '', run.end.message]
  return [
    ...lines, '', '## Coverage', ...coverage.map(({ worker, state, detail }) => `- ${worker}: ${state.replaceAll('_', ' ')} (${detail})`), '',
    `${run.steps.length} steps, ${(ms / 1000).toFixed(1)} s, ${usage.inputTokens + usage.outputTokens} tokens, $${usage.usd.toFixed(4)}; policy ${run.policy}`,
  ].join('\n')
}
