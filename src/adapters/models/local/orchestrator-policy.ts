import type { Entity } from '../../../core/entity.ts'
import type { OutputItem } from '../../../core/policy.ts'
import type { FollowUpAnswer, Report } from '../../../core/report.ts'
import type { ToolSpec } from '../../../core/tool.ts'
import { causeText, culpritOf, draw, mostStatements } from './compose-report.ts'
import type { ReportHeads } from './compose-report.ts'
import type { Choose } from './head.ts'
import type { Memory } from './memory.ts'
import { orchestratorActions } from './orchestrator-action.ts'
import type { OrchestratorAction } from './orchestrator-action.ts'
import { callItem } from './worker-policy.ts'

/** The orchestrator's next action: questions to several workers at once, or its report. */
export function orchestratorTurn(memory: Memory, tools: readonly ToolSpec[], choose: Choose): OutputItem[] {
  const report = tools.find((tool) => tool.name === 'report')
  const workers = tools.filter((tool) => tool.name !== 'report')
  const picked: OrchestratorAction[] = []
  while (picked.length < workers.length) {
    const actions = orchestratorActions(memory, workers, picked)
    const action = actions[choose('orchestrator.act', actions.map((candidate) => candidate.features))]
    if (!action?.tool) break
    picked.push(action)
  }
  if (picked.length > 0) return picked.map((action, index) => callItem(memory, index, action.tool?.name ?? '', action.args))
  return [callItem(memory, 0, 'report', isFollowUp(report) ? answer(memory, choose) : conclude(memory, choose))]
}

const heads: ReportHeads = { cause: 'orchestrator.cause', verdict: 'orchestrator.verdict', change: 'orchestrator.change', thing: 'orchestrator.thing', endings: ['change', 'thing', 'no_fault', 'undecided'] }

function isFollowUp(report: ToolSpec | undefined): boolean {
  const properties = report?.parameters['properties']
  return properties !== null && typeof properties === 'object' && 'answer' in properties
}

function conclude(memory: Memory, choose: Choose): Report {
  const { cause, blame } = draw(memory, heads, choose, mostStatements)
  const culprit = culpritOf({ blame })
  const naming = culprit?.naming.filter((seen) => !cause.includes(seen)) ?? []
  const shown = [...cause, ...naming.slice(0, 2)]
  const text = causeText(cause)
  const verdict = culprit ? 'root_cause' : blame === 'no_fault' ? 'no_fault' : 'inconclusive'
  return {
    verdict,
    title: (culprit ? `${culprit.entity.kind.replaceAll('_', ' ')} ${culprit.entity.value}` : verdict === 'no_fault' ? 'No fault found' : 'Not decided').slice(0, 150),
    rootCause: text || 'Nothing unusual was found in this window.',
    culprit: culprit ? { kind: culprit.entity.kind, name: culprit.entity.value.slice(0, 200) } : null,
    evidence: shown.map(({ signal, calls }) => ({ text: signal.text, calls: calls.slice(0, 4) })),
    missing: verdict === 'inconclusive' ? ['Evidence that ties what failed to one change, setting or job.'] : [],
    actions: culprit ? [actionFor(culprit.entity)] : [],
  }
}

function answer(memory: Memory, choose: Choose): FollowUpAnswer {
  const { cause: found } = draw(memory, heads, choose, mostStatements)
  return {
    answer: found.length > 0 ? found.map(({ signal }) => `• ${signal.text}`).join('\n').slice(0, 2400) : 'The workers found nothing more about this in the incident\'s window.',
    evidence: found.map(({ signal, calls }) => ({ text: signal.text, calls: calls.slice(0, 4) })),
  }
}

/** What a person does about a culprit of this kind. */
function actionFor({ kind, value }: Entity): string {
  const acts: Partial<Record<Entity['kind'], string>> = {
    commit: 'Revert or fix commit', deployment: 'Roll back deployment', release: 'Roll back release', migration: 'Write a migration that undoes or completes',
    credential: 'Renew', variable: 'Correct', cronjob: 'Remove or fix the scheduled job', job: 'Remove or fix the job', policy: 'Correct the policy', config_map: 'Correct the configuration',
  }
  return `${acts[kind] ?? 'Look at'} ${value}.`.slice(0, 300)
}
