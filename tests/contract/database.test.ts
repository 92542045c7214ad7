import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/adapters/store/database.ts'
import { applyMigrations, readMigrations, type Migration } from '../../src/adapters/store/migrations.ts'
import { ConfigurationError, TransientError } from '../../src/core/errors.ts'
import { databaseHosts, type DatabaseHost } from './databases.ts'
import { startPostgres, type TestServer } from './servers.ts'

const at = '2026-03-04T05:06:07.089Z'

describe.each(databaseHosts)('the database on $name', ({ start }) => {
  let host: DatabaseHost
  let database: Database
  let other: Database

  beforeAll(async () => {
    host = await start()
    // At once, as two processes of one deployment do: one migrates, the other finds it done.
    const opened = await Promise.all([host.open(), host.open()])
    database = opened[0]
    other = opened[1]
  })
  afterAll(async () => {
    await Promise.all([database.close(), other.close()])
    await host.stop()
  })

  const first = async <T>(query: ReturnType<typeof sql<T>>): Promise<T | undefined> => (await database.run((db) => query.execute(db))).rows[0]

  /** `migrations` against this database, on one session, as a start does it. */
  const migrate = (migrations: readonly Migration[]) =>
    database.run((db) =>
      db.connection().execute((connection) => {
        const query = async (text: string, params: unknown[] = []) => {
          const compiled = { ...sql`select`.compile(connection), sql: text, parameters: params }
          return { rows: (await connection.executeQuery<Record<string, unknown>>(compiled)).rows }
        }
        return applyMigrations({ query }, migrations)
      }),
    )

  it('is migrated once, however many open it', async () => {
    const ledger = await database.run((db) => sql<{ name: string }>`select name from foreman.migration order by name`.execute(db))
    expect(ledger.rows.map(({ name }) => name)).toEqual(readMigrations().map(({ name }) => name))
    expect(await migrate(readMigrations())).toEqual([])
  })

  it('refuses a migration that was changed after it was applied', async () => {
    const changed = readMigrations().map((migration) => ({ ...migration, hash: 'other' }))
    await expect(migrate(changed)).rejects.toThrow('0001-foreman was changed after it was applied')
  })

  it('refuses a database that a newer version has used', async () => {
    await expect(migrate([])).rejects.toThrow('which this version does not know')
  })

  it('applies a migration wholly or not at all', async () => {
    const half: Migration = { name: '9999-half', hash: 'half', sql: 'create table foreman.half (id int); select 1 / 0' }
    await expect(migrate([...readMigrations(), half])).rejects.toThrow('division by zero')
    expect(await first(sql`select to_regclass('foreman.half') as half`)).toEqual({ half: null })
  })

  it('reads every type as the same JavaScript value', async () => {
    const row = await first(sql`
      select 9007199254740991::int8 as big, 7::int4 as small, 0.25::float8 as real, true as yes, null::text as nothing,
        ${at}::timestamptz as instant, '{"b": [1, "ü"], "a": null}'::json as json, '{"k": "v"}'::jsonb as jsonb, array['x', 'y,"z'] as texts`)
    expect(row).toEqual({
      big: 9007199254740991, small: 7, real: 0.25, yes: true, nothing: null,
      instant: new Date(at), json: { b: [1, 'ü'], a: null }, jsonb: { k: 'v' }, texts: ['x', 'y,"z'],
    })
  })

  it('takes every type as a parameter', async () => {
    const row = await first(sql`select ${['a', 'b']}::text[] as texts, ${new Date(at)}::timestamptz as instant, ${true}::boolean as yes, ${5}::int as five, ${null}::text as nothing`)
    expect(row).toEqual({ texts: ['a', 'b'], instant: new Date(at), yes: true, five: 5, nothing: null })
  })

  it('says how many rows a statement touched', async () => {
    const claims = ['touched-1', 'touched-2'].map((key) => ({ key, claimed_at: at }))
    const inserted = await database.run((db) => db.insertInto('foreman.claim').values(claims).executeTakeFirst())
    const deleted = await database.run((db) => db.deleteFrom('foreman.claim').where('key', 'like', 'touched-%').executeTakeFirst())
    expect([inserted.numInsertedOrUpdatedRows, deleted.numDeletedRows]).toEqual([2n, 2n])
  })

  it('names the code and the constraint of a refused statement', async () => {
    const claim = { key: 'twice', claimed_at: at }
    await database.run((db) => db.insertInto('foreman.claim').values(claim).execute())
    const again = database.run((db) => db.insertInto('foreman.claim').values(claim).execute())
    await expect(again).rejects.toMatchObject({ code: '23505', constraint: 'claim_pkey' })
  })

  it('goes on after a failed statement', async () => {
    await expect(first(sql`select no_such_column`)).rejects.toMatchObject({ code: '42703' })
    expect(await first(sql`select 1 as one`)).toEqual({ one: 1 })
  })

  it('rolls a failed transaction back, the part done through other statements included', async () => {
    const failed = database.run((db) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('foreman.claim').values({ key: 'rolled-back', claimed_at: at }).execute()
        throw new Error('changed my mind')
      }),
    )
    await expect(failed).rejects.toThrow('changed my mind')
    expect(await first(sql`select count(*) as n from foreman.claim where key = 'rolled-back'`)).toEqual({ n: 0 })
  })

  it('keeps what happens outside a transaction out of it', async () => {
    const inside = Promise.withResolvers<void>()
    const outsideStarted = Promise.withResolvers<void>()
    const transaction = database.run((db) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('foreman.claim').values({ key: 'inside', claimed_at: at }).execute()
        inside.resolve()
        await outsideStarted.promise
        throw new Error('roll back')
      }),
    )
    await inside.promise
    const outside = other.run((db) => db.insertInto('foreman.claim').values({ key: 'outside', claimed_at: at }).execute())
    outsideStarted.resolve()
    await expect(transaction).rejects.toThrow('roll back')
    await outside
    const kept = await database.run((db) => db.selectFrom('foreman.claim').select('key').where('key', 'in', ['inside', 'outside']).execute())
    expect(kept).toEqual([{ key: 'outside' }])
  })

  it('runs transactions that begin at once one after another where they meet', async () => {
    await database.run((db) => db.insertInto('foreman.claim').values({ key: 'counter', claimed_at: at }).execute())
    const raise = (each: Database) =>
      each.run((db) =>
        db.transaction().execute(async (trx) => {
          const row = await trx.selectFrom('foreman.claim').select('claimed_at').where('key', '=', 'counter').forUpdate().executeTakeFirstOrThrow()
          const next = new Date(row.claimed_at.getTime() + 1000).toISOString()
          await trx.updateTable('foreman.claim').set({ claimed_at: next }).where('key', '=', 'counter').execute()
        }),
      )
    await Promise.all(Array.from({ length: 10 }, (_, index) => raise(index % 2 === 0 ? database : other)))
    expect(await first(sql`select claimed_at from foreman.claim where key = 'counter'`)).toEqual({ claimed_at: new Date(Date.parse(at) + 10_000) })
  })

  it('stores a large value whole', async () => {
    const large = 'ü'.repeat(1_000_000)
    expect(await first(sql`select length(${large}::text) as characters, md5(${large}::text) = md5(repeat('ü', 1000000)) as same`)).toEqual({ characters: 1_000_000, same: true })
  })
})

describe('opening a Postgres', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(async () => {
    await server.stop()
  })

  it('says what to correct in DATABASE_URL when the database refuses it', async () => {
    const url = server.url.replace(/postgres$/, 'no_such_database')
    const refused = await openDatabase({ location: { url } }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ConfigurationError)
    expect(String(refused)).toContain('DATABASE_URL')
  })

  it('says that it cannot be reached when nothing answers there', async () => {
    await expect(openDatabase({ location: { url: 'postgres://127.0.0.1:1/none' } })).rejects.toThrow(TransientError)
  })

  it('goes on after the server was restarted', async () => {
    const database = await openDatabase({ location: { url: server.url } })
    await server.restart()
    const ask = () => database.run((db) => sql`select 1 as one`.execute(db)).catch((error: unknown) => error)
    let answer = await ask()
    while (answer instanceof TransientError) answer = await ask()
    expect(answer).toMatchObject({ rows: [{ one: 1 }] })
    await database.close()
  })
})
