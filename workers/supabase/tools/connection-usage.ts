import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import type { SupabaseClient } from '../client.ts'
import { connectionLines, connectionSignals, readConnections, Usage, whoEntities } from '../connections.ts'
import { operations } from '../operations.ts'

export const connectionUsage = defineTool<SupabaseClient>()({
  name: 'supabase_connection_usage',
  title: 'Connections in use against the limit',
  useWhen: 'Use when connections are refused or time out ("too many clients", "remaining connection slots"): which application or role holds how many of them, in which state.',
  input: z.object({}),
  output: z.object({ max: z.number().int(), used: z.number().int(), usage: z.array(Usage) }),
  operations: [operations.select, operations.postgresConfig],
  async run(_args, { client }) {
    const connections = await readConnections(client)
    return {
      structured: { ...connections, usage: [...connections.usage] },
      text: connectionLines(connections).join('\n'),
      entities: distinctEntities(connections.usage.flatMap(whoEntities)),
      signals: connectionSignals(connections),
      links: [client.link('Database in Supabase', 'observability/database')],
    }
  },
})
