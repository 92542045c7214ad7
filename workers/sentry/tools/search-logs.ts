import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { foldLines, levelOf, logLevels, logSignals, logText } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { environmentField, projectField, scopedSearch, windowQuery } from '../fields.ts'
import { organizationRead } from '../operations.ts'

const FIELDS = ['timestamp', 'message', 'severity', 'trace', 'project']

/** Structured logs that services send to Sentry. */
export const searchLogs = defineTool<SentryClient>()({
  name: 'sentry_search_logs',
  title: 'Search logs kept by Sentry',
  useWhen: 'Use when you need log lines around an error, of a trace, or with a text.',
  input: z.object({
    text: z.string().max(200).optional().describe('Text that the message contains'),
    severity: z.enum(logLevels).optional(),
    trace: entityField('trace', '32 hex digits').optional(),
    project: projectField, environment: environmentField, ...windowFields, limit: limitField(100, 500), cursor: cursorField,
  }),
  output: z.object({ lines: z.array(z.object({ at: z.string(), level: z.enum(logLevels), message: z.string(), trace: z.string().nullable(), project: z.string().nullable() })) }),
  operations: [organizationRead('events/')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 60, maxMinutes: 30 * 24 * 60 })
    const query = scopedSearch(undefined, { project: args.project, severity: args.severity === 'warning' ? 'warn' : args.severity, trace: args.trace, ...(args.text === undefined ? {} : { message: `*${args.text}*` }) })
    const page = await client.events({ dataset: 'logs', field: FIELDS, query, sort: '-timestamp', environment: args.environment, per_page: args.limit, cursor: args.cursor, ...windowQuery(window) })
    const lines = page.items.slice(0, args.limit).map((row) => {
      const message = textOf(row['message']) ?? ''
      return { at: timeOf(row['timestamp']), level: levelOf(textOf(row['severity']), message), message, trace: textOf(row['trace']), project: textOf(row['project']) }
    })
    const entries = lines.toReversed().map(({ at, level, message, project }) => ({ at, level, message, ...(project === null ? {} : { origin: project }) }))
    const folded = foldLines(entries)
    const span = `${utc(window.start)} to ${utc(window.end)}`
    const traces = [...new Set(lines.flatMap(({ trace }) => trace ?? []))].slice(0, 10)
    return {
      structured: { lines },
      text: lines.length === 0 ? `No log line for "${query}" between ${span}.` : logText(`Logs in Sentry, ${span}`, entries, folded),
      entities: [...traces.map((value) => ({ kind: 'trace' as const, value })), ...folded.flatMap(({ entities }) => entities)],
      signals: lines.length === 0 ? [makeSignal('absence', 0, `No log line in Sentry matches "${query}" between ${span}`)] : logSignals(folded, args.project === undefined ? [] : [{ kind: 'project', value: args.project }]),
      truncated: page.cursor !== undefined,
      cursor: page.cursor,
    }
  },
})

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function timeOf(value: unknown): string {
  const date = new Date(typeof value === 'number' && value < 1e12 ? value * 1_000 : String(value))
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString()
}
