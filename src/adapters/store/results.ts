import { sql } from 'kysely'
import { Investigation } from '../../core/investigation.ts'
import type { Flag, Judgement } from '../../core/judgement.ts'
import type { OutboxEntry, Store } from '../../core/store.ts'
import type { Database } from './database.ts'
import { toFlag, toJudgement, toOutboxEntry } from './rows.ts'
import { storableJson, storableText } from './storable.ts'

type InvestigationMethods = Pick<Store, 'investigation' | 'investigationInThread' | 'listInvestigations'>
type OpinionMethods = Pick<Store, 'addJudgement' | 'judgements' | 'addFlag' | 'flags'>
type OutboxMethods = Pick<Store, 'outboxBegin' | 'outboxSent' | 'outboxEntry'>

/** The records of finished runs. */
export function createInvestigations(database: Database): InvestigationMethods {
  return {
    async investigation(id) {
      const row = await database.run((db) => db.selectFrom('foreman.investigation').select('record').where('id', '=', storableText(id)).executeTakeFirst())
      return row === undefined ? null : Investigation.parse(row.record)
    },
    async investigationInThread({ channel, threadTs }) {
      const row = await database.run((db) =>
        db
          .selectFrom('foreman.investigation as record')
          .innerJoin('foreman.run as run', 'run.id', 'record.run_id')
          .select('record.record')
          .where('run.channel', '=', storableText(channel))
          .where('run.thread_ts', '=', storableText(threadTs))
          .where('run.kind', '=', 'investigation')
          .orderBy('record.ended_at', 'desc')
          // A lab's clock stands still, so there all records end in the same instant.
          .orderBy('run.created_at', 'desc')
          .executeTakeFirst(),
      )
      return row === undefined ? null : Investigation.parse(row.record)
    },
    async listInvestigations(limit) {
      const rows = await database.run((db) => db.selectFrom('foreman.investigation').select('record').orderBy('ended_at', 'desc').limit(limit).execute())
      return rows.map(({ record }) => Investigation.parse(record))
    },
  }
}

/** What people and checks say about investigations. */
export function createOpinions(database: Database): OpinionMethods {
  return {
    addJudgement: async (judgement) => await addJudgement(database, judgement),
    async judgements(investigationId) {
      const rows = await database.run((db) =>
        db.selectFrom('foreman.judgement').selectAll().where('investigation_id', '=', storableText(investigationId)).orderBy('judged_at').execute(),
      )
      return rows.map(toJudgement)
    },
    addFlag: async (flag) => await addFlag(database, flag),
    async flags(investigationId) {
      const rows = await database.run((db) => {
        const all = db.selectFrom('foreman.flag').selectAll().orderBy('flagged_at')
        return (investigationId === undefined ? all : all.where('investigation_id', '=', storableText(investigationId))).execute()
      })
      return rows.map(toFlag)
    },
  }
}

async function addJudgement(database: Database, judgement: Judgement): Promise<void> {
  const values = {
    id: storableText(judgement.id),
    investigation_id: storableText(judgement.investigationId),
    source: judgement.source,
    verdict: judgement.verdict,
    judge: storableText(judgement.by),
    judged_at: judgement.at,
    correction: judgement.correction === undefined ? null : storableText(judgement.correction),
  }
  await database.run((db) =>
    db
      .insertInto('foreman.judgement')
      .values(values)
      .onConflict((judge) =>
        judge.columns(['investigation_id', 'source', 'judge']).doUpdateSet((eb) => ({
          verdict: eb.ref('excluded.verdict'),
          judged_at: sql<string>`excluded.judged_at`,
          correction: eb.fn.coalesce('excluded.correction', 'foreman.judgement.correction'),
        })),
      )
      .execute(),
  )
}

/** The same flag twice is one flag: a button can be pressed twice, a delivery can come twice. */
async function addFlag(database: Database, flag: Flag): Promise<void> {
  const values = {
    id: storableText(flag.id),
    investigation_id: storableText(flag.investigationId),
    flagged_by: storableText(flag.by),
    flagged_at: flag.at,
    note: flag.note === undefined ? null : storableText(flag.note),
  }
  await database.run((db) => db.insertInto('foreman.flag').values(values).onConflict((id) => id.column('id').doNothing()).execute())
}

/** Outward acts, written down before they are done. */
export function createOutbox(database: Database): OutboxMethods {
  const entry = async (key: string): Promise<OutboxEntry | null> => {
    const row = await database.run((db) => db.selectFrom('foreman.outbox').selectAll().where('key', '=', storableText(key)).executeTakeFirst())
    return row === undefined ? null : toOutboxEntry(row)
  }
  return {
    async outboxBegin({ key, runId, payload, createdAt }) {
      const values = { key: storableText(key), run_id: storableText(runId), payload: storableJson(payload), created_at: createdAt }
      await database.run((db) => db.insertInto('foreman.outbox').values(values).onConflict((known) => known.column('key').doNothing()).execute())
      const stored = await entry(key)
      if (stored === null) throw new Error(`Outbox entry ${key} is gone right after it was written.`)
      return stored
    },
    async outboxSent(key, reference) {
      await database.run((db) =>
        db.updateTable('foreman.outbox').set({ state: 'sent', reference: storableText(reference) }).where('key', '=', storableText(key)).execute(),
      )
    },
    outboxEntry: entry,
  }
}
