import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

const Max = z.object({ max: z.coerce.number() })
const Config = z.object({ max_connections: z.number().nullish() })
const Row = z.object({ role: z.string().nullish(), application: z.string().nullish(), state: z.string().nullish(), connections: z.coerce.number() })
const Usage = z.object({ role: z.string(), application: z.string(), state: z.string(), connections: z.number().int() })

export const connectionUsage = defineTool<SupabaseClient>()({
  name: 'supabase_connection_usage',
  title: 'Connections in use against the limit',
  useWhen: 'Use when connections are refused or time out ("too many clients", "remaining connection slots"): who holds them, in which state.',
  input: z.object({}),
  output: z.object({ max: z.number().int(), used: z.number().int(), usage: z.array(Usage) }),
  operations: [operations.select, operations.postgresConfig],
  async run(_args, { client }) {
    const [config, limits, rows] = await Promise.all([
      // What the team set itself counts; where the token may not see that, the server's own setting does.
      client.get('/config/database/postgres', Config).catch(() => ({ max_connections: null })),
      client.select("select setting::int as max from pg_settings where name = 'max_connections'", Max),
      client.select("select usename::text as role, application_name as application, state, count(*)::int as connections from pg_stat_activity where usename is not null group by 1, 2, 3 order by 4 desc limit 50", Row),
    ])
    const max = config.max_connections ?? limits[0]?.max ?? 0
    const usage = rows.map((row) => ({ role: row.role ?? '', application: row.application ?? '', state: row.state ?? '', connections: row.connections }))
    const used = usage.reduce((sum, row) => sum + row.connections, 0)
    const share = max === 0 ? 0 : used / max
    const top = usage[0]
    const text = `${used} of ${max} connections are in use (${Math.round(share * 100)}%)`
    const about = top === undefined ? [] : [{ kind: 'role' as const, value: top.role }]
    return {
      structured: { max, used, usage },
      text: [`${text}:`, ...usage.map((row) => `${row.connections} ${row.role}${row.application === '' ? '' : ` (${row.application})`} ${row.state}`)].join('\n'),
      entities: [...new Set(usage.map((row) => row.role))].map((value) => ({ kind: 'role', value })),
      signals: [share >= 0.8 ? makeSignal('state', share >= 0.9 ? 3 : 2, `${text}; most by ${top?.role ?? 'nobody'} (${top?.connections ?? 0}, ${top?.state ?? ''}).`, { about }) : makeSignal('healthy', 0, `${text}.`, { about })],
      links: [client.link('Database in Supabase', 'observability/database')],
    }
  },
})
