import { createPostgresBackend, createRedisBackend, runMigrations } from 'bullmq'
import type { BackendFactory, ConnectionOptions, PgPool } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ConfigurationError, TransientError } from '../../core/errors.ts'

/** Redis, a Postgres of its own connections, or a pool whose clients all share one session (an embedded database). */
export type QueueLocation = { readonly redis: string } | { readonly postgres: string } | { readonly pool: PgPool }

/** As pino's loggers: details first, then the sentence. */
export interface QueueLog {
  warn(details: object, message: string): void
}

/** What BullMQ is given to reach its backend. A producer must fail fast; a worker must wait out an outage. */
export interface QueueConnection {
  readonly producer: ConnectionOptions
  readonly worker: ConnectionOptions
  readonly factory: BackendFactory
  close(): Promise<void>
}

const CONNECT_MS = 5_000
/** The schema BullMQ's Postgres backend lives in; its statements name no schema, so the session's search path must. */
const SCHEMA = 'bullmq'
/** BullMQ types a factory by the connection it takes; ours is always given the pool it wants. */
const postgresBackend = createPostgresBackend as unknown as BackendFactory

/** Connects and, on Postgres, brings BullMQ's own tables up to date. Throws `TransientError` when the backend cannot be reached. */
export async function connectQueue(location: QueueLocation, log: QueueLog): Promise<QueueConnection> {
  if ('redis' in location) return await connectRedis(location.redis, log)
  if ('pool' in location) return await connectPool(location.pool)
  return await connectPostgres(location.postgres, log)
}

/** Supabase's pooler for single transactions: its sessions cannot LISTEN, which is how a worker hears of a job. */
const TRANSACTION_POOLER = /\.pooler\.supabase\.com:6543\b/

async function connectPostgres(url: string, log: QueueLog): Promise<QueueConnection> {
  if (TRANSACTION_POOLER.test(url)) {
    throw new ConfigurationError(['DATABASE_URL is Supabase\'s transaction pooler (port 6543), over which a queue cannot work. Use the session pooler (port 5432), or set REDIS_URL.'])
  }
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'foreman-queue',
    options: `-c search_path=${SCHEMA}`,
    max: 6,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
  })
  pool.on('error', (error) => log.warn({ err: error }, 'The queue lost an idle connection to Postgres; it opens another.'))
  // The pool listens to idle connections only. One that is lost while BullMQ holds it, as its listener is for hours, would end the process.
  pool.on('connect', (client) => client.on('error', (error) => log.warn({ err: error }, 'The queue lost a connection to Postgres that was in use.')))
  const shared = pool as unknown as PgPool
  try {
    await prepareQueueSchema(shared)
  } catch (error) {
    await pool.end()
    throw new TransientError(`The queue's Postgres (DATABASE_URL) cannot be used: ${message(error)}`, { cause: error })
  }
  return { producer: shared, worker: shared, factory: postgresBackend, close: async () => await pool.end() }
}

async function connectPool(pool: PgPool): Promise<QueueConnection> {
  await prepareQueueSchema(pool)
  await pool.query(`set search_path to ${SCHEMA}`)
  return { producer: pool, worker: pool, factory: postgresBackend, close: async () => {} }
}

/** Creates or updates BullMQ's tables in their schema; does nothing when they are current. */
export async function prepareQueueSchema(pool: PgPool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client, SCHEMA)
  } finally {
    client.release()
  }
}

async function connectRedis(url: string, log: QueueLog): Promise<QueueConnection> {
  if (!/^rediss?:\/\//.test(url)) throw new ConfigurationError([`REDIS_URL must begin with redis:// or rediss://, this does not: ${url.replace(/\/\/.*@/, '//…@')}`])
  const producer = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, connectTimeout: CONNECT_MS })
  const worker = new Redis(url, { maxRetriesPerRequest: null, connectTimeout: CONNECT_MS })
  let told = false
  for (const client of [producer, worker]) {
    client.on('ready', () => (told = false))
    client.on('error', (error) => {
      if (!told) log.warn({ err: error }, 'The connection to Redis failed; trying again until it is back.')
      told = true
    })
  }
  const close = async () => {
    producer.disconnect()
    worker.disconnect()
  }
  try {
    await Promise.all([ready(producer), ready(worker)])
  } catch (error) {
    await close()
    throw error
  }
  return { producer, worker, factory: createRedisBackend, close }
}

async function ready(client: Redis): Promise<void> {
  if (client.status === 'ready') return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let last = 'no answer'
  const onError = (error: Error) => (last = message(error))
  const timer = setTimeout(() => reject(new TransientError(`Redis (REDIS_URL) cannot be reached: ${last}.`)), CONNECT_MS)
  client.on('error', onError)
  client.once('ready', resolve)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    client.off('error', onError)
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
