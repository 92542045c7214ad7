import { z } from 'zod'
import type { JsonSchema } from '../../src/core/tool.ts'
import type { ToolDefinition } from './define-tool.ts'

/** A tool's schemas in the two forms they are used in; made once per definition. */
export interface ToolSchemas {
  /** Refuses fields the tool does not have. */
  readonly input: z.ZodObject
  readonly output: z.ZodType
  readonly parameters: JsonSchema
  readonly outputSchema: JsonSchema
}

const made = new WeakMap<object, ToolSchemas>()

/** The schemas of a definition as zod and as JSON Schema (draft 2020-12, the input as a caller writes it, `x-entity` kept). */
export function toolSchemas(definition: Pick<ToolDefinition<never>, 'input' | 'output'>): ToolSchemas {
  const known = made.get(definition)
  if (known !== undefined) return known
  const input = definition.input.strict()
  const schemas = {
    input,
    output: definition.output,
    parameters: jsonSchema(input, 'input'),
    outputSchema: jsonSchema(definition.output, 'output'),
  }
  made.set(definition, schemas)
  return schemas
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...document } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return document
}

/** What is wrong with the arguments, field by field, in words a caller can act on. */
export function describeInputProblems(error: z.ZodError, schemas: ToolSchemas): string {
  const known = Object.keys(schemas.input.shape).join(', ')
  const problems = error.issues.slice(0, 5).map((issue) => {
    if (issue.code === 'unrecognized_keys') return `unknown field ${issue.keys.join(', ')} (fields: ${known === '' ? 'none' : known})`
    const field = issue.path.join('.')
    return `${field === '' ? 'arguments' : field}: ${issue.message}`
  })
  return `Invalid arguments. ${problems.join('; ')}.`.slice(0, 600)
}
