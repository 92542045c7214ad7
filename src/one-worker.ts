import { createRedactor } from '../workers/kit/redact.ts'
import { loadWorkers } from './bind-workers.ts'
import { ConfigurationError, UserError } from './core/errors.ts'
import type { Worker } from './core/worker.ts'
import { WorkerName, workerNames } from './core/worker.ts'
import type { Estate } from './estate.ts'

/**
 * One worker of an estate, bound for as long as the process lives. Throws `UserError` for a name that is no worker's, and
 * `ConfigurationError` for a worker that is not configured. `note` is told of mistakes of ours.
 */
export async function oneWorker(name: string, { connections, fetch, clock, redact }: Estate, secrets: readonly string[], note: (text: string) => void): Promise<Worker> {
  const known = WorkerName.safeParse(name)
  if (!known.success) throw new UserError(`There is no worker "${name}". The workers are: ${workerNames.join(', ')}.`)
  const connection = connections[known.data]
  if (connection === undefined) throw new ConfigurationError([`The ${name} worker is not configured. \`foreman doctor\` names what it needs; --task serves it over a task's world instead.`])
  const { bind } = await loadWorkers({ [known.data]: connection })
  const [worker] = bind({ clock, fetch, redactor: createRedactor({ ...redact, secrets: [...secrets] }), onDefect: (error, tool) => note(`${tool}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`) })
  if (worker === undefined) throw new Error(`The ${name} worker was not bound.`)
  return worker
}
