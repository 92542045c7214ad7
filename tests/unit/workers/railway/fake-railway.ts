import type { ToolOutcome, ToolResult } from '../../../../src/core/tool.ts'
import { createManualClock } from '../../../../src/core/time.ts'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { RailwayConnection } from '../../../../workers/railway/client.ts'
import { railwayWorker } from '../../../../workers/railway/worker.ts'

/** Nodes as one page of GraphQL edges. */
export const edges = (...nodes: readonly object[]) => ({ edges: nodes.map((node) => ({ node })), pageInfo: { hasNextPage: false } })
const project_names = { project: { id: 'p', name: 'shop', environments: edges({ id: 'e', name: 'production' }), services: edges({ id: 's1', name: 'api' }, { id: 's2', name: 'mailer' }) } }

type Answer = object | string | ((variables: Record<string, unknown>) => object | string)

/** A worker on a Railway that answers each document with the data given for it, or with the error given as text. */
export function bindFake(data: Readonly<Record<string, Answer>>) {
  const answers = new Map<string, Answer>(Object.entries({ project_names, ...data }))
  const fakeFetch = async (_input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { operationName, variables } = JSON.parse(typeof init?.body === 'string' ? init.body : '') as { operationName: string; variables: Record<string, unknown> }
    const known = answers.get(operationName) ?? 'no answer was prepared'
    const answer: unknown = typeof known === 'function' ? (known as (given: typeof variables) => unknown)(variables) : known
    return Response.json(typeof answer === 'string' ? { errors: [{ message: answer }], data: null } : { data: answer })
  }
  const worker = railwayWorker.bind(RailwayConnection.parse({ token: 't', tokenKind: 'account', projectId: 'p' }), { clock: createManualClock('2026-03-12T12:00:00Z'), fetch: fakeFetch, redactor: createRedactor() })
  const outcome = async (tool: string, args: object = {}): Promise<ToolOutcome> => {
    const found = worker.tools.find(({ name }) => name === `railway_${tool}`)
    if (found === undefined) throw new Error(`no tool ${tool}`)
    return found.invoke(args, { callId: 'railway1.0.0', signal: new AbortController().signal })
  }
  const result = async (tool: string, args: object = {}): Promise<ToolResult> => {
    const got = await outcome(tool, args)
    if (!got.ok) throw new Error(JSON.stringify(got.failure))
    return got.result
  }
  return { outcome, result }
}
