import type { ExternalMcp } from '../workers/kit/external-mcp.ts'
import { createRedactor } from '../workers/kit/redact.ts'
import type { RedactorOptions } from '../workers/kit/redact.ts'
import { loadWorkers } from './bind-workers.ts'
import type { ConnectionInputs } from './bind-workers.ts'
import { systemClock } from './core/time.ts'
import type { Clock } from './core/time.ts'
import type { Site } from './orchestrator/perform-run.ts'

/** The services an investigation looks into: what a lab replaces, and nothing else. */
export interface Estate {
  readonly connections: ConnectionInputs
  readonly fetch: typeof fetch
  readonly clock: Clock
  /** What is hidden besides secrets. */
  readonly redact?: Pick<RedactorOptions, 'emails' | 'cardNumbers'>
  /** Servers of others that are plugged into workers. */
  readonly external?: ExternalMcp
}

/**
 * Workers bound to an estate for one run, with their own redactor. `begunAt` is when the run first began: the machine's clock
 * moves on, and a resumed run must look back from the same instant.
 */
export async function siteOf({ connections, fetch, clock, redact, external }: Estate, secrets: readonly string[], log: { error(about: object, message: string): void }, begunAt: Date): Promise<Site> {
  const { bind } = await loadWorkers(connections)
  const onDefect = (error: unknown, tool: string): void => log.error({ err: error, tool }, 'A tool failed by a mistake of ours.')
  const dependencies = { clock, fetch, redactor: createRedactor({ ...redact, secrets: [...secrets, ...(external?.secrets ?? [])] }), onDefect }
  const own = bind(dependencies)
  const workers = external === undefined ? own : await Promise.all(own.map(async (worker) => ({ ...worker, tools: [...worker.tools, ...await external.tools(worker.name, dependencies)] })))
  return { workers, clock, asOf: clock === systemClock ? begunAt : clock.now() }
}
