import { Client, ProtocolError, SdkError, SdkErrorCode, SdkHttpError, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import type { CallToolResult, Tool as ListedTool } from '@modelcontextprotocol/client'
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { z } from 'zod'
import { FailureError, fail } from '../../src/core/errors.ts'
import type { Worker, WorkerName } from '../../src/core/worker.ts'
import { bindTool } from './bind-tool.ts'
import type { WorkerDependencies } from './define-worker.ts'
import { definitionHash } from './external-mcp-config.ts'
import type { ExternalServer } from './external-mcp-config.ts'
import { extractEntities } from './extract-entities.ts'
import { failureOfStatus } from './failure-of.ts'
import { guardFetch } from './guarded-fetch.ts'
import { clip } from './plain-text.ts'

/** The servers of others that are plugged into workers. Connections are opened when first needed and kept. */
export interface ExternalMcp {
  /** The accepted tools for one worker and one run. What is missing, and what must be done about it, is told to `onProblem`. */
  tools(worker: WorkerName, dependencies: WorkerDependencies): Promise<Worker['tools']>
  /** The values that must not be shown anywhere: headers and variables. */
  readonly secrets: readonly string[]
  close(): Promise<void>
}

const CONNECT_MS = 10_000
const LONGEST_DESCRIPTION = 600

/** Plugs `servers` in. Nothing is trusted but what was accepted: only tools that say they only read, whose definition has its accepted hash. */
export function createExternalMcp(servers: readonly ExternalServer[], { fetch: fetchImpl, onProblem }: { fetch: typeof fetch; onProblem(problem: string): void }): ExternalMcp {
  const open = new Map<ExternalServer, Promise<Client>>()
  const client = async (server: ExternalServer): Promise<Client> => {
    const connecting = open.get(server) ?? connect(server, fetchImpl, () => open.delete(server))
    open.set(server, connecting)
    return connecting
  }
  const ofServer = async (server: ExternalServer, dependencies: WorkerDependencies): Promise<Worker['tools']> => {
    try {
      const { tools } = await (await client(server)).listTools(undefined, { cacheMode: 'refresh', timeout: CONNECT_MS })
      const { accepted, problems } = judge(server, tools)
      for (const problem of problems) onProblem(problem)
      return accepted.map((tool) => bind(server, tool, () => client(server), dependencies))
    } catch (error) {
      open.delete(server)
      onProblem(`The MCP server "${server.name}" of the ${server.worker} worker gave no list of its tools, so this run goes without them: ${failureAt(server, error).failure.message}`)
      return []
    }
  }
  return {
    secrets: servers.flatMap(({ headers, environment }) => [...Object.values(headers), ...Object.values(environment)]),
    tools: async (worker, dependencies) => (await Promise.all(servers.filter((server) => server.worker === worker).map((server) => ofServer(server, dependencies)))).flat(),
    close: async () => {
      const clients = await Promise.allSettled(open.values())
      open.clear()
      await Promise.all(clients.flatMap((settled) => (settled.status === 'fulfilled' ? [settled.value.close()] : [])))
    },
  }
}

async function connect(server: ExternalServer, fetchImpl: typeof fetch, onClose: () => void): Promise<Client> {
  const { url, command, headers, environment } = server
  // No capabilities: such a server can ask nothing of us, neither a model's words nor a person's.
  const client = new Client({ name: 'foreman', version: '1' }, { versionNegotiation: { mode: 'auto' }, capabilities: {} })
  // The client is no event target: this is its one way to tell.
  Object.assign(client, { onclose: onClose })
  const [program = '', ...args] = command ?? []
  const transport = url === undefined
    ? new StdioClientTransport({ command: program, args, env: { ...getDefaultEnvironment(), ...environment }, stderr: 'ignore' })
    : new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers }, fetch: guardedEndpoint(url, fetchImpl) })
  await client.connect(transport, { timeout: CONNECT_MS })
  return client
}

/** A fetch that posts to the one endpoint and nowhere else. */
function guardedEndpoint(url: string, fetchImpl: typeof fetch): typeof fetch {
  const { origin, pathname } = new URL(url)
  const guarded = guardFetch(fetchImpl, [{ type: 'http', method: 'POST', path: pathname }], { baseUrls: [origin] })
  return async (input, init) => {
    // A standing stream is offered by GET and closed by DELETE; we want neither, and a server must take 405 for an answer.
    const method = (init?.method ?? 'GET').toUpperCase()
    return method === 'POST' ? await guarded(input, init) : new Response(null, { status: 405 })
  }
}

