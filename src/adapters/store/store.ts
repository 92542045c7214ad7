import { sql } from 'kysely'
import type { Store } from '../../core/store.ts'
import type { Database } from './database.ts'
import { createInvestigations, createOpinions, createOutbox } from './results.ts'
import { createRuns } from './runs.ts'

/** The store on a database, which it closes with itself. Instants are ISO 8601 strings on both sides, in UTC when read back. */
export function createStore(database: Database): Store {
  return {
    ...createRuns(database),
    ...createInvestigations(database),
    ...createOpinions(database),
    ...createOutbox(database),
    async ping() {
      await database.run((db) => sql`select 1`.execute(db))
    },
    close: async () => await database.close(),
  }
}
