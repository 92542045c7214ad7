import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import pg from 'pg'
import type { TransientError } from '../../core/errors.ts'
import { unreachable } from './database-errors.ts'
import { openEmbedded, type DatabaseLog, type Embedded } from './embedded.ts'
import { applyMigrations, readMigrations, type SqlClient } from './migrations.ts'
import type { PglitePool } from './pglite-pool.ts'
import type { Tables } from './tables.ts'

/** A Postgres by its URL, an embedded one in a directory of this process, or one in memory (tests, `--once`). */
export type DatabaseLocation = { readonly url: string } | { readonly directory: string } | 'memory'

export interface DatabaseOptions {
  readonly location: DatabaseLocation
  readonly log?: DatabaseLog | undefined
  /** Told once when the embedded database is lost for this process; the process should end and be started again. */
  readonly onFatal?: ((error: TransientError) => void) | undefined
  /** How long one query may take before the database counts as lost (embedded) or the query as failed (Postgres). */
  readonly watchdogMs?: number | undefined
  /** False builds an embedded database from its migrations; for the script that makes the snapshot. */
  readonly useSnapshot?: boolean | undefined
}

/** One Postgres, whichever. Migrated when it is handed out. */
export interface Database {
  readonly kind: 'postgres' | 'embedded'
  /** The embedded database's pool, for a queue on the same database; null on Postgres, where a queue opens its own. */
  readonly embedded: PglitePool | null
  /** Runs `work`; an error that means the database cannot be reached comes out as a `TransientError`. */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** An embedded data directory as a tar. Throws on Postgres. */
  dump(): Promise<Uint8Array>
  close(): Promise<void>
}

const WATCHDOG_MS = 15_000
const silent: DatabaseLog = { info() {}, warn() {} }

/**
 * Opens the database and brings it up to the current migrations. Throws `ConfigurationError` when another process
 * has the directory or the history does not fit, `TransientError` when it cannot be reached or does not start.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { location, log = silent } = options
  return typeof location === 'object' && 'url' in location
    ? await openPostgres(location.url, options, log)
    : await openPglite(location === 'memory' ? null : location.directory, options, log)
}

async function openPglite(directory: string | null, options: DatabaseOptions, log: DatabaseLog): Promise<Database> {
  const began = performance.now()
  const migrations = readMigrations()
  const { watchdogMs = WATCHDOG_MS, useSnapshot = true, onFatal = () => {} } = options
  const embedded = await openEmbedded({ directory, watchdogMs, useSnapshot, log, onFatal }, migrations)
  try {
    await migrate(embedded.pool, log)
  } catch (error) {
    await embedded.close()
    throw error
  }
  log.info({ directory: directory ?? 'memory', ms: Math.round(performance.now() - began) }, 'The embedded database is open.')
  return embeddedDatabase(embedded)
}

function embeddedDatabase(embedded: Embedded): Database {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: embedded.pool as unknown as PostgresPool }) })
  return {
    kind: 'embedded',
    embedded: embedded.pool,
    run: async (work) => await work(db),
    dump: async () => await embedded.session.dump(),
    close: async () => await embedded.close(),
  }
}

async function openPostgres(url: string, options: DatabaseOptions, log: DatabaseLog): Promise<Database> {
  const connection = { connectionString: url, application_name: 'foreman', keepAlive: true, connectionTimeoutMillis: 5_000 }
  // Its own connection: a migration may take longer than any query is given.
  const migrating = createPool({ ...connection, max: 1 }, log)
  await reaching(() => migrate(migrating, log)).finally(() => migrating.end())
  const types = { getTypeParser: typeParser as typeof pg.types.getTypeParser }
  const pool = createPool({ ...connection, max: 10, query_timeout: options.watchdogMs ?? WATCHDOG_MS, types }, log)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    kind: 'postgres',
    embedded: null,
    run: async (work) => await reaching(() => work(db)),
    dump: () => Promise.reject(new Error('Only an embedded database has a data directory to dump.')),
    close: async () => await pool.end(),
  }
}

/** A pool that survives the loss of an idle connection: without a listener that error would end the process. */
function createPool(config: pg.PoolConfig, log: DatabaseLog): pg.Pool {
  const pool = new pg.Pool(config)
  pool.on('error', (error) => log.warn({ err: error }, 'An idle connection to Postgres was lost; the next query opens another.'))
  // One that is lost while it is in use: its query fails, which says enough, but the event without a listener would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** A number for int8, which is exact up to 2^53; all else as pg has it. The embedded driver reads int8 the same way. */
function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  return oid === pg.types.builtins.INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw unreachable(error) ?? error
  }
}

interface Pool {
  connect(): Promise<SqlClient & { release(destroy?: boolean): void }>
}

async function migrate(pool: Pool, log: DatabaseLog): Promise<void> {
  const client = await pool.connect()
  try {
    const applied = await applyMigrations(client, readMigrations())
    if (applied.length > 0) log.info({ applied }, 'The database was migrated.')
  } finally {
    client.release()
  }
}
