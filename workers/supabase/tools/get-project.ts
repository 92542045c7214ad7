import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { readIfAllowed } from '../read-if-allowed.ts'

const Answer = z.object({ name: z.string(), status: z.string(), region: z.string(), created_at: z.string(), database: z.object({ version: z.string() }).nullish() })
const Restrictions = z.object({ config: z.object({ dbAllowedCidrs: z.array(z.string()).nullish() }).nullish() })
const Project = z.object({
  ref: z.string(), name: z.string(), status: z.string(), region: z.string(), postgres: z.string().nullable(), createdAt: z.string(),
  allowedNetworks: z.array(z.string()).nullable().describe('null: unknown'), bannedAddresses: z.array(z.string()).nullable(),
})
type Project = z.infer<typeof Project>

const ANYWHERE = '0.0.0.0/0'

export const getProject = defineTool<SupabaseClient>()({
  name: 'supabase_get_project',
  title: 'The project, and who may connect to it',
  useWhen: 'Use when connections are refused before they are answered, or the whole project seems down: its status, region, Postgres version, network restrictions, banned addresses.',
  input: z.object({}),
  output: Project,
  operations: [operations.project, operations.networkRestrictions, operations.networkBans],
  async run(_args, { client }) {
    const [answer, restrictions, bans] = await Promise.all([client.get('', Answer), readIfAllowed(client.get('/network-restrictions', Restrictions)), readIfAllowed(client.networkBans())])
    const project: Project = {
      ref: client.ref, name: answer.name, status: answer.status, region: answer.region, postgres: answer.database?.version ?? null, createdAt: answer.created_at,
      allowedNetworks: restrictions?.config?.dbAllowedCidrs ?? null, bannedAddresses: bans,
    }
    const signals = projectSignals(project)
    return {
      structured: project,
      text: [
        `${project.name} (${project.ref}): ${project.status}, ${project.region}, Postgres ${project.postgres ?? 'unknown'}, made ${utc(project.createdAt)}`,
        `may connect to the database: ${project.allowedNetworks === null ? 'unknown' : project.allowedNetworks.includes(ANYWHERE) ? 'anyone' : project.allowedNetworks.join(', ')}`,
        `banned for wrong passwords: ${project.bannedAddresses === null ? 'unknown' : project.bannedAddresses.join(', ') || 'nobody'}`,
      ].join('\n'),
      entities: [{ kind: 'database', value: project.ref, label: project.name }, ...(project.bannedAddresses ?? []).map((value) => ({ kind: 'host' as const, value }))],
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `The Supabase project ${project.name} is ${project.status}; its network keeps nobody out.`, { about: [{ kind: 'database', value: client.ref }], says: '' })],
      links: [client.link('Project in Supabase', '')],
    }
  },
})

function projectSignals({ name, ref, status, allowedNetworks, bannedAddresses }: Project): Signal[] {
  const about = [{ kind: 'database' as const, value: ref }]
  return [
    ...(status === 'ACTIVE_HEALTHY' ? [] : [makeSignal('state', 3, `The Supabase project ${name} is ${status}.`, { about, says: '' })]),
    ...(bannedAddresses === null || bannedAddresses.length === 0 ? [] : [makeSignal('state', 2, `Banned from the database of ${name} for wrong passwords: ${bannedAddresses.slice(0, 8).join(', ')}${bannedAddresses.length > 8 ? `, and ${bannedAddresses.length - 8} more` : ''}.`, { about })]),
    ...(allowedNetworks === null || allowedNetworks.includes(ANYWHERE) ? [] : [makeSignal('state', 1, `Only ${allowedNetworks.slice(0, 8).join(', ') || 'no network'} may connect to the database of ${name}.`, { about })]),
  ]
}
