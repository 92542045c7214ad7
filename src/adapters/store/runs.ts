import { sql, type Kysely, type Transaction } from 'kysely'
import type { Place } from '../../core/alert.ts'
import type { Investigation } from '../../core/investigation.ts'
import type { OpenedIncident, OwnedRun, Run, RunRequest, Store } from '../../core/store.ts'
import type { Database } from './database.ts'
import { toIncident, toRun } from './rows.ts'
import { fenced, openRunJournal } from './run-journal.ts'
import { storableJson, storableText } from './storable.ts'
import type { Tables } from './tables.ts'

type RunMethods = Pick<Store, 'claim' | 'openIncident' | 'incident' | 'createRun' | 'run' | 'takeRun' | 'placeRun' | 'openRuns' | 'runInThread'>
type NewRun = Parameters<Store['createRun']>[0]
type NewIncident = Parameters<Store['openIncident']>[0]

/** What came in and what became of it: deliveries, incidents, runs. */
export function createRuns(database: Database): RunMethods {
  return {
    claim: async (keys, at) => (await claiming(database, keys, at, async () => true)) ?? false,
    openIncident: async (input) => await openIncident(database, input),
    async incident(id) {
      const row = await database.run((db) => db.selectFrom('foreman.incident').selectAll().where('id', '=', storableText(id)).executeTakeFirst())
      return row === undefined ? null : toIncident(row)
    },
    createRun: async (run, claims = []) => (await claiming(database, claims, run.createdAt, async (trx) => {
      await insertRun(trx, run)
      return true
    })) ?? false,
    async run(id) {
      const row = await database.run((db) => db.selectFrom('foreman.run').selectAll().where('id', '=', storableText(id)).executeTakeFirst())
      return row === undefined ? null : toRun(row)
    },
    takeRun: async (id, at) => await takeRun(database, storableText(id), at),
    async openRuns() {
      const rows = await database.run((db) =>
        db.selectFrom('foreman.run').selectAll().where('status', 'in', ['waiting', 'running']).orderBy('created_at').execute(),
      )
      return rows.map(toRun)
    },
    placeRun: async (id, place) => await placeRun(database, id, place),
    runInThread: async (place) => await runInThread(database, place),
  }
}

/** Thrown to roll a transaction back; never leaves this file. */
class TakenBefore extends Error {}

