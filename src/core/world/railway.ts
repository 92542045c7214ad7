import { z } from 'zod'

const Time = z.iso.datetime({ offset: true })

export const RailwayDeployment = z.object({
  id: z.string(),
  service: z.string(),
  environment: z.string(),
  status: z.enum(['BUILDING', 'CRASHED', 'DEPLOYING', 'FAILED', 'INITIALIZING', 'NEEDS_APPROVAL', 'QUEUED', 'REMOVED', 'REMOVING', 'SKIPPED', 'SLEEPING', 'SUCCESS', 'WAITING']),
  createdAt: Time,
  updatedAt: Time,
  creator: z.string().optional(),
  commit: z.object({ sha: z.string(), message: z.string(), author: z.string(), branch: z.string() }).optional(),
  image: z.string().optional(),
  reason: z.enum(['deploy', 'redeploy', 'rollback', 'variables', 'cron']).default('deploy'),
  diagnosis: z.string().optional(),
  events: z.array(z.object({ step: z.string(), at: Time, completedAt: Time.optional(), error: z.string().optional() })).default([]),
})
export type RailwayDeployment = z.infer<typeof RailwayDeployment>

/** A service in one environment, as configured now. Variables hold their values; no tool may let one out. */
export const RailwayInstance = z.object({
  service: z.string(),
  environment: z.string(),
  startCommand: z.string().optional(),
  buildCommand: z.string().optional(),
  builder: z.string().default('RAILPACK'),
  preDeployCommand: z.string().optional(),
  healthcheckPath: z.string().optional(),
  healthcheckTimeout: z.number().int().optional(),
  restartPolicy: z.enum(['ON_FAILURE', 'ALWAYS', 'NEVER']).default('ON_FAILURE'),
  restartMaxRetries: z.number().int().default(10),
  replicas: z.number().int().default(1),
  region: z.string().default('europe-west4'),
  cron: z.string().optional(),
  nextCronRunAt: Time.optional(),
  sleep: z.boolean().default(false),
  rootDirectory: z.string().optional(),
  image: z.string().optional(),
  repository: z.string().optional(),
  limits: z.object({ cpu: z.number(), memoryGb: z.number() }).default({ cpu: 8, memoryGb: 8 }),
  variables: z.record(z.string(), z.string()).default({}),
  domains: z.array(z.object({
    domain: z.string(), custom: z.boolean(), targetPort: z.number().int().optional(), verified: z.boolean().default(true),
    certificate: z.string().default('CERTIFICATE_STATUS_TYPE_VALID'), certificateError: z.string().optional(),
  })).default([]),
  /** [ISO minute, value]; CPU in cores, memory and disk in GB, network in GB. */
  metrics: z.partialRecord(z.enum(['CPU_USAGE', 'MEMORY_USAGE_GB', 'NETWORK_RX_GB', 'NETWORK_TX_GB', 'DISK_USAGE_GB']), z.array(z.tuple([Time, z.number()]))).default({}),
})
export type RailwayInstance = z.infer<typeof RailwayInstance>

/** `railway.json`; services and environments are referred to by name, their ids stand beside. */
export const RailwayWorld = z.object({
  workspace: z.object({ id: z.string(), name: z.string() }),
  projects: z.array(z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().default(''),
    createdAt: Time,
    environments: z.array(z.object({ id: z.string(), name: z.string(), ephemeral: z.boolean().default(false) })),
    services: z.array(z.object({ id: z.string(), name: z.string(), createdAt: Time })),
    instances: z.array(RailwayInstance),
    deployments: z.array(RailwayDeployment).default([]),
    volumes: z.array(z.object({ id: z.string(), name: z.string(), service: z.string(), environment: z.string(), mountPath: z.string(), sizeMb: z.number(), usedMb: z.number(), state: z.string().default('READY') })).default([]),
    activity: z.array(z.object({ id: z.string(), at: Time, action: z.string(), object: z.string(), environment: z.string().optional(), actor: z.string().optional(), payload: z.record(z.string(), z.unknown()).default({}) })).default([]),
    stagedChanges: z.array(z.object({ environment: z.string(), status: z.string(), at: Time.optional(), patch: z.record(z.string(), z.unknown()) })).default([]),
  })).min(1),
  platform: z.object({
    stable: z.boolean(),
    incident: z.object({ id: z.string(), message: z.string(), status: z.string(), url: z.string() }).optional(),
    maintenance: z.object({ id: z.string(), message: z.string(), status: z.enum(['NOTSTARTEDYET', 'INPROGRESS', 'COMPLETED']), start: Time, url: z.string() }).optional(),
  }).default({ stable: true }),
})
export type RailwayWorld = z.infer<typeof RailwayWorld>
