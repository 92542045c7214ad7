import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ConfigurationError } from '../../src/core/errors.ts'
import { WorkerName } from '../../src/core/worker.ts'

const VariableName = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable, never a value')
const Hash = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits')

/** One server of somebody else's, plugged into a worker. `tools` are the definitions that were read and accepted, each by its hash. */
const Server = z
  .strictObject({
    worker: WorkerName,
    name: z.string().regex(/^[a-z][a-z0-9]{1,19}$/, 'must be 2 to 20 lower-case letters and digits'),
    url: z.url().optional(),
    command: z.array(z.string().min(1)).min(1).optional(),
    /** Header → the variable that holds its value. */
    headers: z.record(z.string(), VariableName).default({}),
    /** Variables the command gets, besides what every process needs. */
    environment: z.array(VariableName).default([]),
    tools: z.record(z.string(), Hash).default({}),
  })
  .refine(({ url, command }) => (url === undefined) !== (command === undefined), 'needs either url or command')
  .refine(({ url }) => url === undefined || isPrivateEnough(url), 'url must be https, or http on this machine')
const Servers = z.strictObject({ servers: z.array(Server) })

/** A plugged server with its variables' values. */
export type ExternalServer = Omit<z.infer<typeof Server>, 'environment'> & { readonly environment: Readonly<Record<string, string>> }

/**
 * The servers that the text of a configuration file names, with the values of the variables it names. Throws a `ConfigurationError` with
 * every problem at once; `file` is how people know the file.
 */
export function readExternalServers(file: string, text: string, variables: Readonly<Record<string, string | undefined>>): ExternalServer[] {
  const parsed = Servers.safeParse(parseJson(file, text))
  if (!parsed.success) throw new ConfigurationError(parsed.error.issues.map((issue) => `${file}: ${issue.path.join('.') || 'it'}: ${issue.message}`))
  const { servers } = parsed.data
  const missing = servers.flatMap(({ name, headers, environment }) => [...Object.values(headers), ...environment].filter((variable) => !variables[variable]).map((variable) => `${variable}: not set, but the MCP server "${name}" in ${file} needs it.`))
  const twice = servers.filter(({ name }, index) => servers.findIndex((other) => other.name === name) !== index).map(({ name }) => `${file}: two servers are called "${name}".`)
  if (missing.length + twice.length > 0) throw new ConfigurationError([...missing, ...twice])
  const valued = (names: readonly (readonly [string, string])[]) => Object.fromEntries(names.map(([name, variable]) => [name, variables[variable] ?? '']))
  return servers.map((server) => ({ ...server, headers: valued(Object.entries(server.headers)), environment: valued(server.environment.map((name) => [name, name])) }))
}

/** What a server says a tool is: everything a model or a person goes by. */
export interface ToolDefinitionShown {
  readonly name: string
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly inputSchema: unknown
  readonly outputSchema?: unknown
  readonly annotations?: unknown
}

/** The hash a definition is accepted by: SHA-256 of its parts as JSON with sorted keys. */
export function definitionHash({ name, title, description, inputSchema, outputSchema, annotations }: ToolDefinitionShown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(sorted({ name, title, description, inputSchema, outputSchema, annotations }))).digest('hex')}`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]))
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigurationError([`${file}: it is not JSON. It must look like {"servers": [{"worker": "docs", "name": "wiki", "url": "https://…", "headers": {"Authorization": "WIKI_TOKEN"}, "tools": {}}]}.`])
  }
}

function isPrivateEnough(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
}
