import type { ToolSpec } from '../../../core/tool.ts'
import { aspectOverlap, aspectsOf } from './aspects.ts'
import { fillArguments } from './fill-arguments.ts'
import type { Filling } from './fill-arguments.ts'
import type { Features } from './head.ts'
import type { Memory } from './memory.ts'

/** A call a worker could make now, or the end of its work (`tool` undefined). */
export interface WorkerAction extends Partial<Filling> {
  readonly tool: ToolSpec | undefined
  readonly features: Features
}

/** Every call whose arguments can be known, and reporting. Calls already made are left out. */
export function workerActions(memory: Memory, tools: readonly ToolSpec[], picked: readonly WorkerAction[]): WorkerAction[] {
  const made = new Set([
    ...memory.calls.map((call) => callKey(call.tool, call.args)),
    ...picked.flatMap((action) => (action.tool && action.args ? [callKey(action.tool.name, action.args)] : [])),
  ])
  const report: WorkerAction = { tool: undefined, features: reportFeatures(memory, picked.length) }
  if (memory.lastStep) return [report]
  const asks = aspectsOf(memory.question.split('\n')[0] ?? '')
  const calls = tools.flatMap((tool) =>
    fillArguments(tool, memory)
      .filter((filling) => !made.has(callKey(tool.name, filling.args)))
      .map((filling): WorkerAction => ({ ...filling, tool, features: callFeatures(memory, tool, filling, asks, picked) })))
  return [...calls, report]
}

function callKey(tool: string, args: Readonly<Record<string, unknown>>): string {
  return `${tool} ${JSON.stringify(Object.entries(args).toSorted(([a], [b]) => a.localeCompare(b)))}`
}

function reportFeatures(memory: Memory, pickedNow: number): Features {
  const severities = memory.signals.map(({ signal }) => signal.severity)
  const last = memory.calls.at(-1)
  return {
    report: 1,
    'report:nothing_called': memory.calls.length === 0 ? 1 : 0,
    'report:calls': Math.min(1, memory.calls.length / 10),
    'report:worst_signal': Math.max(0, ...severities) / 3,
    'report:no_signal': severities.length === 0 ? 1 : 0,
    'report:best_relevance': Math.max(0, ...memory.signals.map((seen) => seen.relevance)),
    'report:nothing_new': last && last.novel === 0 ? 1 : 0,
    'report:picked_now': pickedNow > 0 ? 1 : 0,
  }
}

function callFeatures(memory: Memory, tool: ToolSpec, { about }: Filling, asks: ReturnType<typeof aspectsOf>, picked: readonly WorkerAction[]): Features {
  const earlier = memory.calls.filter((call) => call.tool === tool.name)
  const verb = tool.name.split('_')[1] ?? ''
  return {
    call: 1,
    'call:fits_question': aspectOverlap(asks, aspectsOf(tool.name)),
    'call:same_tool_before': Math.min(1, (earlier.length + picked.filter((action) => action.tool === tool).length) / 3),
    'call:same_tool_failed': earlier.some((call) => call.output.failure) ? 1 : 0,
    'call:first_look': earlier.length === 0 && about === undefined ? 1 : 0,
    'call:about_question': about?.inQuestion ? 1 : 0,
    'call:about_relevance': about?.relevance ?? 0,
    'call:about_severity': (about?.severity ?? 0) / 3,
    'call:about_sources': Math.min(1, (about?.sources.length ?? 0) / 3),
    'call:about_asked_before': about && memory.calls.some((call) => Object.values(call.args).includes(about.entity.value)) ? 1 : 0,
    'call:about_unseen_here': about && about.calls.length === 0 ? 1 : 0,
    'call:same_tool_found': earlier.some((call) => call.output.result?.signals.some((signal) => signal.severity >= 2)) ? 1 : 0,
    'call:overview': /^(list|search|service|environment)$/.test(verb) ? 1 : 0,
    'call:detail': /^(get|describe|pod|deploy|deployment)$/.test(verb) ? 1 : 0,
    'call:changes': aspectsOf(tool.name).has('changes') ? 1 : 0,
    'call:errors_or_logs': aspectsOf(tool.name).has('errors') || aspectsOf(tool.name).has('logs') ? 1 : 0,
    'call:schedule': aspectsOf(tool.name).has('schedule') ? 1 : 0,
    'call:configuration': aspectsOf(tool.name).has('configuration') ? 1 : 0,
    'call:late': memory.calls.length >= 6 ? 1 : 0,
  }
}
