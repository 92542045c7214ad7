import { z } from 'zod'

const Time = z.iso.datetime({ offset: true })
const Text = z.record(z.string(), z.unknown())
const Count = z.number().int().nonnegative().default(0)

/** A branch's run: what Supabase did with a push to it. */
const BranchRun = z.object({
  id: z.string(), branch: z.string(), createdAt: Time, updatedAt: Time, log: z.string().default(''),
  steps: z.array(z.object({
    name: z.enum(['clone', 'pull', 'health', 'configure', 'migrate', 'seed', 'deploy']), status: z.enum(['CREATED', 'DEAD', 'EXITED', 'PAUSED', 'REMOVING', 'RESTARTING', 'RUNNING']), createdAt: Time, updatedAt: Time,
  })).default([]),
})

/** Counters of pg_stat_user_tables; those of a table that is not named are 0. */
const TableCounters = z.object({
  schema: z.string().default('public'), table: z.string(), liveRows: Count, deadRows: Count, seqScans: Count, seqRowsRead: Count, indexScans: Count,
  inserts: Count, updates: Count, deletes: Count, modifiedSinceAnalyze: Count, lastAutovacuum: Time.nullable().default(null), lastAutoanalyze: Time.nullable().default(null),
})

export const SupabaseProject = z.object({
  ref: z.string().regex(/^[a-z]{20}$/),
  name: z.string(),
  organization: z.object({ id: z.string(), name: z.string() }),
  region: z.string().default('eu-central-1'),
  status: z.string().default('ACTIVE_HEALTHY'),
  createdAt: Time,
  databaseVersion: z.string().default('17.6.1.011'),
  health: z.array(z.object({ name: z.enum(['auth', 'db', 'db_postgres_user', 'pooler', 'realtime', 'rest', 'storage', 'pg_bouncer']), status: z.enum(['ACTIVE_HEALTHY', 'COMING_UP', 'UNHEALTHY']), error: z.string().optional() })).default([]),
  migrations: z.array(z.object({ version: z.string().regex(/^\d{14}$/), name: z.string(), statements: z.array(z.string()), appliedBy: z.string().optional() })).default([]),
  functions: z.array(z.object({
    id: z.string(), slug: z.string(), name: z.string(), version: z.number().int(), status: z.enum(['ACTIVE', 'REMOVED', 'THROTTLED']).default('ACTIVE'), verifyJwt: z.boolean().default(true),
    createdAt: Time, updatedAt: Time, source: z.string(),
  })).default([]),
  /** pg_cron jobs with their runs; the lab shows them as the tables cron.job and cron.job_run_details. */
  cron: z.array(z.object({
    jobid: z.number().int(), jobname: z.string(), schedule: z.string(), command: z.string(), active: z.boolean().default(true),
    runs: z.array(z.object({ start: Time, end: Time.nullable(), status: z.string(), message: z.string().default('') })).default([]),
  })).default([]),
  advisors: z.array(z.object({ type: z.enum(['security', 'performance']), name: z.string(), title: z.string(), level: z.enum(['ERROR', 'WARN', 'INFO']), detail: z.string(), metadata: Text.default({}) })).default([]),
  branches: z.array(z.object({ id: z.string(), name: z.string(), ref: z.string(), isDefault: z.boolean(), status: z.string(), createdAt: Time, updatedAt: Time })).default([]),
  branchRuns: z.array(BranchRun).default([]),
  /** Who may reach the database's ports, and which addresses were shut out for wrong passwords. */
  network: z.object({ allowedCidrs: z.array(z.string()).default(['0.0.0.0/0']), bannedAddresses: z.array(z.string()).default([]) }).prefault({}),
  config: z.object({ auth: Text, pooler: Text, postgres: Text, storage: Text, disk: Text }).partial().default({}),
  buckets: z.array(z.object({ id: z.string(), name: z.string(), public: z.boolean(), createdAt: Time, fileSizeLimit: z.number().nullable().default(null), allowedMimeTypes: z.array(z.string()).nullable().default(null) })).default([]),
  /** What the lab shows as pg_stat_statements, pg_stat_activity, pg_locks, pg_stat_user_tables, pg_stat_database and as metrics. */
  stats: z.object({
    statements: z.array(z.object({ query: z.string(), calls: z.number(), totalMs: z.number(), meanMs: z.number(), maxMs: z.number(), rows: z.number() })).default([]),
    activity: z.array(z.object({ pid: z.number().int(), user: z.string(), application: z.string(), state: z.string(), waitEventType: z.string().nullable(), waitEvent: z.string().nullable(), queryStart: Time, xactStart: Time.nullable(), query: z.string(), blockedBy: z.array(z.number().int()).default([]) })).default([]),
    diskUsedBytes: z.number().default(2_000_000_000),
    diskTotalBytes: z.number().default(8_000_000_000),
    readonly: z.boolean().default(false),
    maxConnections: z.number().int().default(60),
    connectionsByRole: z.record(z.string(), z.number().int()).default({}),
    tables: z.array(TableCounters).default([]),
    /** Scans by index; an index that is not named has none. */
    indexes: z.array(z.object({ schema: z.string().default('public'), index: z.string(), scans: z.number().int().nonnegative() })).default([]),
    /** Counters of pg_stat_database since `since`. */
    database: z.object({ commits: Count, rollbacks: Count, blocksRead: Count, blocksHit: Count, deadlocks: Count, tempFiles: Count, tempBytes: Count, since: Time.nullable().default(null) }).prefault({}),
    /** Further samples of the metrics endpoint, by metric name, such as node_load1. */
    gauges: z.record(z.string(), z.number()).default({}),
  }).prefault({}),
})
export type SupabaseProject = z.infer<typeof SupabaseProject>

/** `supabase/`: project.json, and the database as SQL. The lab runs both files once and answers queries from the result. */
export const SupabaseWorld = z.object({ project: SupabaseProject, schemaSql: z.string(), dataSql: z.string() })
export type SupabaseWorld = z.infer<typeof SupabaseWorld>
