import type { JsonSchema } from '../../core/tool.ts'

const made = new WeakMap<JsonSchema, Record<string, unknown>>()

/** A tool's parameters as model servers want them: without our own `x-` keywords and the dialect's name. A schema is converted once. */
export function wireParameters(schema: JsonSchema): Record<string, unknown> {
  const known = made.get(schema)
  if (known) return known
  const wire = withoutOwnKeywords(schema)
  made.set(schema, wire)
  return wire
}

function withoutOwnKeywords(schema: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key.startsWith('x-') || key === '$schema') return []
    // Below `properties` keys are the arguments' names, whatever they begin with.
    return [[key, key === 'properties' && isObject(value) ? mapValues(value, convert) : convert(value)]]
  }))
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert)
  return isObject(value) ? withoutOwnKeywords(value) : value
}

function mapValues(object: object, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
