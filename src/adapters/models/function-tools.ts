import type { JsonSchema, ToolSpec } from '../../core/tool.ts'

/** A tool's parameters as model servers want them: without our own keywords and the dialect's name. */
export function wireParameters(schema: JsonSchema): Record<string, unknown> {
  return strip(schema) as Record<string, unknown>
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (key.startsWith('x-') || key === '$schema' ? [] : [[key, strip(inner)]])))
}

/** What a language model reads about a tool. */
export function wireDescription(tool: ToolSpec): string {
  return tool.description
}
