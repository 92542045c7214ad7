import { Kind, parse, stripIgnoredCharacters } from 'graphql'

const BODY_KEYS = new Set(['query', 'variables', 'operationName'])
const normalised = new Map<string, string>()

/**
 * Why this request body may not be sent, or null when its query is one of `documents` (compared without
 * ignorable characters) and that document holds nothing but one `query`. Bodies are GraphQL over HTTP, as JSON.
 */
export function graphqlRefusal(body: string, documents: readonly string[]): string | null {
  let request: unknown
  try {
    request = JSON.parse(body)
  } catch {
    return 'the GraphQL request is not JSON'
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return 'the GraphQL request is not one JSON object'
  const extra = Object.keys(request).filter((key) => !BODY_KEYS.has(key))
  if (extra.length > 0) return `the GraphQL request carries ${extra.join(', ')}`
  const { query } = request as { query?: unknown }
  if (typeof query !== 'string') return 'the GraphQL request has no query'
  try {
    const wanted = stripIgnoredCharacters(query)
    if (!documents.some((document) => normalise(document) === wanted)) return 'the GraphQL document is not one of the tool’s own'
    return writesIn(query)
  } catch {
    return 'the GraphQL document does not parse'
  }
}

function normalise(document: string): string {
  const known = normalised.get(document)
  if (known !== undefined) return known
  const stripped = stripIgnoredCharacters(document)
  normalised.set(document, stripped)
  return stripped
}

function writesIn(document: string): string | null {
  const operations = parse(document, { noLocation: true }).definitions.filter((definition) => definition.kind !== Kind.FRAGMENT_DEFINITION)
  const [only] = operations
  if (operations.length !== 1 || only?.kind !== Kind.OPERATION_DEFINITION) return 'the GraphQL document holds more than one operation'
  return only.operation === 'query' ? null : `the GraphQL document is a ${only.operation}`
}
