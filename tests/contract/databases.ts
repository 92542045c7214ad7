import { openDatabase, type Database } from '../../src/adapters/store/database.ts'
import { startPostgres } from './servers.ts'

/** A place for databases of one driver: every `open` is another way to the same data. */
export interface DatabaseHost {
  open(): Promise<Database>
  stop(): Promise<void>
}

/** Each driver behind `openDatabase`. The embedded one is one database, however often it is opened: it has one session. */
export const databaseHosts: readonly { name: string; start: () => Promise<DatabaseHost> }[] = [
  {
    name: 'PGlite',
    start: async () => {
      const database = await openDatabase({ location: 'memory' })
      return { open: async () => ({ ...database, close: async () => {} }), stop: () => database.close() }
    },
  },
  {
    name: 'Postgres',
    start: async () => {
      const server = await startPostgres()
      return { open: () => openDatabase({ location: { url: server.url } }), stop: server.stop }
    },
  },
]
