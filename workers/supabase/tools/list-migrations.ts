import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { readIfAllowed } from '../read-if-allowed.ts'
import { sqlEntities } from '../sql-entities.ts'

const Listed = z.array(z.object({ version: z.string(), name: z.string().nullish() }))
const Stored = z.object({ version: z.string(), statements: z.array(z.string()).nullish(), created_by: z.string().nullish() })
const Migration = z.object({ version: z.string(), name: z.string(), at: z.string().nullable(), by: z.string().nullable(), statements: z.array(z.string()) })
type Migration = z.infer<typeof Migration>

export const listMigrations = defineTool<SupabaseClient>()({
  name: 'supabase_list_migrations',
  title: 'Schema migrations with their SQL',
  useWhen: 'Use when a change of the schema may be the cause: which migrations were applied, when, and what they did.',
  input: z.object({ limit: limitField(20, 100) }),
  output: z.object({ total: z.number().int(), migrations: z.array(Migration) }),
  operations: [operations.migrations, operations.select],
  async run({ limit }, { client, clock }) {
    const [listed, stored] = await Promise.all([client.get('/database/migrations', Listed), storedMigrations(client, limit)])
    const migrations = listed.toSorted((a, b) => b.version.localeCompare(a.version)).slice(0, limit).map(({ version, name }): Migration => {
      const details = stored.get(version)
      return { version, name: name ?? '', at: versionTime(version), by: details?.created_by ?? null, statements: details?.statements ?? [] }
    })
    return {
      structured: { total: listed.length, migrations },
      text: migrations.length === 0 ? 'No migrations were applied.' : [`${listed.length} migrations, newest first:`, ...migrations.map(migrationText)].join('\n'),
      entities: distinctEntities(migrations.flatMap(aboutMigration)),
      signals: migrations.length === 0 ? [makeSignal('absence', 0, 'No migrations were applied.')] : migrations.slice(0, 10).map((migration) => migrationSignal(migration, clock.now())),
      links: [client.link('Migrations in Supabase', 'database/migrations')],
      truncated: listed.length > migrations.length,
    }
  },
})

/** The SQL behind the versions; empty where the role may not read the table, because the list alone is worth having. */
async function storedMigrations(client: SupabaseClient, limit: number): Promise<Map<string, z.infer<typeof Stored>>> {
  const rows = await readIfAllowed(client.select(`select version, statements, created_by from supabase_migrations.schema_migrations order by version desc limit ${Math.trunc(limit)}`, Stored))
  return new Map((rows ?? []).map((row) => [row.version, row]))
}

/** A version is the time the migration was written, `YYYYMMDDHHMMSS` in UTC. */
function versionTime(version: string): string | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(version) ?? []
  return year === undefined ? null : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

function migrationText(migration: Migration): string {
  const sql = migration.statements.map((statement) => `  ${clip(statement, 400)}`)
  return [`${migration.version} ${migration.name}${migration.at === null ? '' : ` (${utc(migration.at)})`}${migration.by === null ? '' : ` by ${migration.by}`}`, ...sql].join('\n')
}

function aboutMigration(migration: Migration): Entity[] {
  return [
    { kind: 'migration', value: migration.version, label: migration.name, ...(migration.at === null ? {} : { at: migration.at }) },
    ...(migration.name === '' ? [] : [{ kind: 'migration' as const, value: migration.name, ...(migration.at === null ? {} : { at: migration.at }) }]),
    ...sqlEntities(migration.statements.join('\n')), ...(migration.by === null ? [] : [{ kind: 'user' as const, value: migration.by }]),
  ]
}

const RECENT_DAYS = 14

function migrationSignal(migration: Migration, now: Date): Signal {
  const recent = migration.at !== null && now.getTime() - new Date(migration.at).getTime() < RECENT_DAYS * 86_400_000
  const what = migration.statements.length === 0 ? '' : `: ${clip(migration.statements.join('; '), 200)}`
  return makeSignal('change', recent ? 1 : 0, `Migration ${migration.name === '' ? migration.version : `${migration.name} (${migration.version})`}${migration.at === null ? '' : ` of ${utc(migration.at)}`}${migration.by === null ? '' : ` by ${migration.by}`}${what}.`, {
    about: aboutMigration(migration), says: '', at: migration.at ?? undefined,
  })
}
