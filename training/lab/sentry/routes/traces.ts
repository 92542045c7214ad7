import type { Hono } from 'hono'
import type { SentryEvent, SentryIssue, SentryWorld } from '../../../../src/core/world/sentry.ts'
import type { SentryState } from '../state.ts'

type SentrySpan = SentryWorld['traces'][number]['spans'][number]

interface TraceError {
  readonly issue: SentryIssue
  readonly event: SentryEvent
}

interface Trace {
  readonly id: string
  readonly spans: readonly SentrySpan[]
  readonly errors: readonly TraceError[]
}

/** Everything that carries a trace id: its spans, and the stored errors that happened in it; empty when nothing does. */
function traceOf({ sentry }: SentryState, id: string): Trace {
  const wanted = id.replaceAll('-', '').toLowerCase()
  const spans = sentry.traces.find((trace) => trace.id === wanted)?.spans ?? []
  const errors = sentry.issues.flatMap((issue) => issue.events.filter((event) => event.traceId === wanted).map((event) => ({ issue, event })))
  return { id: wanted, spans, errors }
}

function seconds(time: string): number {
  return Date.parse(time) / 1000
}

function projectId({ sentry }: SentryState, slug: string): number {
  return Number(sentry.projects.find((project) => project.slug === slug)?.id ?? 0)
}

function errorView(state: SentryState, { issue, event }: TraceError, transaction: string): Record<string, unknown> {
  return {
    event_id: event.id, project_id: projectId(state, issue.project), project_slug: issue.project, transaction, description: issue.title, event_type: 'error', issue_id: Number(issue.id),
    level: issue.level, start_timestamp: seconds(event.time), end_timestamp: seconds(event.time), culprit: issue.culprit, short_id: issue.shortId, issue_type: 1,
  }
}

function spanView(state: SentryState, trace: Trace, span: SentrySpan, transaction: string): Record<string, unknown> {
  const start = seconds(span.start)
  const attributes = Object.fromEntries(Object.entries(span.data).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)))
  return {
    event_id: span.id, transaction_id: span.parentId === null ? span.id : (trace.spans.find((each) => each.parentId === null)?.id ?? span.id), project_id: projectId(state, span.project),
    project_slug: span.project, profile_id: '', profiler_id: '', parent_span_id: span.parentId, start_timestamp: start, end_timestamp: start + span.ms / 1000, measurements: {},
    browser_web_vital: {}, mobile_app_vital: {}, duration: span.ms, transaction, is_transaction: span.parentId === null, description: span.description, sdk_name: 'sentry.javascript.node', op: span.op,
    name: span.description, event_type: 'span', status: span.status, additional_attributes: { ...attributes, 'span.status': span.status }, occurrences: [],
    children: trace.spans.filter((child) => child.parentId === span.id).map((child) => spanView(state, trace, child, transaction)),
    errors: trace.errors.filter(({ event }) => event.spanId === span.id).map((error) => errorView(state, error, transaction)),
  }
}

/** The forest of a trace: root spans with their children and errors, then the errors that name no span of it. */
function traceView(state: SentryState, trace: Trace): Record<string, unknown>[] {
  const ids = new Set(trace.spans.map((span) => span.id))
  const roots = trace.spans.filter((span) => span.parentId === null || !ids.has(span.parentId))
  const loose = trace.errors.filter(({ event }) => event.spanId === undefined || !ids.has(event.spanId))
  const transaction = roots[0]?.description ?? ''
  return [...roots.map((root) => spanView(state, trace, root, root.description)), ...loose.map((error) => errorView(state, error, transaction))]
}

/** A trace as a tree, and what it holds in numbers. */
export function addTraceRoutes(app: Hono, state: SentryState): void {
  const base = '/api/0/organizations/:org'
  app.get(`${base}/trace/:trace/`, (c) => c.json(traceView(state, traceOf(state, c.req.param('trace')))))
  app.get(`${base}/trace-meta/:trace/`, (c) => {
    const { id, spans, errors } = traceOf(state, c.req.param('trace'))
    const roots = spans.filter((span) => span.parentId === null)
    return c.json({
      errorsCount: errors.length, logsCount: state.rows('logs').filter((row) => row.fields['trace'] === id).length, metricsCount: 0, performanceIssuesCount: 0, spansCount: spans.length,
      transactionChildCountMap: roots.map((root) => ({ 'transaction.event_id': root.id, 'count()': spans.length })),
      spansCountMap: Object.fromEntries([...Map.groupBy(spans, (span) => span.op)].map(([op, same]) => [op, same.length])),
    })
  })
}
