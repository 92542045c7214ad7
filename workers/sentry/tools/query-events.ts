import { z } from 'zod'
import { FailureError, fail } from '../../../src/core/errors.ts'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { environmentField, projectField, scopedSearch, windowQuery } from '../fields.ts'
import { organizationRead } from '../operations.ts'
import { tagEntity } from '../tag-entities.ts'

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()])
const Row = z.record(z.string(), Cell)
type Row = z.infer<typeof Row>

const COUNT = /^count(?:_unique)?\(/
/** From this share on, one group is what the counted things have in common. */
const CONCENTRATED = 0.8

/** A table over any data set: columns, or groups with aggregates. */
export const queryEvents = defineTool<SentryClient>()({
  name: 'sentry_query_events',
  title: 'Query events, spans or logs',
  useWhen: 'Use when you need a table no other tool gives, such as count() per release, or p95(span.duration) per transaction.',
  input: z.object({
    dataset: z.enum(['errors', 'spans', 'logs', 'uptime_results']),
    fields: z.array(z.string().min(1).max(100)).min(1).max(12).describe('Columns and aggregates such as count(), count_unique(user), p95(span.duration)'),
    query: z.string().max(500).optional().describe('Sentry search syntax'),
    sort: z.string().max(100).optional().describe('One of fields, - for descending'),
    project: projectField, environment: environmentField, ...windowFields, limit: limitField(25, 100), cursor: cursorField,
  }),
  output: z.object({ rows: z.array(Row) }),
  operations: [organizationRead('events/')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 24 * 60, maxMinutes: 90 * 24 * 60 })
    const query = scopedSearch(args.query, { project: args.project })
    const counted = args.fields.find((field) => COUNT.test(field))
    const sort = args.sort ?? (counted === undefined ? undefined : `-${counted}`)
    const page = await client.events({ dataset: args.dataset, field: args.fields, query, sort, environment: args.environment, per_page: args.limit, cursor: args.cursor, ...windowQuery(window) }).catch(explained(args.dataset))
    const rows = page.items.slice(0, args.limit).map((row) => Object.fromEntries(args.fields.map((field) => [field, cellOf(row[field])])))
    const asked = `${args.dataset}${query === '' ? '' : ` for "${query}"`}, ${utc(window.start)} to ${utc(window.end)}`
    const nothing = `Nothing in ${asked}`
    return {
      structured: { rows },
      text: rows.length === 0 ? `${nothing}.` : `${rows.length} rows of ${asked}:\n${args.fields.join(' | ')}\n${rows.map((row) => args.fields.map((field) => clip(String(row[field] ?? '-'), 160)).join(' | ')).join('\n')}`,
      entities: rows.flatMap((row) => rowEntities(row)),
      signals: rows.length === 0 ? [makeSignal('absence', 0, nothing)] : shareSignals(rows, args.fields, counted, page.cursor !== undefined),
      truncated: page.cursor !== undefined,
      cursor: page.cursor,
    }
  },
})

/** Sentry's refusal of a query says what to change; its own text is not passed on. */
function explained(dataset: string) {
  return (error: unknown): never => {
    if (!(error instanceof FailureError) || error.failure.status !== 400) throw error
    return fail('invalid_input', `Sentry refused this query on ${dataset}: a field, function or search term is unknown there, or sort is not one of fields. sentry_list_attributes tells what can be asked of ${dataset}.`, { status: 400 })
  }
}

function cellOf(value: unknown): z.infer<typeof Cell> {
  const cell = Cell.safeParse(value)
  return cell.success ? cell.data : value === undefined ? null : JSON.stringify(value)
}

const COLUMN_KINDS: Readonly<Record<string, Entity['kind']>> = { issue: 'issue', trace: 'trace', id: 'event', project: 'project', 'project.name': 'project', 'error.type': 'error_type' }

function rowEntities(row: Row): Entity[] {
  return Object.entries(row).flatMap(([field, cell]): Entity[] => {
    if (typeof cell !== 'string' || cell === '') return []
    const kind = COLUMN_KINDS[field]
    if (kind !== undefined) return [{ kind, value: cell }]
    return /^(?:message|title|culprit|error\.value|span\.description|transaction)$/.test(field) ? extractEntities(cell) : tagEntity(field, cell)
  })
}

/** Whether one group stands for nearly all that was counted; only a complete table can tell. */
function shareSignals(rows: readonly Row[], fields: readonly string[], counted: string | undefined, more: boolean) {
  if (counted === undefined || rows.length < 2 || more) return []
  const counts = rows.map((row) => Number(row[counted] ?? 0))
  const total = counts.reduce((sum, count) => sum + count, 0)
  const most = Math.max(...counts)
  const top = rows[counts.indexOf(most)]
  if (top === undefined || total === 0 || most / total < CONCENTRATED) return []
  const group = fields.filter((field) => !field.includes('(')).map((field) => `${field}=${String(top[field])}`).join(', ')
  return [makeSignal('anomaly', 1, `${Math.round((most / total) * 100)} % of ${counted} are ${group} (${most} of ${total})`, { count: Math.round(most), about: rowEntities(top), says: '' })]
}
