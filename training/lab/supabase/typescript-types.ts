import type { Database } from './database.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly enumSchema: string | null
  readonly isArray: boolean
  readonly nullable: boolean
  /** Has a default or is generated, so that an insert may leave it out. */
  readonly optional: boolean
  readonly generated: boolean
}

interface Relation {
  readonly schema: string
  readonly name: string
  readonly view: boolean
  readonly columns: readonly Column[]
  readonly keys: readonly { name: string; columns: string[]; table: string; referenced: string[]; oneToOne: boolean }[]
}

interface Routine {
  readonly schema: string
  readonly name: string
  readonly args: readonly { name: string | null; type: string }[]
  readonly returns: string
  readonly set: boolean
}

interface Catalogue {
  readonly relations: readonly Relation[]
  readonly enums: readonly { schema: string; name: string; values: readonly string[] }[]
  readonly routines: readonly Routine[]
}

const catalogueSql = `
select jsonb_build_object(
  'relations', (select coalesce(jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', c.relname, 'view', c.relkind in ('v', 'm'),
      'columns', (select coalesce(jsonb_agg(jsonb_build_object('name', a.attname, 'type', coalesce(e.typname, t.typname), 'isArray', t.typcategory = 'A',
          'enumSchema', case when coalesce(e.typtype, t.typtype) = 'e' then (select nspname from pg_namespace where oid = coalesce(e.typnamespace, t.typnamespace)) end,
          'nullable', not a.attnotnull, 'optional', a.atthasdef or a.attidentity <> '', 'generated', a.attidentity = 'a' or a.attgenerated <> '') order by a.attname), '[]')
        from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      'keys', (select coalesce(jsonb_agg(jsonb_build_object('name', k.conname, 'table', f.relname,
          'columns', (select jsonb_agg(attname) from pg_attribute where attrelid = k.conrelid and attnum = any(k.conkey)),
          'referenced', (select jsonb_agg(attname) from pg_attribute where attrelid = k.confrelid and attnum = any(k.confkey)),
          'oneToOne', exists (select from pg_index i where i.indrelid = k.conrelid and i.indisunique and i.indkey::text = array_to_string(k.conkey, ' '))) order by k.conname), '[]')
        from pg_constraint k join pg_class f on f.oid = k.confrelid where k.conrelid = c.oid and k.contype = 'f')) order by c.relname), '[]')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname = any($1::text[])),
  'enums', (select coalesce(jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', t.typname,
      'values', (select jsonb_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = t.oid)) order by t.typname), '[]')
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and n.nspname = any($1::text[])),
  'routines', (select coalesce(jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', p.proname, 'set', p.proretset, 'returns', p.prorettype::regtype::text,
      'args', (select coalesce(jsonb_agg(jsonb_build_object('name', p.proargnames[i], 'type', (p.proargtypes[i - 1])::regtype::text) order by i), '[]') from generate_series(1, p.pronargs) i)) order by p.proname), '[]')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prokind = 'f' and p.prorettype <> 'trigger'::regtype and n.nspname = any($1::text[]))
) as catalogue`

const numbers = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'oid', 'smallint', 'integer', 'bigint', 'real', 'double precision'])

/** What a Postgres type comes as through the data API. */
function scalar(type: string): string {
  if (numbers.has(type)) return 'number'
  if (type === 'bool' || type === 'boolean') return 'boolean'
  if (type === 'json' || type === 'jsonb') return 'Json'
  return type === 'void' ? 'undefined' : type === 'record' ? 'Record<string, unknown>' : type.endsWith('[]') ? `${scalar(type.slice(0, -2))}[]` : 'string'
}

function columnType({ type, enumSchema, isArray, nullable }: Column): string {
  const one = enumSchema === null ? scalar(type) : `Database["${enumSchema}"]["Enums"]["${type}"]`
  return `${one}${isArray ? '[]' : ''}${nullable ? ' | null' : ''}`
}

function block(indent: number, name: string, lines: readonly string[], empty = '[_ in never]: never'): string[] {
  const pad = ' '.repeat(indent)
  return [`${pad}${name}: {`, ...(lines.length > 0 ? lines : [`${pad}  ${empty}`]), `${pad}}`]
}

function relationBlock({ name, view, columns, keys }: Relation): string[] {
  const fields = (write: 'read' | 'insert' | 'update') => columns.map((column) => {
    if (write !== 'read' && column.generated) return `          ${column.name}?: never`
    const optional = write === 'update' || (write === 'insert' && (column.optional || column.nullable))
    return `          ${column.name}${optional ? '?' : ''}: ${columnType(column)}`
  })
  const relationships = keys.flatMap((key) => [
    '          {', `            foreignKeyName: "${key.name}"`, `            columns: ${JSON.stringify(key.columns)}`, `            isOneToOne: ${key.oneToOne}`,
    `            referencedRelation: "${key.table}"`, `            referencedColumns: ${JSON.stringify(key.referenced)}`, '          },',
  ])
  const written = view ? [] : [...block(8, 'Insert', fields('insert')), ...block(8, 'Update', fields('update'))]
  const related = relationships.length === 0 ? ['        Relationships: []'] : ['        Relationships: [', ...relationships, '        ]']
  return block(6, name, [...block(8, 'Row', fields('read')), ...written, ...related])
}

function routineLine({ name, args, returns, set }: Routine): string[] {
  const given = args.map((arg, index) => `${arg.name ?? `arg${index}`}: ${scalar(arg.type)}`).join('; ')
  return [`      ${name}: { Args: ${given === '' ? 'never' : `{ ${given} }`}; Returns: ${scalar(returns)}${set ? '[]' : ''} }`]
}

function schemaBlock(schema: string, { relations, enums, routines }: Catalogue): string[] {
  const here = <T extends { readonly schema: string }>(all: readonly T[]): T[] => all.filter((one) => one.schema === schema)
  return block(2, schema, [
    ...block(4, 'Tables', here(relations).filter(({ view }) => !view).flatMap(relationBlock)),
    ...block(4, 'Views', here(relations).filter(({ view }) => view).flatMap(relationBlock)),
    ...block(4, 'Functions', here(routines).flatMap(routineLine)),
    ...block(4, 'Enums', here(enums).map(({ name, values }) => `      ${name}: ${values.map((value) => JSON.stringify(value)).join(' | ')}`)),
    ...block(4, 'CompositeTypes', []),
  ])
}

/** TypeScript types of the named schemas, in the form supabase-js takes: `Database[schema]["Tables"][table]["Row" | "Insert" | "Update"]`. Composite types are left out. */
export async function typescriptTypes(database: Database, schemas: readonly string[]): Promise<string> {
  const { rows } = await database.read([{ sql: catalogueSql, parameters: [schemas] }])
  const catalogue = rows[0]?.['catalogue'] as Catalogue
  return [
    'export type Json =', '  | string', '  | number', '  | boolean', '  | null', '  | { [key: string]: Json | undefined }', '  | Json[]', '',
    'export type Database = {', ...schemas.toSorted().flatMap((schema) => schemaBlock(schema, catalogue)), '}', '',
  ].join('\n')
}
