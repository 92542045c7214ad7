import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type AnySchema } from 'ajv'
import formats from 'ajv-formats'

type Json = Record<string, unknown>

interface Document {
  readonly paths: Record<string, { get?: { responses: Record<string, unknown> } }>
  readonly components: { readonly responses?: Json }
}

const folder = join(import.meta.dirname, '../../../shared/specs')

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** OpenAPI 3.0's `nullable` as JSON Schema says it, everywhere below `schema`; what only documents is dropped. */
function asJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asJsonSchema)
  if (!isObject(schema)) return schema
  const { nullable, example: _example, examples: _examples, discriminator: _discriminator, ...rest } = schema
  const plain = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, key === 'enum' ? value : asJsonSchema(value)]))
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain
}

/** A vendor's published description of its API. */
export interface OpenApi {
  /** What in a response's body goes against the schema of `GET path` with this status: empty when it conforms. */
  problems(path: string, status: number, body: unknown): string[]
}

/** Reads an OpenAPI document that lies beside the repository. Where it is not there, says so aloud and finds no problem in anything. */
export function readOpenApi(file: string): OpenApi {
  let text: string
  try {
    text = readFileSync(join(folder, file), 'utf8')
  } catch {
    process.stderr.write(`Bodies are not checked: ${file} is not beside this repository (looked in ${folder}).\n`)
    return { problems: () => [] }
  }
  const document = JSON.parse(text) as Document
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'openapi', components: asJsonSchema(document.components) })
  return {
    problems: (path, status, body) => {
      const operation = document.paths[path]?.get
      if (operation === undefined) throw new Error(`${file} has no GET ${path}`)
      const schema = schemaOf(resolved(document, operation.responses[String(status)]))
      if (schema === undefined) return [`${file} has no schema for GET ${path} with status ${status}`]
      const validate = ajv.compile(withReferences(asJsonSchema(schema)) as AnySchema)
      if (validate(body)) return []
      return (validate.errors ?? []).map((error) => `${path} ${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`)
    },
  }
}

/** A response, or the shared one it refers to. */
function resolved({ components }: Document, response: unknown): unknown {
  if (!isObject(response) || typeof response['$ref'] !== 'string') return response
  return components.responses?.[response['$ref'].split('/').at(-1) ?? '']
}

function schemaOf(response: unknown): unknown {
  if (!isObject(response) || !isObject(response['content'])) return undefined
  const media = response['content']['application/json'] ?? Object.values(response['content'])[0]
  return isObject(media) ? media['schema'] : undefined
}

/** References into the document, as references to the schema it was added under. */
function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences)
  if (!isObject(schema)) return schema
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === '$ref' && typeof value === 'string' ? value.replace(/^#/, 'openapi#') : withReferences(value)]))
}