function judge(server: ExternalServer, listed: readonly ListedTool[]): { accepted: ListedTool[]; problems: string[] } {
  const where = `The MCP server "${server.name}" of the ${server.worker} worker`
  const reading = listed.filter(({ annotations }) => annotations?.readOnlyHint === true && annotations.destructiveHint !== true)
  const pinOf = (tool: ListedTool): string | undefined => server.tools[tool.name]
  const hint = (tool: ListedTool): string => `"${tool.name}": "${definitionHash(tool)}"`
  const changed = reading.filter((tool) => pinOf(tool) !== undefined && pinOf(tool) !== definitionHash(tool))
  const fresh = reading.filter((tool) => pinOf(tool) === undefined)
  const gone = Object.keys(server.tools).filter((name) => !reading.some((tool) => tool.name === name))
  const how = 'Read what the server says they do; to accept them, put these lines under "tools" of that server in the file FOREMAN_MCP names'
  return {
    accepted: reading.filter((tool) => pinOf(tool) === definitionHash(tool)),
    problems: [
      ...(changed.length > 0 ? [`${where} has changed the definition of tools that were accepted, so they are refused. ${how}: ${changed.map(hint).join(', ')}`] : []),
      ...(fresh.length > 0 ? [`${where} offers tools that nobody has accepted yet. ${how}: ${fresh.map(hint).join(', ')}`] : []),
      ...(gone.length > 0 ? [`${where} no longer offers ${gone.join(', ')} as tools that only read; take them out of the file or ask whoever runs that server.`] : []),
    ],
  }
}

function bind(server: ExternalServer, listed: ListedTool, client: () => Promise<Client>, dependencies: WorkerDependencies): Worker['tools'][number] {
  const schema = z.fromJSONSchema(listed.inputSchema as z.core.JSONSchema.JSONSchema)
  const name = `${server.worker}_${server.name}_${listed.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 64)
  const tool = bindTool<undefined>({
    name,
    title: clip(listed.title ?? listed.annotations?.title ?? listed.name, 100),
    useWhen: clip(`${listed.description ?? listed.name} (by the MCP server "${server.name}")`, LONGEST_DESCRIPTION),
    input: schema instanceof z.ZodObject ? schema : z.looseObject({}),
    output: z.record(z.string(), z.unknown()),
    operations: [{ type: 'mcp', server: server.name, tool: listed.name }],
    run: async (args, { signal }) => {
      const result = await callTool(server, await client(), listed.name, args, signal)
      const said = textOf(result)
      dependencies.redactor.notice(said)
      dependencies.redactor.notice(JSON.stringify(result.structuredContent ?? {}))
      return { structured: result.structuredContent === undefined ? { text: said } : recordOf(result.structuredContent), text: said, entities: extractEntities(said, 60), signals: [] }
    },
  }, () => undefined, { ...dependencies, service: `The MCP server "${server.name}"`, baseUrls: [] })
  return { ...tool, parameters: listed.inputSchema }
}

async function callTool(server: ExternalServer, client: Client, name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<CallToolResult> {
  let result: CallToolResult
  try {
    result = await client.callTool({ name, arguments: args }, { signal, timeout: 60_000 })
  } catch (error) {
    throw failureAt(server, error)
  }
  // What such a server says went wrong is its own text; nothing of it is repeated.
  if (result.isError === true) fail('invalid_input', `The MCP server "${server.name}" could not do that with these arguments; change them.`)
  return result
}

/** What went wrong between us and such a server, in our words. */
function failureAt({ name }: ExternalServer, error: unknown): FailureError {
  const it = `The MCP server "${name}"`
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof FailureError) return cause
  if (error instanceof UnauthorizedError) return new FailureError(failureOfStatus(401, it))
  const status = error instanceof SdkHttpError ? error.data.status : undefined
  if (status !== undefined && status >= 400) return new FailureError(failureOfStatus(status, it))
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) return new FailureError({ kind: 'timeout', message: `${it} did not answer in time; ask for less.` })
  if (error instanceof SdkError && error.code === SdkErrorCode.InvalidResult) return new FailureError({ kind: 'bad_response', message: `${it} answered with something other than its own schema promises.` })
  if (error instanceof ProtocolError) return new FailureError({ kind: 'invalid_input', message: `${it} did not take this call (error ${error.code}); change the arguments.` })
  return new FailureError({ kind: 'unavailable', message: `${it} could not be reached, or ended the connection.` })
}

function textOf({ content }: CallToolResult): string {
  return content.map((block) => (block.type === 'text' ? block.text : block.type === 'resource_link' ? `${block.name}: ${block.uri}` : `[${block.type}]`)).join('\n')
}

function recordOf(structured: unknown): Record<string, unknown> {
  return typeof structured === 'object' && structured !== null && !Array.isArray(structured) ? (structured as Record<string, unknown>) : { result: structured }
}
