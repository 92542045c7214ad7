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
}

/** A specialist: its tools, and how its client is made from a connection (address, token, scope) and a guarded fetch. */
export interface WorkerDefinition<Connection> {
  readonly name: WorkerName
  readonly description: string
  readonly tools: readonly ToolDefinition<never>[]
  /** The worker with its credentials and its guard, ready to be given to an agent. */
  bind(connection: Connection, dependencies: WorkerDependencies): Worker
}

/** Declares a worker. `connect` gets a fetch that refuses whatever is not an operation of the calling tool. */
export function defineWorker<Connection, Client>(worker: {
  name: WorkerName
  description: string
  tools: readonly ToolDefinition<Client>[]
  connect: (connection: Connection, guarded: typeof fetch, clock: Clock) => Client
}): WorkerDefinition<Connection> {
  const { name, description, tools, connect } = worker
  return {
    name,
    description,
    tools: tools as readonly ToolDefinition<never>[],
    bind: (connection, dependencies) => ({
      name,
      description,
      tools: tools.map((tool) => bindTool(tool, (guarded) => connect(connection, guarded, dependencies.clock), dependencies)),
    }),
  }
}
