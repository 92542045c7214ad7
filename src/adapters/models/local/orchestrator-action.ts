import type { Entity, EntityKind } from '../../../core/entity.ts'
import type { ToolSpec } from '../../../core/tool.ts'
import { aspectOverlap, aspectsOf } from './aspects.ts'
import { salience } from './fill-arguments.ts'
import type { Features } from './head.ts'
import { onsetPhrase } from './onset.ts'
import type { Memory, PastCall } from './memory.ts'

/** What the foreman can ask a worker for; the words are a question for any worker, local or not. */
const focuses = {
  trouble: 'What errors, failures or unhealthy states are there in this window, since when, and what do they name?',
  changes: 'What changed shortly before and during this window: deployments, commits, migrations, configuration, schedules? When, and by whom?',
  entities: 'What do you know about these exact ids and names: where do they occur, what happened to them and when?',
} as const satisfies Record<string, string>
type Focus = keyof typeof focuses

/** A question to one worker, or the end of the investigation (`tool` undefined). */
export interface OrchestratorAction {
  readonly tool: ToolSpec | undefined
  readonly focus: Focus | undefined
  readonly args: Readonly<Record<string, unknown>>
  readonly features: Features
}

/** Kinds of entities one system knows and others can look up. */
const portable: readonly EntityKind[] = ['commit', 'release', 'deployment', 'service', 'workload', 'function', 'table', 'column', 'migration', 'identifier', 'host', 'variable', 'credential', 'error_code', 'error_type', 'trace', 'file', 'issue', 'cronjob', 'job', 'project', 'environment', 'repository', 'pod', 'namespace', 'status_code', 'monitor', 'image', 'event']

/** Every question to every worker, and reporting. */
export function orchestratorActions(memory: Memory, tools: readonly ToolSpec[], picked: readonly OrchestratorAction[]): OrchestratorAction[] {
  const report: OrchestratorAction = { tool: undefined, focus: undefined, args: {}, features: reportFeatures(memory, picked.length) }
  if (memory.lastStep) return [report]
  const entities = entitiesToAskAbout(memory)
  const questions = tools.flatMap((tool) => (Object.keys(focuses) as Focus[]).flatMap((focus): OrchestratorAction[] => {
    if (focus === 'entities' && entities.length === 0) return []
    if (picked.some((action) => action.tool === tool)) return []
    const args = { question: questionText(memory, focus), ...(entities.length > 0 && { entities: entities.map(({ kind, value }) => ({ kind, value })) }) }
    return [{ tool, focus, args, features: questionFeatures(memory, tool, focus, entities, picked) }]
  }))
  return [...questions, report]
}

/** The focus's question, with when the trouble began and the alert's own words, so that nothing is lost on the way. */
function questionText(memory: Memory, focus: Focus): string {
  const began = memory.onset === undefined ? '' : `${onsetPhrase}${memory.onset}.\n`
  return `${focuses[focus]}\n${began}${memory.question.slice(0, 900)}`
}

function entitiesToAskAbout(memory: Memory): Entity[] {
  return memory.sightings
    .filter(({ entity }) => portable.includes(entity.kind))
    .toSorted((a, b) => salience(b) - salience(a))
    // A row of ids of one kind (a trace per request) tells no more than the first few.
    .filter(({ entity }, index, all) => all.slice(0, index).filter((earlier) => earlier.entity.kind === entity.kind).length < 4)
    .slice(0, 20)
    .map(({ entity }) => entity)
}

function reportFeatures(memory: Memory, pickedNow: number): Features {
  const asked = new Set(memory.calls.map((call) => call.tool)).size
  const last = memory.calls.at(-1)
  return {
    report: 1,
    'report:nothing_asked': memory.calls.length === 0 ? 1 : 0,
    'report:workers_asked': asked / 6,
    'report:rounds': Math.min(1, memory.calls.length / 12),
    'report:worst_signal': Math.max(0, ...memory.signals.map(({ signal }) => signal.severity)) / 3,
    'report:change_seen': memory.signals.some(({ signal }) => signal.kind === 'change') ? 1 : 0,
    'report:nothing_new': last && last.novel === 0 ? 1 : 0,
    'report:picked_now': pickedNow > 0 ? 1 : 0,
  }
}

const asked = new WeakMap<PastCall, ReadonlySet<string>>()

/** The values of the entities a worker was asked about. */
function askedValues(call: PastCall): ReadonlySet<string> {
  const known = asked.get(call)
  if (known) return known
  const entities = call.args['entities']
  const values = new Set(Array.isArray(entities) ? entities.map((entity: unknown) => (entity !== null && typeof entity === 'object' && 'value' in entity ? String(entity.value) : '')) : [])
  asked.set(call, values)
  return values
}

function questionFeatures(memory: Memory, tool: ToolSpec, focus: Focus, entities: readonly Entity[], picked: readonly OrchestratorAction[]): Features {
  const before = memory.calls.filter((call) => call.tool === tool.name)
  const sameFocus = before.some(({ args: { question } }) => typeof question === 'string' && question.startsWith(focuses[focus]))
  const expertise = aspectsOf(tool.description)
  const fresh = entities.filter((entity) => !before.some((call) => askedValues(call).has(entity.value))).length
  return {
    ask: 1,
    [`focus:${focus}`]: 1,
    'ask:first_time': before.length === 0 ? 1 : 0,
    'ask:again': Math.min(1, before.length / 2),
    'ask:same_focus_again': sameFocus ? 1 : 0,
    'ask:failed_before': before.some((call) => call.output.failure) ? 1 : 0,
    'ask:fits_alert': aspectOverlap(expertise, aspectsOf(memory.question)),
    'ask:fresh_entities': Math.min(1, fresh / 8),
    'ask:entities_elsewhere': focus === 'entities' && fresh > 0 ? 1 : 0,
    'ask:alert_source_first': memory.calls.length === 0 && memory.sightings.some(({ entity }) => entity.kind === 'issue') && tool.name.endsWith('sentry') ? 1 : 0,
    'ask:blind': memory.calls.length === 0 && picked.length > 0 ? 1 : 0,
    'ask:found_trouble_before': before.some((call) => call.output.finding?.verdict === 'found') ? 1 : 0,
  }
}
