import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

/** What the codes people meet mean. Source: PostgREST's and PostgreSQL's tables of error codes. */
const MEANINGS: Readonly<Record<string, string>> = {
  PGRST205: 'the API does not know the table: it was renamed or dropped, or the schema cache is old',
  PGRST106: 'the schema is not exposed to the API',
  PGRST301: 'the key is not accepted: wrong, or expired',
  PGRST303: 'the key’s claims are not accepted: it may have expired',
  42501: 'the role may not read the table: a grant is missing',
  '42P01': 'the table does not exist',
}

export const checkTableApi = defineTool<SupabaseClient>()({
  name: 'supabase_check_table_api',
  title: 'Whether the data API serves a table',
  useWhen: 'Use when clients cannot read a table through the API: asks for no rows with the publishable key and says which error comes back.',
  input: z.object({ table: entityField('table', 'table or view'), schema: z.string().regex(/^\w{1,63}$/).default('public') }),
  output: z.object({ table: z.string(), served: z.boolean(), status: z.number().int(), code: z.string().nullable() }),
  operations: [operations.dataApi],
  async run({ table: given, schema }, { client }) {
    const table = given.split('.').at(-1)?.replaceAll('"', '') ?? given
    const { status, code } = await client.probeTable(schema, table)
    const served = status < 300
    const meaning = code === null ? '' : `: ${MEANINGS[code] ?? 'see PostgREST’s error codes'}`
    const text = served ? `The data API serves ${schema}.${table} to the publishable key.` : `The data API answers ${status}${code === null ? '' : ` (${code})`} for ${schema}.${table}${meaning}.`
    const about = [{ kind: 'table' as const, value: table }, ...(served ? [] : [{ kind: 'status_code' as const, value: String(status) }]), ...(code === null ? [] : [{ kind: 'error_code' as const, value: code }])]
    return { structured: { table, served, status, code }, text, entities: about, signals: [makeSignal(served ? 'healthy' : 'state', served ? 0 : 3, text, { about })] }
  },
})
