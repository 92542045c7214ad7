import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from '../../core/errors.ts'

/** Held until `release` (a second one does nothing) or until the process dies, however it dies. */
export interface DirectoryLock {
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Takes the exclusive right to `directory` for this process; throws `ConfigurationError` when another holds it.
 *
 * PGlite does not notice a second process on its directory: both acknowledge writes and one set is lost. The
 * lock is an exclusive transaction on an empty SQLite file beside the directory, that is a lock of the
 * kernel: it goes when the process goes (SIGKILL too), so there is no stale state to judge, and no age after
 * which to steal it. A Unix socket would need just that judgement, and two processes that both find a dead
 * socket can both replace it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 })
  const ownerFile = `${directory}.owner`
  const lock = beginExclusive(`${directory}.lock`, () => refusal(directory, ownerFile))
  writeFileSync(ownerFile, `process ${process.pid}, since ${new Date().toISOString()}`)
  return {
    release() {
      if (!lock.isOpen) return
      rmSync(ownerFile, { force: true })
      lock.close()
    },
  }
}

function beginExclusive(file: string, refuse: () => ConfigurationError): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY ? refuse() : error
  }
}

/** The owner file is for this sentence only; nothing is decided by it. */
function refusal(directory: string, ownerFile: string): ConfigurationError {
  let owner = 'another process'
  try {
    owner = readFileSync(ownerFile, 'utf8')
  } catch {
    // The owner has the lock and has not written its name yet.
  }
  return new ConfigurationError([
    `The embedded database in ${directory} is in use by ${owner}. Only one process can have it. ` +
      'Stop that process, or set DATABASE_URL to a Postgres, which any number of processes can share.',
  ])
}
