import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { ConfigurationError } from '../../core/errors.ts'

export interface Migration {
  readonly name: string
  readonly sql: string
  readonly hash: string
}

/** One session: what both a `pg.PoolClient` and a `PgliteClient` are. */
export interface SqlClient {
  query(text: string, params?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

const folder = new URL('../../../deploy/database/migrations/', import.meta.url)
/** Any fixed number: two processes that migrate at once take turns by it. */
const ADVISORY_LOCK = 7_026_413_902

/** The migrations shipped in deploy/database/migrations, in the order of their names. */
export function readMigrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql')).sort()
  return names.map((name) => {
    const sql = readFileSync(new URL(name, folder), 'utf8')
    return { name: name.slice(0, -'.sql'.length), sql, hash: sha256(sql) }
  })
}

/** One hash for a list of migrations: names, order and contents. */
export function migrationsHash(migrations: readonly Migration[]): string {
  return sha256(migrations.map(({ name, hash }) => `${name} ${hash}`).join('\n'))
}

/**
 * Applies what is missing, all in one transaction; returns the names applied. Throws `ConfigurationError` when
 * the database has another history than this version of the code: a changed file, or one from a newer version.
 */
export async function applyMigrations(client: SqlClient, migrations: readonly Migration[]): Promise<string[]> {
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1::bigint)', [ADVISORY_LOCK])
    const applied = await appliedHashes(client)
    checkHistory(applied, migrations)
    const missing = migrations.filter(({ name }) => !applied.has(name))
    for (const { name, sql, hash } of missing) {
      await client.query(sql)
      await client.query('insert into foreman.migration (name, hash) values ($1, $2)', [name, hash])
    }
    await client.query('commit')
    return missing.map(({ name }) => name)
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function appliedHashes(client: SqlClient): Promise<Map<string, string>> {
  const ledger = await client.query("select to_regclass('foreman.migration') is not null as present")
  if (ledger.rows[0]?.['present'] !== true) {
    // The clock's now, not the transaction's: several migrations applied at once keep their order.
    await client.query(
      'create schema if not exists foreman;' +
        'create table foreman.migration (name text primary key, hash text not null, applied_at timestamptz not null default clock_timestamp())',
    )
  }
  const { rows } = await client.query('select name, hash from foreman.migration order by name')
  return new Map(rows.map((row) => [String(row['name']), String(row['hash'])]))
}

function checkHistory(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(({ name, hash }) => [name, hash]))
  const problems: string[] = []
  for (const [name, hash] of applied) {
    if (!known.has(name)) problems.push(`The database has migration ${name}, which this version does not know: it was used by a newer version. Install that version or use another database.`)
    else if (known.get(name) !== hash) problems.push(`Migration ${name} was changed after it was applied to this database. Restore the file and add a new migration instead.`)
  }
  if (problems.length > 0) throw new ConfigurationError(problems)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
