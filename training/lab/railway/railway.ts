import { readFileSync } from 'node:fs'
import {
  buildSchema, execute, GraphQLError, Kind, OperationTypeNode, parse, Source, validate, type DocumentNode, type ExecutionResult, type GraphQLFormattedError, type OperationDefinitionNode,
} from 'graphql'
import { z } from 'zod'
import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps, LabService } from '../service.ts'
import { stableHex } from '../stable-id.ts'
import { viewResolver } from './blank.ts'
import { createEstate } from './estate.ts'
import { LogFilterError } from './log-filter.ts'
import { createQueries, RailwayNotFound } from './queries.ts'
import { RailwayNotAuthorized, withinToken } from './token-scope.ts'

const schema = buildSchema(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'))

const GraphqlRequest = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
})

/** Railway's Pro plan: 10,000 requests an hour. The lab does not count, so that the same request gets the same answer; a world's outage can refuse. */
const hourlyLimit = 10_000

/**
 * Railway's public API over `world`: GraphQL at `/graphql/v2`, executed against the part of Railway's schema in
 * schema.graphql. A mutation is refused as a token without write access is, and marked as a write. Subscriptions and
 * what lies outside the trimmed schema are not served.
 */
export function createRailway(world: World, { clock, recorder }: LabDeps): LabService {
  const estate = createEstate(world, clock)
  const queries = createQueries(estate)
  const answer = (response: Response): Response => {
    response.headers.set('X-RateLimit-Limit', String(hourlyLimit))
    response.headers.set('X-RateLimit-Remaining', String(hourlyLimit - 1))
    response.headers.set('X-RateLimit-Reset', String(Math.ceil(clock.now().getTime() / 3_600_000) * 3600))
    return response
  }
  return {
    fetch: async (request) => {
      if (new URL(request.url).pathname !== '/graphql/v2') {
        recorder.mark(request, { unknownRoute: true, write: false })
        return new Response('Not Found', { status: 404 })
      }
      recorder.mark(request, { write: false })
      const body = GraphqlRequest.safeParse(request.method === 'POST' ? await request.json().catch(() => null) : Object.fromEntries(new URL(request.url).searchParams))
      if (!body.success) return answer(Response.json({ errors: [refusal('POST body missing, invalid Content-Type, or JSON object has no keys.', 'BAD_REQUEST')] }, { status: 400 }))
      const { document, operation, error } = read(body.data.query, body.data.operationName)
      if (error) return answer(Response.json({ errors: [railwayError(error, 'GRAPHQL_PARSE_FAILED')] }, { status: 400 }))
      if (operation?.operation === OperationTypeNode.MUTATION) {
        recorder.mark(request, { write: true })
        return answer(Response.json({ errors: [notAuthorized(operation)], data: null }))
      }
      const invalid = validate(schema, document)
      if (invalid.length > 0) {
        return answer(Response.json({ errors: invalid.map((problem) => railwayError(problem, 'GRAPHQL_VALIDATION_FAILED')) }, { status: 400 }))
      }
      return answer(await run(document, withinToken(queries, estate, request.headers), body.data))
    },
  }
}

interface ReadDocument {
  readonly document: DocumentNode
  readonly operation?: OperationDefinitionNode | undefined
  readonly error?: GraphQLError
}

function read(query: string, operationName: string | null | undefined): ReadDocument {
  try {
    const document = parse(new Source(query))
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    return { document, operation: operations.find(({ name }) => name?.value === operationName) ?? operations.find(({ operation }) => operation === OperationTypeNode.MUTATION) ?? operations[0] }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return { document: { kind: Kind.DOCUMENT, definitions: [] }, error }
  }
}

async function run(document: DocumentNode, rootValue: Record<string, unknown>, { variables, operationName }: z.infer<typeof GraphqlRequest>): Promise<Response> {
  const result: ExecutionResult = await execute({ schema, document, rootValue, variableValues: variables, operationName, fieldResolver: viewResolver })
  const { data, errors } = result
  if (!errors) return Response.json({ data })
  // A missing variable is the caller's mistake and stops the request; an error in a field leaves the rest of the answer.
  const badInput = data === undefined
  return Response.json(
    { errors: errors.map((error) => railwayError(error, badInput ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR')), ...(!badInput && { data }) },
    { status: badInput ? 400 : 200 },
  )
}

function refusal(message: string, code: string): GraphQLFormattedError & { traceId: string } {
  return { message, extensions: { code }, traceId: BigInt(`0x${stableHex(message, 15)}`).toString() }
}

/** An error in the shape Railway gives it. What is not said on purpose is a bug in the lab, and thrown as one. */
function railwayError(error: GraphQLError, code: string): GraphQLFormattedError {
  const cause = error.originalError
  if (cause && !(cause instanceof RailwayNotFound || cause instanceof RailwayNotAuthorized || cause instanceof LogFilterError || cause instanceof GraphQLError)) throw cause
  const { message, locations, path } = error.toJSON()
  return { ...(locations && { locations }), ...(path && { path }), ...refusal(message, code) }
}

function notAuthorized(operation: OperationDefinitionNode): GraphQLFormattedError {
  const [field] = operation.selectionSet.selections
  const { loc } = operation.selectionSet
  const at = field?.loc ?? loc
  return {
    ...refusal('Not Authorized', 'INTERNAL_SERVER_ERROR'),
    ...(at && { locations: [{ line: at.startToken.line, column: at.startToken.column }] }),
    ...(field?.kind === Kind.FIELD && { path: [field.alias?.value ?? field.name.value] }),
  }
}
