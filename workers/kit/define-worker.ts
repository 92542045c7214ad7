import type { Clock } from '../../src/core/time.ts'
import type { Worker, WorkerName } from '../../src/core/worker.ts'
import { bindTool } from './bind-tool.ts'
import type { ToolDefinition } from './define-tool.ts'
import type { Redactor } from './redact.ts'

/** What the outside gives a worker for one investigation. `fetch` is the machine's, or the lab's. */
export interface WorkerDependencies {
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly redactor: Redactor
  /** Characters of a tool's text; 6,000 unless given. */
  readonly outputBudget?: number
  /** Told of every error that is a mistake of ours; the agent sees only that there was one. */
  onDefect?(error: unknown, tool: string): void
}

/** A specialist: its tools, and how its client is made from a connection (address, token, scope) and a guarded fetch. */
export interface WorkerDefinition<Connection> {
  readonly name: WorkerName
  readonly description: string
  readonly tools: readonly ToolDefinition<never>[]
  /** The worker with its credentials and its guard, ready to be given to an agent. */
  bind(connection: Connection, dependencies: WorkerDependencies): Worker
}

/** What `defineWorker` takes. */
export interface WorkerParts<Connection, Client> {
  readonly name: WorkerName
  /** The service's name in messages, such as "Sentry". */
  readonly service: string
  readonly description: string
  readonly tools: readonly ToolDefinition<Client>[]
  /** The addresses the guard lets requests go to; a path on one is the prefix of all operations' paths. */
  baseUrls(connection: Connection): readonly string[]
  /** Hosts that a redirected GET may go to, without credentials; see `GuardOptions`. */
  readonly redirectHosts?: readonly string[]
  /** Makes the client; called for every call, so it must be cheap (keep what is dear in a WeakMap by connection). */
  connect(connection: Connection, guarded: typeof fetch, clock: Clock): Client
}

/** Declares a worker. Its client gets a fetch that refuses whatever is not an operation of the calling tool. */
export function defineWorker<Connection, Client>(parts: WorkerParts<Connection, Client>): WorkerDefinition<Connection> {
  const { name, service, description, tools, redirectHosts } = parts
  return {
    name,
    description,
    tools,
    bind: (connection, dependencies) => {
      const binding = {
        ...dependencies, service, baseUrls: parts.baseUrls(connection), ...(redirectHosts === undefined ? {} : { redirectHosts }),
      }
      return {
        name,
        description,
        tools: tools.map((tool) => bindTool(tool, (guarded) => parts.connect(connection, guarded, dependencies.clock), binding)),
      }
    },
  }
}
