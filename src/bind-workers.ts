import type { z } from 'zod'
import { ConfigurationError } from './core/errors.ts'
import type { Worker, WorkerName } from './core/worker.ts'
import { workerNames } from './core/worker.ts'
import type { WorkerDefinition, WorkerDependencies } from '../workers/kit/define-worker.ts'

/** A worker and the schema of its connection; the one table of which workers there are. */
interface Specialist<Connection = never> {
  readonly worker: WorkerDefinition<Connection>
  readonly connection: z.ZodType<Connection>
}

/** Loaded when first needed: a machine without Kubernetes credentials never loads its client. */
const specialists: { readonly [Name in WorkerName]: () => Promise<Specialist> } = {
  sentry: async () => specialist((await import('../workers/sentry/worker.ts')).sentryWorker, (await import('../workers/sentry/client.ts')).SentryConnection),
  supabase: async () => specialist((await import('../workers/supabase/worker.ts')).supabaseWorker, (await import('../workers/supabase/client.ts')).SupabaseConnection),
  railway: async () => specialist((await import('../workers/railway/worker.ts')).railwayWorker, (await import('../workers/railway/client.ts')).RailwayConnection),
  kubernetes: async () => specialist((await import('../workers/kubernetes/worker.ts')).kubernetesWorker, (await import('../workers/kubernetes/client.ts')).KubernetesConnection),
  github: async () => specialist((await import('../workers/github/worker.ts')).githubWorker, (await import('../workers/github/client.ts')).GithubConnection),
  docs: async () => specialist((await import('../workers/docs/worker.ts')).docsWorker, (await import('../workers/docs/client.ts')).DocsConnection),
}

function specialist<Connection>(worker: WorkerDefinition<Connection>, connection: z.ZodType<Connection>): Specialist {
  return { worker, connection } as unknown as Specialist
}

/** What is known about each service: the input of its worker's connection schema, or undefined when it is not configured. */
export type ConnectionInputs = Readonly<Partial<Record<WorkerName, unknown>>>

/** Binds workers for one investigation: each call gives fresh ones, with their own redactor. */
export type BindWorkers = (dependencies: WorkerDependencies) => Worker[]

/**
 * Loads the configured workers and checks their connections. Throws `ConfigurationError` with every problem of every
 * connection, so that they can all be mended at once.
 */
export async function loadWorkers(inputs: ConnectionInputs): Promise<{ configured: readonly WorkerName[]; bind: BindWorkers }> {
  const configured = workerNames.filter((name) => inputs[name] !== undefined)
  const loaded = await Promise.all(configured.map(async (name) => ({ name, ...await specialists[name]() })))
  const problems: string[] = []
  const ready = loaded.flatMap(({ name, worker, connection }) => {
    const parsed = connection.safeParse(withoutUndefined(inputs[name]))
    if (parsed.success) return [(dependencies: WorkerDependencies) => worker.bind(parsed.data, dependencies)]
    problems.push(...parsed.error.issues.map((issue) => `The ${name} worker's connection: ${issue.path.join('.') || 'it'}: ${issue.message}`))
    return []
  })
  if (problems.length > 0) throw new ConfigurationError(problems)
  return { configured, bind: (dependencies) => ready.map((make) => make(dependencies)) }
}

/** Every worker's definition, whether configured or not: for the catalogue of tools. */
export async function allWorkers(): Promise<WorkerDefinition<never>[]> {
  return await Promise.all(workerNames.map(async (name) => (await specialists[name]()).worker))
}

function withoutUndefined(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))
}
