import type { Hono } from 'hono'
import type { DatasetName, Row } from '../datasets.ts'
import { badRequest, notFound, pageResponse, paramsOf } from '../responses.ts'
import type { Scalar } from '../search/match.ts'
import { projectOf, type SentryState } from '../state.ts'
import { sentryTime } from '../time-window.ts'

const itemTypes: Readonly<Record<string, DatasetName>> = { logs: 'logs', spans: 'spans' }

function typeName(value: Scalar): string {
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  return Number.isInteger(value) ? 'int' : 'float'
}

function itemView({ at, fields }: Row): Record<string, unknown> {
  const attributes = Object.entries(fields).map(([name, value]) => ({ name, type: typeName(value), value: typeof value === 'number' ? String(value) : value }))
  return { itemId: fields['id'], timestamp: sentryTime(new Date(at).toISOString()), attributes, meta: {}, links: null }
}

/** The severities of OpenTelemetry, whose numbers Sentry stores beside the words. */
const severityNumbers: Readonly<Record<string, number>> = { trace: 1, debug: 5, info: 9, warn: 13, warning: 13, error: 17, fatal: 21 }

function logView(state: SentryState, { at, project, fields }: Row): Record<string, unknown> {
  const severity = String(fields['severity'])
  return {
    id: fields['id'], 'project.id': Number(projectOf(state, project).id), trace: fields['trace'], severity, severity_number: severityNumbers[severity] ?? 0,
    timestamp: new Date(at).toISOString(), timestamp_precise: at * 1_000_000, message: fields['message'],
  }
}

/** One log line or span with all its attributes, and the log lines of a trace: addresses Sentry's own clients use without documentation. */
export function addTraceItemRoutes(app: Hono, state: SentryState): void {
  app.get('/api/0/projects/:org/:project/trace-items/:item/', (c) => {
    const dataset = itemTypes[paramsOf(c).get('item_type') ?? '']
    if (dataset === undefined) throw badRequest('item_type must be one of: logs, spans')
    const { slug } = projectOf(state, c.req.param('project'))
    const found = state.rows(dataset).find((row) => row.project === slug && row.fields['id'] === c.req.param('item'))
    if (found === undefined) throw notFound()
    return c.json(itemView(found))
  })
  app.get('/api/0/organizations/:org/trace-logs/', (c) => {
    const traces = new Set(paramsOf(c).getAll('traceId').flatMap((value) => value.split(',')))
    if (traces.size === 0) throw badRequest('No trace ids were given')
    const lines = state.rows('logs').filter((row) => traces.has(String(row.fields['trace'])) && row.at <= state.now().getTime())
    return pageResponse(c, lines, (row) => logView(state, row), { wrap: (data) => ({ data, meta: { fields: {}, units: {} } }) })
  })
}
