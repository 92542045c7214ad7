import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { foldLines, joinContinuations, logLevels, logSignals, logText, messageTemplate } from '../../kit/log-lines.ts'
import type { FoldedLine } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { ResolvedWindow } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { connectionSignals, readConnections } from '../connections.ts'
import { entitiesOfLines, linesQuery, LOG_WINDOW, logLines, logSources } from '../log-query.ts'
import type { SupabaseLogLine } from '../log-query.ts'
import { operations } from '../operations.ts'
import { readIfAllowed } from '../read-if-allowed.ts'

const Source = z.enum(['all', ...logSources])
const Folded = z.object({ level: z.enum(logLevels), sources: z.array(z.string()), message: z.string(), count: z.number().int(), first: z.string(), last: z.string() })

export const queryLogs = defineTool<SupabaseClient>()({
  name: 'supabase_query_logs',
  title: 'Logs of the project',
  useWhen: 'Use when you need what the database (postgres_logs), the API (edge_logs), auth, storage, realtime or functions logged in the window; at most 24 hours.',
  input: z.object({
    source: Source.default('all').describe('all: without search or minStatus, only warnings and errors'),
    search: z.string().min(1).max(200).optional().describe('text lines must contain'),
    minStatus: z.number().int().min(100).max(599).optional().describe('only this response status and above'),
    ...windowFields, limit: limitField(300, 1_000),
  }),
  output: z.object({ source: Source, lines: z.number().int(), folded: z.array(Folded) }),
  operations: [operations.logs, operations.select, operations.postgresConfig],
  async run({ source, search, minStatus, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, LOG_WINDOW)
    const lines = logLines(await client.logs(linesQuery({ source, search, minStatus }, limit), window))
    const folded = foldLines(joinContinuations(lines))
    const head = `Supabase ${source === 'all' ? 'logs' : source}${search === undefined ? '' : ` with "${search}"`}, ${utc(window.start)} to ${utc(window.end)}`
    const holders = await connectionsIfRefused(client, lines, window, clock.now())
    const signals = [...logSignals(folded, (line) => attributesOf(line, lines)), ...holders]
    return {
      structured: { source, lines: lines.length, folded: folded.map(({ level, sample, count, first, last, origins }) => ({ level, sources: [...origins], message: sample.slice(0, 2_000), count, first, last })) },
      text: [lines.length === 0 ? `${head}: no lines.` : logText(head, lines, folded), ...holders.map(({ text }) => `Now: ${text}`)].join('\n'),
      entities: distinctEntities([...folded.flatMap((line) => line.entities), ...entitiesOfLines(lines)]),
      signals: signals.length > 0 ? signals : [makeSignal(lines.length === 0 ? 'absence' : 'healthy', 0, `${head}: ${lines.length === 0 ? 'no lines' : `${lines.length} lines, no error among them`}.`)],
      links: [client.link(`${source === 'all' ? 'Logs' : source} in Supabase`, source === 'all' ? 'logs/explorer' : `logs/${source.replaceAll('_', '-')}`)],
      truncated: lines.length >= limit,
    }
  },
})

/** SQLSTATE too_many_connections, and what servers and poolers say of it. */
const REFUSED = /\b53300\b|too many (?:clients|connections)|remaining connection slots|max clients? (?:connections )?reached/i
const FRESH_MILLISECONDS = 30 * 60_000

/** Where connections are refused lately: who holds them now, since the lines only name who did not get one. */
async function connectionsIfRefused(client: SupabaseClient, lines: readonly SupabaseLogLine[], window: ResolvedWindow, now: Date): Promise<Signal[]> {
  if (now.getTime() - window.end.getTime() > FRESH_MILLISECONDS || !lines.some(({ at, message }) => now.getTime() - new Date(at).getTime() < FRESH_MILLISECONDS && REFUSED.test(message))) return []
  const connections = await readIfAllowed(readConnections(client))
  return connections === null ? [] : connectionSignals(connections).filter(({ severity }) => severity > 0)
}

/** The typed attributes of the lines that were folded into `line`. */
function attributesOf(line: FoldedLine, lines: readonly SupabaseLogLine[]) {
  const template = messageTemplate(line.sample.split('\n')[0] ?? '')
  return entitiesOfLines(lines.filter((candidate) => candidate.level === line.level && messageTemplate(candidate.message) === template).slice(-20)).slice(0, 8)
}
