import type { Entity } from '../../../core/entity.ts'
import type { ToolSpec } from '../../../core/tool.ts'
import type { Memory } from './memory.ts'
import type { Sighting } from './seen.ts'
import { isChange } from './stations.ts'
import { minutesBefore } from './timing.ts'

/** Arguments for one tool, and the sighting they are about, if they name one. */
export interface Filling {
  readonly args: Readonly<Record<string, unknown>>
  readonly about: Sighting | undefined
}

interface Field {
  readonly name: string
  readonly required: boolean
  readonly entityKind: string | undefined
  readonly options: readonly unknown[] | undefined
}

/** How many different entities one tool is considered with in one turn. */
const mostPerTool = 6

/**
 * The ways to call a tool with what is known: arguments that name an entity are filled from the entities seen (and their
 * partners: entities seen together with them), an enumeration from its options, a search text from the most telling
 * identifiers. None when a required argument cannot be known.
 */
export function fillArguments(tool: ToolSpec, memory: Memory): Filling[] {
  const fields = fieldsOf(tool)
  const required = fields.filter((field) => field.required)
  const pivot = required.find(fillable) ?? fields.find(fillable)
  if (required.some((field) => field.options === undefined && !fillable(field))) return []
  const known = pivot ? candidates(pivot, memory) : []
  const choices = pivot?.required ? known : [undefined, ...known]
  return choices.flatMap((about) => fillOne(fields, pivot, about, memory))
}

function fillOne(fields: readonly Field[], pivot: Field | undefined, about: Sighting | undefined, memory: Memory): Filling[] {
  const args: Record<string, unknown> = {}
  for (const field of fields) {
    const value = field === pivot ? about?.entity.value : partnerValue(field, about, memory)
    if (value !== undefined) args[field.name] = value
    else if (field.required) return []
  }
  return [{ args, about }]
}

/** What a further argument is, given what the call is about. Optional ones are filled only by what surely belongs to it. */
function partnerValue(field: Field, about: Sighting | undefined, memory: Memory): unknown {
  if (!fillable(field)) return field.required ? field.options?.[0] : undefined
  if (!about) return field.required ? candidates(field, memory)[0]?.entity.value : undefined
  if (field.entityKind === undefined) return undefined
  const together = candidates(field, memory).find((other) => other !== about && namedTogether(other, about, memory))
  return (together ?? (field.required ? candidates(field, memory).find((other) => other !== about) : undefined))?.entity.value
}

function namedTogether(one: Sighting, other: Sighting, memory: Memory): boolean {
  return memory.things.of(one.key)?.naming.some(({ keys }) => keys.includes(other.key)) ?? false
}

const rankings = new WeakMap<Memory, Map<string, Sighting[]>>()

/** The entities that fit a field, most salient first; every field of one kind has the same. */
function candidates(field: Field, memory: Memory): readonly Sighting[] {
  const ranked = rankings.get(memory) ?? new Map<string, Sighting[]>()
  rankings.set(memory, ranked)
  const kind = field.entityKind ?? 'search'
  const known = ranked.get(kind) ?? rank(field, memory)
  ranked.set(kind, known)
  return known
}

function rank(field: Field, memory: Memory): Sighting[] {
  const fitting = memory.sightings.filter(({ entity }) => (field.entityKind === undefined ? isSearchWord(entity) : entity.kind === field.entityKind))
  const weight = (sighting: Sighting): number => salience(sighting) + (changedShortlyBefore(sighting, memory) ? 1.5 : 0)
  return fitting.map((sighting) => ({ sighting, weight: weight(sighting) })).toSorted((a, b) => b.weight - a.weight).slice(0, mostPerTool).map(({ sighting }) => sighting)
}

/** Minutes before the onset within which a change is looked at closely. */
const shortly = 26 * 60

/** Whether it is something that was changed within a day before the trouble began. */
export function changedShortlyBefore({ entity, key }: Sighting, memory: Memory): boolean {
  if (!isChange({ entity })) return false
  const changed = memory.things.of(key)?.naming.find(({ signal }) => signal.kind === 'change' && signal.at !== undefined)?.signal.at ?? entity.at
  const minutes = minutesBefore(changed, memory.onset)
  return minutes !== undefined && minutes >= -2 && minutes <= shortly
}

/** What hangs together with the question comes first, then what a severe signal names, then what several sources show. */
export function salience({ relevance, severity, sources }: Sighting): number {
  return relevance * 3 + severity * 0.5 + Math.min(2, sources.length) * 0.25
}

/** Words worth a search: names and codes; a long random id occurs in logs, which have arguments of their own for it. */
function isSearchWord({ kind, value }: Entity): boolean {
  if (/^[0-9a-f-]{16,}$/i.test(value)) return false
  return ['identifier', 'error_type', 'error_code', 'function', 'host', 'file', 'variable', 'status_code', 'column', 'table', 'cronjob', 'service'].includes(kind)
}

function fillable(field: Field): boolean {
  return field.entityKind !== undefined || (field.options === undefined && ['query', 'text', 'search', 'contains', 'pattern', 'code', 'phrase'].includes(field.name))
}

const known = new WeakMap<object, readonly Field[]>()

function fieldsOf(tool: ToolSpec): readonly Field[] {
  const made = known.get(tool.parameters)
  if (made) return made
  const properties = (tool.parameters['properties'] ?? {}) as Record<string, Record<string, unknown>>
  const required = new Set((tool.parameters['required'] ?? []) as string[])
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.has(name) && schema['default'] === undefined,
    entityKind: schema['x-entity'] as string | undefined,
    options: schema['enum'] as unknown[] | undefined,
  }))
  known.set(tool.parameters, fields)
  return fields
}
