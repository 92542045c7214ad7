import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField, limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

const Row = z.object({
  schema: z.string(), table: z.string(), kind: z.string(), rls: z.boolean(), policies: z.coerce.number(), rows: z.coerce.number(), bytes: z.coerce.number(),
  columns: z.array(z.string()).nullish(),
})
const Table = z.object({
  schema: z.string(), table: z.string(), kind: z.enum(['table', 'view', 'other']), rls: z.boolean(), policies: z.number().int(), rows: z.number().describe('the planner’s estimate'), bytes: z.number(),
  columns: z.array(z.string()).describe('name type, and what constrains it'),
})
type Table = z.infer<typeof Table>

/** Only catalogues are read; `oid::regclass` would fail on dropped relations, so names are joined. */
const SQL = `
select n.nspname as schema, c.relname as "table", c.relkind::text as kind, c.relrowsecurity as rls,
  (select count(*) from pg_policy p where p.polrelid = c.oid)::int as policies,
  greatest(c.reltuples, 0)::float8 as rows, pg_total_relation_size(c.oid)::float8 as bytes,
  (select array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end order by a.attnum)
     from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname not in ('pg_catalog', 'information_schema', 'auth', 'storage', 'realtime', 'vault', 'extensions', 'graphql', 'graphql_public', 'pgsodium', 'supabase_migrations', 'cron', 'net')
  and n.nspname not like 'pg\\_%'
order by c.reltuples desc, n.nspname, c.relname`

export const listTables = defineTool<SupabaseClient>()({
  name: 'supabase_list_tables',
  title: 'Tables and their columns',
  useWhen: 'Use when you need exact table and column names and types, sizes, or whether row level security is on.',
  input: z.object({ table: entityField('table', 'only this one').optional(), limit: limitField(50, 300) }),
  output: z.object({ tables: z.array(Table) }),
  operations: [operations.select],
  async run({ table: wanted, limit }, { client }) {
    const name = wanted?.split('.').at(-1)?.replaceAll('"', '')
    const all = (await client.select(SQL, Row)).map((row): Table => ({
      ...row, kind: row.kind === 'r' || row.kind === 'p' ? 'table' : row.kind === 'v' || row.kind === 'm' ? 'view' : 'other', columns: row.columns ?? [],
    }))
    const found = name === undefined ? all : all.filter((table) => table.table === name)
    if (name !== undefined && found.length === 0) {
      const text = `The database has no table or view called ${name}. There are: ${all.slice(0, 60).map((table) => table.table).join(', ') || 'none'}.`
      return { structured: { tables: [] }, text, entities: all.slice(0, 60).map((table) => ({ kind: 'table', value: table.table })), signals: [makeSignal('absence', 2, `The database has no table or view called ${name}.`, { about: [{ kind: 'table', value: name }] })] }
    }
    const shown = found.slice(0, limit)
    return {
      structured: { tables: shown },
      text: [`${found.length} tables and views:`, ...shown.map(tableText)].join('\n'),
      entities: distinctEntities(shown.flatMap((table) => [{ kind: 'table' as const, value: table.table }, ...(name === undefined ? [] : table.columns.map((column) => ({ kind: 'column' as const, value: column.split(' ')[0] ?? column })))])),
      signals: shown.filter((table) => table.schema === 'public' && table.kind === 'table' && table.rls && table.policies === 0).map((table) =>
        makeSignal('state', 1, `Row level security is on for ${table.schema}.${table.table} without a policy: every ordinary role sees no rows.`, { about: [{ kind: 'table', value: table.table }] })),
      links: [client.link('Tables in Supabase', 'editor')],
      truncated: found.length > limit,
    }
  },
})

function tableText(table: Table): string {
  const security = table.kind !== 'table' ? '' : table.rls ? `, RLS with ${table.policies} policies` : ', RLS off'
  return `${table.schema}.${table.table} (${table.kind}, about ${Math.round(table.rows)} rows, ${Math.round(table.bytes / 1024)} KiB${security}): ${table.columns.join(', ')}`
}
