import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareQueueSchema } from '../../src/adapters/queue/backends.ts'
import { openDatabase, type Database } from '../../src/adapters/store/database.ts'
import { migrationsHash, readMigrations } from '../../src/adapters/store/migrations.ts'
import { installedPglite, readSnapshot } from '../../src/adapters/store/snapshot.ts'
import { temporaryDirectory } from './embedded-harness.ts'

/** Everything a migration can leave behind: columns, indexes, constraints, functions, and the rows of both ledgers. */
async function contents(database: Database): Promise<string[]> {
  const ours = sql`(select oid from pg_namespace where nspname in ('foreman', 'bullmq'))`
  const { rows } = await database.run((db) => sql<{ line: string }>`
    select format('%s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)) as line
      from pg_attribute join pg_class c on c.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where relnamespace in ${ours} and attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'S')
    union all select pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indexrelid where relnamespace in ${ours}
    union all select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint where connamespace in ${ours}
    union all select pg_get_functiondef(oid) from pg_proc where pronamespace in ${ours} and prokind in ('f', 'p')
    union all select name || ' ' || hash from foreman.migration
    union all select version || ' ' || name from bullmq.migration
    order by line`.execute(db))
  return rows.map(({ line }) => line)
}

describe('an embedded database', () => {
  let place: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    place = temporaryDirectory()
  })
  afterEach(() => place.remove())

  it('starts from a snapshot that holds what the migrations build', async () => {
    const shipped = readSnapshot({ migrations: migrationsHash(readMigrations()), pglite: installedPglite() })
    expect(shipped, 'run `npm run database:snapshot`').toHaveProperty('tar')
    const fromSnapshot = await openDatabase({ location: 'memory' })
    const fromMigrations = await openDatabase({ location: 'memory', useSnapshot: false })
    if (fromMigrations.embedded === null) throw new Error('An in-memory database is embedded.')
    await prepareQueueSchema(fromMigrations.embedded)
    expect(await contents(fromSnapshot)).toEqual(await contents(fromMigrations))
    await fromSnapshot.close()
    await fromMigrations.close()
  })

  it('says why a snapshot is stale', () => {
    expect(readSnapshot({ migrations: 'others', pglite: installedPglite() })).toEqual({ stale: 'its migrations are not the current ones' })
    expect(readSnapshot({ migrations: migrationsHash(readMigrations()), pglite: '0.0.1' })).toEqual({
      stale: `it was made by PGlite ${installedPglite()}, 0.0.1 is installed`,
    })
  })

  it('keeps its rows from one start to the next', async () => {
    const location = { directory: place.directory }
    const first = await openDatabase({ location })
    await first.run((db) => db.insertInto('foreman.claim').values({ key: 'kept', claimed_at: new Date(0).toISOString() }).execute())
    await first.close()
    const second = await openDatabase({ location })
    expect(await second.run((db) => db.selectFrom('foreman.claim').select('key').execute())).toEqual([{ key: 'kept' }])
    await second.close()
  })

  it('begins anew over a directory that an interrupted first start left half filled', async () => {
    const { directory } = place
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'PG_VERSION'), '18\n')
    writeFileSync(`${directory}.filling`, '')
    const database = await openDatabase({ location: { directory } })
    expect(await database.run((db) => db.selectFrom('foreman.claim').selectAll().execute())).toEqual([])
    await database.close()
  })
})