/** The result of `work` in a transaction in which all `keys` are claimed; undefined, and nothing changed, when one was taken before. */
async function claiming<T>(database: Database, keys: readonly string[], at: string, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T | undefined> {
  // In one order, so that two deliveries with the same keys wait for each other instead of in a circle.
  const rows = [...new Set(keys.map(storableText))].toSorted().map((key) => ({ key, claimed_at: at }))
  try {
    return await database.run((db) =>
      db.transaction().execute(async (trx) => {
        if (rows.length > 0) {
          const taken = await trx.insertInto('foreman.claim').values(rows).onConflict((key) => key.doNothing()).returning('key').execute()
          if (taken.length < rows.length) throw new TakenBefore()
        }
        return await work(trx)
      }),
    )
  } catch (error) {
    if (error instanceof TakenBefore) return undefined
    throw error
  }
}

async function openIncident(database: Database, input: NewIncident): Promise<OpenedIncident | null> {
  const { at, ids, request } = input
  const fingerprint = storableText(input.fingerprint)
  const opened = await claiming(database, input.claims, at, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${fingerprint}, 0))`.execute(trx)
    const raised = await raiseCount(trx, fingerprint, at, input.windowMinutes)
    if (raised !== undefined) return { incident: toIncident(raised), created: false }
    await insertRun(trx, { id: ids.run, kind: 'investigation', incidentId: ids.incident, request, createdAt: at })
    const row = await trx
      .insertInto('foreman.incident')
      .values({ id: storableText(ids.incident), fingerprint, opened_at: at, alert: storableJson(request.alert), run_id: storableText(ids.run) })
      .returningAll()
      .executeTakeFirstOrThrow()
    return { incident: toIncident(row), created: true }
  })
  return opened ?? null
}

/** Alerts can arrive a little out of order, so the window is looked for on both sides of `at`. */
async function raiseCount(trx: Transaction<Tables>, fingerprint: string, at: string, windowMinutes: number) {
  const edge = (minutes: number) => new Date(Date.parse(at) + minutes * 60_000)
  return await trx
    .updateTable('foreman.incident')
    .set((eb) => ({ alert_count: eb('alert_count', '+', 1) }))
    .where('id', '=', (eb) =>
      eb
        .selectFrom('foreman.incident')
        .select('id')
        .where('fingerprint', '=', fingerprint)
        .where('opened_at', '>', edge(-windowMinutes))
        .where('opened_at', '<', edge(windowMinutes))
        .orderBy('opened_at', 'desc')
        .limit(1),
    )
    .returningAll()
    .executeTakeFirst()
}

async function insertRun(db: Kysely<Tables>, run: NewRun): Promise<void> {
  const place = placeOf(run.request)
  const values = {
    id: storableText(run.id),
    kind: run.kind,
    incident_id: storableText(run.incidentId),
    request: storableJson(run.request),
    ...(place && placeColumns(place)),
    created_at: run.createdAt,
  }
  await db.insertInto('foreman.run').values(values).execute()
}

async function placeRun(database: Database, id: string, place: Place): Promise<void> {
  await database.run((db) =>
    db
      .updateTable('foreman.run')
      .set({ ...placeColumns(place), request: sql`jsonb_set(request, '{place}', ${storableJson(place)}::jsonb)` })
      .where('id', '=', storableText(id))
      .execute())
}

function placeColumns({ team, channel, threadTs }: Place) {
  return { team: storableText(team), channel: storableText(channel), thread_ts: storableText(threadTs) }
}

function placeOf(request: RunRequest): Place | undefined {
  return request.place ?? request.alert.place
}

async function takeRun(database: Database, id: string, at: string): Promise<OwnedRun | null> {
  const row = await database.run((db) =>
    db
      .updateTable('foreman.run')
      .set((eb) => ({ fence: eb('fence', '+', 1), status: 'running', started_at: sql<string>`coalesce(started_at, ${at}::timestamptz)` }))
      .where('id', '=', id)
      .where('status', 'in', ['waiting', 'running'])
      .returningAll()
      .executeTakeFirst(),
  )
  if (row === undefined) return null
  const run = toRun(row)
  const journal = await openRunJournal(database, id, run.fence)
  return { run, journal, finish: async (status, record, detail) => await finish(database, run, { status, record, detail }) }
}

interface Ending {
  readonly status: Parameters<OwnedRun['finish']>[0]
  readonly record: Investigation | null
  readonly detail: string
}

async function finish(database: Database, run: Run, { status, record, detail }: Ending): Promise<void> {
  await database.run((db) =>
    db.transaction().execute(async (trx) => {
      const ended = await trx
        .updateTable('foreman.run')
        .set({ status, detail: storableText(detail), ended_at: new Date().toISOString() })
        .where('id', '=', run.id)
        .where('fence', '=', run.fence)
        .where('status', '=', 'running')
        .executeTakeFirst()
      if (ended.numUpdatedRows !== 1n) throw fenced(run.id)
      if (record === null) return
      const { id, kind, incidentId, endedAt } = record
      const values = { id: storableText(id), run_id: run.id, kind, incident_id: storableText(incidentId), ended_at: endedAt, record: storableJson(record) }
      await trx.insertInto('foreman.investigation').values(values).execute()
    }),
  )
}

async function runInThread(database: Database, { channel, threadTs }: Place): Promise<Run | null> {
  const row = await database.run((db) =>
    db
      .selectFrom('foreman.run')
      .selectAll()
      .where('channel', '=', storableText(channel))
      .where('thread_ts', '=', storableText(threadTs))
      .orderBy('created_at', 'desc')
      .executeTakeFirst(),
  )
  return row === undefined ? null : toRun(row)
}
