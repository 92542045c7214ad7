import type { ToolSpec } from '../../../core/tool.ts'
import type { Aspect } from './aspects.ts'
import { aspectOverlap, aspectsOf } from './aspects.ts'
import { changedShortlyBefore, fillArguments } from './fill-arguments.ts'
import type { Filling } from './fill-arguments.ts'
import type { Features } from './head.ts'
import type { Memory, PastCall } from './memory.ts'

/** A call a worker could make now, or the end of its work (`tool` undefined). */
export interface WorkerAction extends Partial<Filling> {
  readonly tool: ToolSpec | undefined
  readonly features: Features
  /** The same for the same call, whatever it is about. */
  readonly key: string
}

/** Every call whose arguments can be known, except those already made, and reporting; the turn's first choice is among these. */
export function workerActions(memory: Memory, tools: readonly ToolSpec[]): WorkerAction[] {
  const report: WorkerAction = { tool: undefined, features: reportFeatures(memory, 0), key: '' }
  if (memory.lastStep) return [report]
  const made = new Set(memory.calls.map(keyOf))
  const asks = aspectsOf(memory.question.split('\n')[0] ?? '')
  const asked = new Set(memory.calls.flatMap((call) => Object.values(call.args)))
  const calls = tools.flatMap((tool) => {
    const shared = toolFeatures(memory, tool, asks)
    return fillArguments(tool, memory).flatMap((filling): WorkerAction[] => {
      const key = callKey(tool.name, filling.args)
      return made.has(key) ? [] : [{ ...filling, tool, key, features: { ...shared, ...aboutFeatures(filling, memory, asked, shared['call:untried'] === 1) } }]
    })
  })
  return [...calls, report]
}

/** What is left of `actions` for the next choice of the same turn, now that `picked` will be called. */
export function afterPick(memory: Memory, actions: readonly WorkerAction[], picked: readonly WorkerAction[]): WorkerAction[] {
  const last = picked.at(-1)
  // Two entities of one name make the same search.
  return actions.filter((action) => action !== last && (!action.tool || action.key !== last?.key)).map((action) => {
    if (!action.tool) return { ...action, features: reportFeatures(memory, picked.length) }
    if (action.tool !== last?.tool) return action
    const times = memory.calls.filter((call) => call.tool === action.tool?.name).length + picked.filter(({ tool }) => tool === action.tool).length
    return { ...action, features: { ...action.features, 'call:same_tool_before': Math.min(1, times / 3) } }
  })
}

const keys = new WeakMap<PastCall, string>()

function keyOf(call: PastCall): string {
  const known = keys.get(call) ?? callKey(call.tool, call.args)
  keys.set(call, known)
  return known
}

function callKey(tool: string, args: Readonly<Record<string, unknown>>): string {
  return `${tool} ${JSON.stringify(Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`
}

function reportFeatures(memory: Memory, pickedNow: number): Features {
  const severities = memory.signals.map(({ signal }) => signal.severity)
  const last = memory.calls.at(-1)
  return {
    report: 1,
    'report:nothing_called': memory.calls.length === 0 ? 1 : 0,
    'report:calls': Math.min(1, memory.calls.length / 10),
    'report:many_calls': Math.min(1, memory.calls.length / 24),
    'report:worst_signal': Math.max(0, ...severities) / 3,
    'report:no_signal': severities.length === 0 ? 1 : 0,
    'report:best_relevance': Math.max(0, ...memory.signals.map((seen) => seen.relevance)),
    'report:nothing_new': last && last.novel === 0 ? 1 : 0,
    'report:picked_now': pickedNow > 0 ? 1 : 0,
  }
}

function toolFeatures(memory: Memory, tool: ToolSpec, asks: ReadonlySet<Aspect>): Features {
  const earlier = memory.calls.filter((call) => call.tool === tool.name)
  const verb = tool.name.split('_')[1] ?? ''
  const tells = aspectsOf(tool.name)
  return {
    call: 1,
    'call:untried': earlier.length === 0 ? 1 : 0,
    'call:fits_question': aspectOverlap(asks, tells),
    'call:same_tool_before': Math.min(1, earlier.length / 3),
    'call:same_tool_failed': earlier.some((call) => call.output.failure) ? 1 : 0,
    'call:same_tool_found': earlier.some((call) => call.output.result?.signals.some((signal) => signal.severity >= 2)) ? 1 : 0,
    'call:overview': /^(list|search|service|environment)$/.test(verb) ? 1 : 0,
    'call:detail': /^(get|describe|pod|deploy|deployment)$/.test(verb) ? 1 : 0,
    'call:changes': tells.has('changes') ? 1 : 0,
    'call:errors_or_logs': tells.has('errors') || tells.has('logs') ? 1 : 0,
    'call:schedule': tells.has('schedule') ? 1 : 0,
    'call:configuration': tells.has('configuration') ? 1 : 0,
    'call:late': memory.calls.length >= 6 ? 1 : 0,
  }
}

function aboutFeatures({ about }: Filling, memory: Memory, asked: ReadonlySet<unknown>, untried: boolean): Features {
  if (!about) return { 'call:first_look': untried ? 1 : 0 }
  return {
    'call:about_question': about.inQuestion ? 1 : 0,
    'call:about_relevance': about.relevance,
    'call:about_severity': about.severity / 3,
    'call:about_sources': Math.min(1, about.sources.length / 3),
    'call:about_asked_before': asked.has(about.entity.value) ? 1 : 0,
    'call:about_recent_change': changedShortlyBefore(about, memory) ? 1 : 0,
    'call:about_unseen_here': about.calls.length === 0 ? 1 : 0,
  }
}
