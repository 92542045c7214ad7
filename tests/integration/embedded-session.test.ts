import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDatabase, type Database } from '../../src/adapters/store/database.ts'
import type { PglitePool } from '../../src/adapters/store/pglite-pool.ts'
import { TransientError } from '../../src/core/errors.ts'

describe('the one session of an embedded database', () => {
  let database: Database
  let pool: PglitePool
  beforeAll(async () => {
    database = await openDatabase({ location: 'memory' })
    if (database.embedded === null) throw new Error('An in-memory database is embedded.')
    pool = database.embedded
  })
  afterAll(async () => {
    await database.close()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells a notification to the clients that listen, and to no other', async () => {
    const [listener, other, gone] = [await pool.connect(), await pool.connect(), await pool.connect()]
    const heard: string[] = []
    for (const [name, client] of Object.entries({ listener, other, gone })) client.on('notification', ({ payload }) => heard.push(`${name} ${payload}`))
    await listener.query('-- why\nlisten jobs')
    await gone.query('listen jobs')
    gone.release()
    const told = once(listener, 'notification')
    await pool.query("select pg_notify('jobs', $1)", ['run-1'])
    expect(await told).toMatchObject([{ channel: 'jobs', payload: 'run-1' }])
    expect(heard).toEqual(['listener run-1'])
  })

  it('gives a client in a transaction the database to itself', async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('create table seen (n int)')
    const outside = pool.query("select to_regclass('seen') is not null as seen")
    await client.query('savepoint before')
    await client.query('insert into seen values (1)')
    await client.query('rollback to before')
    await client.query('rollback')
    expect((await outside).rows).toEqual([{ seen: false }])
    client.release()
  })

  it('rolls back what a client leaves open, when it is released and not later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const client = await pool.connect()
    await client.query('begin')
    await client.query('create table left_open (n int)')
    client.release()
    expect((await pool.query("select to_regclass('left_open') as left_open")).rows).toEqual([{ left_open: null }])
  })

  it('ends a transaction that waits for a query outside of it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const client = await pool.connect()
    await client.query('begin')
    const outside = pool.query('select 1 as one')
    await vi.advanceTimersByTimeAsync(10_000)
    expect((await outside).rows).toEqual([{ one: 1 }])
    await expect(client.query('select 1')).rejects.toThrow('the embedded database has one session')
  })

  it('survives text that is no well-formed Unicode', async () => {
    const { rows } = await pool.query('select $1::text as text', ['ü\udc00'])
    expect(rows).toEqual([{ text: 'ü\ufffd' }])
  })
})

describe('the watchdog of an embedded database', () => {
  it('gives up a database that does not answer, and the process lives on', async () => {
    const fatal = Promise.withResolvers<TransientError>()
    const database = await openDatabase({ location: 'memory', watchdogMs: 1_000, onFatal: fatal.resolve })
    const ask = (statement: string) => database.embedded?.query(statement).catch((error: unknown) => error)
    const stuck = ask('select pg_sleep(600)')
    const queued = ask('select 1')
    const error = await fatal.promise
    expect(error).toBeInstanceOf(TransientError)
    expect(error.message).toContain('has not answered for 1 s')
    expect(await Promise.all([stuck, queued, ask('select 1')])).toEqual([error, error, error])
    await database.close()
  })
})
