import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { foldLines, joinContinuations, logLevels, logSignals, logText, messageTemplate } from '../../kit/log-lines.ts'
import type { FoldedLine } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { entitiesOfLines, linesQuery, LOG_WINDOW, logLines, logSources } from '../log-query.ts'
import type { SupabaseLogLine } from '../log-query.ts'
import { operations } from '../operations.ts'

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
  operations: [operations.logs],
  async run({ source, search, minStatus, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, LOG_WINDOW)
    const lines = logLines(await client.logs(linesQuery({ source, search, minStatus }, limit), window))
    const folded = foldLines(joinContinuations(lines))
    const head = `Supabase ${source === 'all' ? 'logs' : source}${search === undefined ? '' : ` with "${search}"`}, ${utc(window.start)} to ${utc(window.end)}`
    const signals = logSignals(folded, (line) => attributesOf(line, lines))
    return {
      structured: { source, lines: lines.length, folded: folded.map(({ level, sample, count, first, last, origins }) => ({ level, sources: [...origins], message: sample.slice(0, 2_000), count, first, last })) },
      text: lines.length === 0 ? `${head}: no lines.` : logText(head, lines, folded),
      entities: distinctEntities([...folded.flatMap((line) => line.entities), ...entitiesOfLines(lines)]),
      signals: signals.length > 0 ? signals : [makeSignal(lines.length === 0 ? 'absence' : 'healthy', 0, `${head}: ${lines.length === 0 ? 'no lines' : `${lines.length} lines, no error among them`}.`)],
      links: [client.link(`${source === 'all' ? 'Logs' : source} in Supabase`, source === 'all' ? 'logs/explorer' : `logs/${source.replaceAll('_', '-')}`)],
      truncated: lines.length >= limit,
    }
  },
})

/** The typed attributes of the lines that were folded into `line`. */
function attributesOf(line: FoldedLine, lines: readonly SupabaseLogLine[]) {
  const template = messageTemplate(line.sample.split('\n')[0] ?? '')
  return entitiesOfLines(lines.filter((candidate) => candidate.level === line.level && messageTemplate(candidate.message) === template).slice(-20)).slice(0, 8)
}
