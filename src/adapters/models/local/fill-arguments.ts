import type { ToolSpec } from '../../../core/tool.ts'
import type { Memory, Sighting } from './memory.ts'

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
  readonly free: boolean
}

/** How many different entities one tool is considered with in one turn. */
const mostPerTool = 6

/**
 * The ways to call a tool with what is known: every required argument that names an entity is filled from the entities
 * seen, an enumeration from its options, a search text from the most telling identifiers. None when an argument cannot be known.
 */
export function fillArguments(tool: ToolSpec, memory: Memory): Filling[] {
  const fields = fieldsOf(tool)
  const required = fields.filter((field) => field.required)
  if (required.some((field) => field.free && !isSearchText(field.name))) return []
  const pivot = required.find((field) => field.entityKind !== undefined) ?? required.find((field) => field.free)
  const optionalPivot = fields.find((field) => !field.required && field.entityKind !== undefined)
  const choices = pivot ? valuesFor(pivot, memory) : [undefined, ...(optionalPivot ? valuesFor(optionalPivot, memory).slice(0, 3) : [])]
  const field = pivot ?? optionalPivot
  return choices.flatMap((about) => {
    const rest = required.filter((other) => other !== pivot)
    const args: Record<string, unknown> = about && field ? { [field.name]: about.entity.value } : {}
    for (const other of rest) {
      const value = other.options?.[0] ?? (other.entityKind === undefined ? undefined : valuesFor(other, memory).find((sighting) => sighting !== about)?.entity.value)
      if (value === undefined) return []
      args[other.name] = value
    }
    return [{ args, about }]
  })
}

function valuesFor(field: Field, memory: Memory): Sighting[] {
  const fitting = memory.sightings.filter(({ entity }) => (field.entityKind === undefined ? isTelling(entity.kind) : entity.kind === field.entityKind))
  return fitting.toSorted((a, b) => salience(b) - salience(a)).slice(0, mostPerTool)
}

/** What was asked about comes first, then what a severe signal names, then what several sources show. */
export function salience({ inQuestion, severity, sources }: Sighting): number {
  return (inQuestion ? 2 : 0) + severity + Math.min(2, sources.length) * 0.5
}

function isTelling(kind: string): boolean {
  return ['identifier', 'error_type', 'error_code', 'function', 'host', 'file', 'variable', 'status_code'].includes(kind)
}

function isSearchText(name: string): boolean {
  return ['query', 'text', 'search', 'contains', 'pattern', 'q', 'code', 'phrase'].includes(name)
}

function fieldsOf(tool: ToolSpec): Field[] {
  const properties = (tool.parameters['properties'] ?? {}) as Record<string, Record<string, unknown>>
  const required = new Set((tool.parameters['required'] ?? []) as string[])
  return Object.entries(properties).map(([name, schema]) => {
    const options = schema['enum'] as unknown[] | undefined
    const entityKind = schema['x-entity'] as string | undefined
    return { name, required: required.has(name) && schema['default'] === undefined, entityKind, options, free: entityKind === undefined && options === undefined }
  })
}
