import type { FindingDraft } from '../../../core/finding.ts'
import type { OutputItem } from '../../../core/policy.ts'
import type { ToolSpec } from '../../../core/tool.ts'
import { causeText, culpritOf, draw, mostStatements } from './compose-report.ts'
import type { ReportHeads } from './compose-report.ts'
import type { Choose } from './head.ts'
import type { Memory } from './memory.ts'
import type { SeenSignal } from './seen.ts'
import { afterPick, workerActions } from './worker-action.ts'
import type { WorkerAction } from './worker-action.ts'

const heads: ReportHeads = { cause: 'worker.claim', verdict: 'worker.verdict', change: 'worker.change', thing: 'worker.thing', endings: ['change', 'thing', 'facts_only', 'no_fault', 'undecided'] }

/** How many calls a worker may start at once. */
const fanOut = 6

/** A worker's next action: several calls at once, or its report. */
export function workerTurn(memory: Memory, tools: readonly ToolSpec[], choose: Choose): OutputItem[] {
  const callable = tools.filter((tool) => tool.name !== 'report')
  const picked: WorkerAction[] = []
  for (let actions = workerActions(memory, callable); picked.length < fanOut; actions = afterPick(memory, actions, picked)) {
    const action = actions[choose('worker.act', actions.map((candidate) => candidate.features))]
    if (!action?.tool) break
    picked.push(action)
  }
  if (picked.length > 0) return picked.map((action, index) => callItem(memory, index, action.tool?.name ?? '', action.args ?? {}))
  return [callItem(memory, 0, 'report', finding(memory, choose))]
}

function finding(memory: Memory, choose: Choose): FindingDraft {
  const { cause, blame } = draw(memory, heads, choose, mostStatements)
  const culprit = culpritOf({ blame })
  return {
    verdict: blame === 'no_fault' ? 'nothing_found' : blame === 'undecided' ? 'inconclusive' : 'found',
    answer: causeText(cause) || nothingText(memory),
    culprit: culprit ? { kind: culprit.entity.kind, name: culprit.entity.value.slice(0, 200) } : null,
    claims: [...cause, ...quotesToPassOn(memory, cause)].map(({ signal, calls }) => ({ text: signal.text, calls: calls.slice(0, 4) })),
  }
}

const mostPassedOn = 6
/** Claims a finding may have. */
const mostClaims = 12

/** Lines that may matter to whoever asked; typed signals reach the orchestrator anyway. */
function quotesToPassOn(memory: Memory, cause: readonly SeenSignal[]): SeenSignal[] {
  return memory.signals.filter((seen) => seen.quoted && !cause.includes(seen)).slice(0, Math.min(mostPassedOn, mostClaims - cause.length))
}

function nothingText(memory: Memory): string {
  const failures = memory.calls.flatMap((call) => call.output.failure?.message ?? [])
  if (failures.length > 0 && failures.length === memory.calls.length) return `No call was answered: ${failures[0] ?? ''}`.slice(0, 600)
  return `${memory.calls.length} calls showed nothing unusual in this window.`
}

/** A function call with an id that is unique within the run. */
export function callItem(memory: Memory, index: number, name: string, args: unknown): OutputItem {
  return { type: 'function_call', call_id: `local_${memory.calls.length}_${index}`, name, arguments: JSON.stringify(args) }
}
