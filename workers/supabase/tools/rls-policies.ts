import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { entityField, limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

const Policy = z.object({ name: z.string(), command: z.string(), roles: z.array(z.string()), permissive: z.boolean(), using: z.string().nullable(), check: z.string().nullable() })
type Policy = z.infer<typeof Policy>
const Row = z.object({ schema: z.string(), table: z.string(), enabled: z.boolean(), forced: z.boolean(), policies: z.array(Policy).nullish() })
const Secured = z.object({ schema: z.string(), table: z.string(), enabled: z.boolean(), forced: z.boolean(), policies: z.array(Policy) })
type Secured = z.infer<typeof Secured>

const SQL = `
select n.nspname::text as schema, c.relname::text as "table", c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
  (select json_agg(json_build_object('name', p.policyname, 'command', p.cmd, 'roles', p.roles, 'permissive', p.permissive = 'PERMISSIVE', 'using', p.qual, 'check', p.with_check) order by p.policyname)
     from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname) as policies
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%'
  and n.nspname not in ('information_schema', 'auth', 'realtime', 'vault', 'extensions', 'graphql', 'graphql_public', 'pgsodium', 'supabase_migrations', 'cron', 'net')
order by n.nspname <> 'public', c.relname`

export const rlsPolicies = defineTool<SupabaseClient>()({
  name: 'supabase_rls_policies',
  title: 'Row level security and its policies',
  useWhen: 'Use when rows are missing, writes are refused ("violates row-level security policy") or people see too much: which policies stand on a table, for whom, with which condition.',
  input: z.object({ table: entityField('table', 'only this one').optional(), limit: limitField(30, 200) }),
  output: z.object({ tables: z.array(Secured) }),
  operations: [operations.select],
  async run({ table: wanted, limit }, { client }) {
    const name = wanted?.split('.').at(-1)?.replaceAll('"', '')
    const all = (await client.select(SQL, Row)).map((row): Secured => ({ ...row, policies: row.policies ?? [] }))
    const found = name === undefined ? all : all.filter(({ table }) => table === name)
    const shown = found.slice(0, limit)
    const signals = shown.flatMap((one) => securitySignals(one, name !== undefined))
    const none = name === undefined ? 'The database has no tables of its own.' : `The database has no table called ${name}.`
    return {
      structured: { tables: shown },
      text: shown.length === 0 ? none : shown.map(tableText).join('\n'),
      entities: distinctEntities(shown.flatMap((one): Entity[] => [{ kind: 'table', value: one.table }, ...one.policies.map((policy) => ({ kind: 'policy' as const, value: policy.name }))])),
      signals: signals.length > 0 ? signals : [shown.length === 0 ? makeSignal('absence', name === undefined ? 0 : 2, none) : makeSignal('healthy', 0, `Row level security of ${shown.length} tables has no gap that shows.`)],
      links: [client.link('Policies in Supabase', 'auth/policies')],
      truncated: found.length > limit,
    }
  },
})

function tableText(one: Secured): string {
  const state = one.enabled ? `RLS on${one.forced ? ', for the owner too' : ''}` : 'RLS off'
  return [`${one.schema}.${one.table}: ${state}, ${one.policies.length} policies`, ...one.policies.map((policy) => `  ${policyText(policy)}`)].join('\n')
}

function policyText({ name, command, roles, permissive, using, check }: Policy, most = 300): string {
  return `"${name}" for ${command} to ${roles.join(', ')}${permissive ? '' : ' (restrictive)'}${using === null ? '' : ` using ${clip(using, most)}`}${check === null ? '' : ` check ${clip(check, most)}`}`
}

/** What a table's security does: shut everybody out, nothing, or what its policies say, each on a line of its own where one table was asked for. */
function securitySignals(one: Secured, alone: boolean): Signal[] {
  const about: Entity[] = [{ kind: 'table', value: one.table }, ...one.policies.slice(0, 6).map((policy) => ({ kind: 'policy' as const, value: policy.name }))]
  const title = `${one.schema}.${one.table}`
  if (one.schema === 'public' && one.enabled && one.policies.length === 0) return [makeSignal('state', 1, `Row level security is on for ${title} without a policy: every ordinary role sees no rows.`, { about })]
  if (!one.enabled && one.policies.length > 0) return [makeSignal('state', 2, `${title} has ${one.policies.length} policies without effect: row level security is off.`, { about })]
  if (one.policies.length === 0) return []
  const open = one.policies.filter(({ permissive, command, roles, using, check }) => permissive && command !== 'SELECT' && roles.some((role) => role === 'anon' || role === 'public') && (check ?? using) === 'true')
  return [
    ...open.slice(0, 2).map((policy) => makeSignal('state', 2, `The policy "${policy.name}" lets anybody ${policy.command === 'ALL' ? 'write' : policy.command.toLowerCase()} ${title}.`, { about })),
    ...(alone
      ? one.policies.slice(0, 6).map((policy) => makeSignal('state', 0, `Policy ${policyText(policy, 120)} on ${title}.`, { about: [{ kind: 'policy', value: policy.name }, { kind: 'table', value: one.table }], says: policy.using ?? policy.check ?? '' }))
      : [makeSignal('state', 0, `Policies of ${title}: ${one.policies.slice(0, 4).map((policy) => policyText(policy, 100)).join('; ')}.`, { about })]),
    ...refusedSignal(one, about),
  ]
}

const COMMANDS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const

/** What row level security refuses to every ordinary role because no policy speaks of it. Reading only is how most tables are meant, so it is context. */
function refusedSignal(one: Secured, about: readonly Entity[]): Signal[] {
  const allowed = new Set(one.policies.filter(({ permissive }) => permissive).map(({ command }) => command))
  const refused = COMMANDS.filter((command) => !allowed.has(command) && !allowed.has('ALL'))
  if (refused.length === 0) return []
  return [makeSignal('state', refused.includes('SELECT') ? 1 : 0, `${one.schema}.${one.table}: no policy allows ${refused.join(', ')}, so ordinary roles are refused.`, { about, says: '' })]
}
