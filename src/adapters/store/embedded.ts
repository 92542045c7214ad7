import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TransientError } from '../../core/errors.ts'
import { lockDirectory } from './directory-lock.ts'
import { migrationsHash, type Migration } from './migrations.ts'
import { PglitePool } from './pglite-pool.ts'
import { openPgliteSession, type PgliteSession } from './pglite-session.ts'
import { installedPglite, readSnapshot } from './snapshot.ts'

/** As pino's loggers: details first, then the sentence. */
export interface DatabaseLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface EmbeddedOptions {
  /** Null: in memory, gone with the process. */
  readonly directory: string | null
  readonly watchdogMs: number
  readonly useSnapshot: boolean
  readonly log: DatabaseLog
  readonly onFatal: (error: TransientError) => void
}

export interface Embedded {
  readonly pool: PglitePool
  readonly session: PgliteSession
  close(): Promise<void>
}

/** Generous: on a busy machine a start without a snapshot has been seen to take 8 s. */
const START_MS = 60_000

/**
 * Opens PGlite in a thread, over a directory only this process has, or in memory. A new database starts from the
 * shipped snapshot when that is current. Migrations are the caller's. Throws `ConfigurationError` when another
 * process has the directory.
 */
export async function openEmbedded(options: EmbeddedOptions, migrations: readonly Migration[]): Promise<Embedded> {
  const { directory } = options
  const lock = directory === null ? null : lockDirectory(directory)
  try {
    const session = await openSession(options, migrations)
    const close = async () => {
      await session.close()
      lock?.release()
    }
    return { pool: new PglitePool(session), session, close }
  } catch (error) {
    lock?.release()
    throw error
  }
}

async function openSession(options: EmbeddedOptions, migrations: readonly Migration[]): Promise<PgliteSession> {
  const { directory, watchdogMs, onFatal } = options
  const open = (snapshot: Uint8Array | null) =>
    openPgliteSession({ start: { dataDir: directory, snapshot }, watchdogMs, startMs: START_MS, onFatal })
  if (directory === null) return await open(usableSnapshot(options, migrations))
  // While this file is there the directory is half filled: a start that was interrupted begins anew.
  const filling = `${directory}.filling`
  if (existsSync(filling)) rmSync(directory, { recursive: true, force: true })
  if (existsSync(join(directory, 'PG_VERSION'))) return await open(null)
  writeFileSync(filling, '')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const session = await open(usableSnapshot(options, migrations))
  rmSync(filling)
  return session
}

function usableSnapshot({ useSnapshot, log }: EmbeddedOptions, migrations: readonly Migration[]): Uint8Array | null {
  if (!useSnapshot) return null
  const snapshot = readSnapshot({ migrations: migrationsHash(migrations), pglite: installedPglite() })
  if ('tar' in snapshot) return snapshot.tar
  log.warn({ reason: snapshot.stale }, 'The shipped database snapshot cannot be used, so the database is built from its migrations: a few seconds slower. `npm run database:snapshot` renews it.')
  return null
}
