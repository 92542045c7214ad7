import { z } from 'zod'
import { WorkerName } from '../worker.ts'
import { GithubWorld } from './github.ts'
import { KubernetesWorld } from './kubernetes.ts'
import { LogLine } from './logs.ts'
import { RailwayWorld } from './railway.ts'
import { SentryWorld } from './sentry.ts'
import { SupabaseWorld } from './supabase.ts'

/** One service of the team and the names it goes by in each system: `world/world.json`'s who is who. */
const ServiceCard = z.object({
  name: z.string(),
  owner: z.string(),
  repository: z.string().optional(),
  sentryProject: z.string().optional(),
  railwayService: z.string().optional(),
  kubernetes: z.object({ namespace: z.string(), workload: z.string() }).optional(),
  dependsOn: z.array(z.string()).default([]),
})
export type ServiceCard = z.infer<typeof ServiceCard>

/** `world/world.json`: the instant the world is frozen at, who is who, and what is broken about its services. */
export const WorldHeader = z.object({
  version: z.literal(1),
  now: z.iso.datetime({ offset: true }),
  organization: z.object({ name: z.string(), slug: z.string() }),
  people: z.array(z.object({ name: z.string(), login: z.string(), email: z.string() })),
  services: z.array(ServiceCard),
  /** Services that answer with an error instead of data. */
  outages: z.array(z.object({ worker: WorkerName, status: z.number().int(), message: z.string() })).default([]),
})
export type WorldHeader = z.infer<typeof WorldHeader>

/** The six services frozen at an instant, with their clock: a task's `world/` folder, loaded. */
export const World = z.object({
  header: WorldHeader,
  sentry: SentryWorld,
  railway: RailwayWorld,
  kubernetes: KubernetesWorld,
  github: GithubWorld,
  supabase: SupabaseWorld,
  logs: z.array(LogLine),
  /** Path below `docs/` → Markdown, or YAML of a service catalogue. */
  docs: z.record(z.string(), z.string()),
})
export type World = z.infer<typeof World>
