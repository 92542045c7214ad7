import type { SentryIssue, SentryEvent, SentryWorld } from '../../../src/core/world/sentry.ts'
import type { World } from '../../../src/core/world/world.ts'
import type { Scalar, Searchable } from './search/match.ts'

/**
 * One item of a dataset. A world stores only samples of an issue's events but knows its hourly counts: a row that is not
 * `stored` stands for `weight` events that were counted and not kept; it takes part in counts, never in listings.
 */
export interface Row extends Searchable {
  readonly at: number
  readonly project: string
  readonly environment: string | undefined
  readonly weight: number
  readonly stored: boolean
  readonly fields: Readonly<Record<string, Scalar>>
}

export type DatasetName = 'errors' | 'logs' | 'spans' | 'uptime_results'

const hourMs = 3_600_000
/** Uncounted events of an hour are spread over this many moments of it, so that finer charts still see when they came. */
const slotsPerHour = 12

function row(base: Omit<Row, 'values'>): Row {
  return {
    ...base,
    values: (key) => {
      const value = key === 'timestamp' ? base.at : base.fields[key]
      return value === undefined ? [] : [value]
    },
  }
}

/** What can be asked of one stored event, by the names of Sentry's errors dataset. */
export function eventFields(issue: SentryIssue, event: SentryEvent, sentry: SentryWorld): Record<string, Scalar> {
  const exception = event.exception.at(-1)
  const user = event.user
  const fields: Record<string, Scalar | undefined> = {
    ...event.tags,
    id: event.id,
    'event.type': 'error',
    issue: issue.shortId,
    'issue.id': Number(issue.id),
    title: issue.title,
    message: event.message,
    culprit: issue.culprit,
    level: event.tags['level'] ?? issue.level,
    project: issue.project,
    'project.name': issue.project,
    'project.id': Number(sentry.projects.find((project) => project.slug === issue.project)?.id),
    platform: sentry.projects.find((project) => project.slug === issue.project)?.platform,
    transaction: event.tags['transaction'] ?? issue.culprit,
    'error.type': exception?.type ?? issue.type,
    'error.value': exception?.value ?? event.message,
    'error.handled': Number(event.tags['handled'] === 'yes'),
    environment: event.environment,
    release: event.release,
    trace: event.traceId,
    'trace.span': event.spanId,
    span_id: event.spanId,
    'http.method': event.request?.method,
    'http.url': event.request?.url,
    url: event.tags['url'] ?? event.request?.url,
    user: user === undefined ? undefined : `id:${user.id}`,
    'user.id': user?.id,
    'user.email': user?.email,
    'user.ip': user?.ip,
    'user.display': user?.email ?? user?.id,
  }
  return defined(fields)
}

function defined(fields: Record<string, Scalar | undefined>): Record<string, Scalar> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Scalar] => entry[1] !== undefined))
}

function errorRows(sentry: SentryWorld): Row[] {
  return sentry.issues.flatMap((issue) => {
    const stored = issue.events.map((event) => row({
      at: Date.parse(event.time), project: issue.project, environment: event.environment, weight: 1, stored: true,
      fields: eventFields(issue, event, sentry), text: `${issue.title} ${event.message} ${issue.culprit}`,
    }))
    return [...stored, ...countedRows(issue, stored)]
  })
}

/** Rows for the events of an issue that its hourly counts know of and its samples do not, each like the samples next to it in time. */
function countedRows(issue: SentryIssue, stored: readonly Row[]): Row[] {
  const first = Date.parse(issue.firstSeen)
  const last = Date.parse(issue.lastSeen)
  return issue.hourly.flatMap(([hour, count]) => {
    const begin = Date.parse(hour)
    const missing = count - stored.filter((each) => each.at >= begin && each.at < begin + hourMs).length
    const from = Math.max(begin, first)
    const to = Math.min(begin + hourMs - 1, last)
    const near = stored.toSorted((one, other) => Math.abs(one.at - begin) - Math.abs(other.at - begin)).slice(0, 3)
    if (missing <= 0 || from > to || near.length === 0) return []
    const slots = Math.min(missing, slotsPerHour)
    return Array.from({ length: slots }, (_, slot) => {
      const like = near[slot % near.length] ?? near[0]
      if (like === undefined) throw new Error('unreachable: near is not empty')
      return row({ ...like, at: Math.floor(from + ((slot + 0.5) * (to - from)) / slots), weight: Math.floor(missing / slots) + (slot < missing % slots ? 1 : 0), stored: false })
    })
  })
}

function spanRows(sentry: SentryWorld): Row[] {
  return sentry.traces.flatMap((trace) => {
    const root = trace.spans.find((span) => span.parentId === null)
    return trace.spans.map((span) => row({
      at: Date.parse(span.start), project: span.project, environment: environmentOf(span.data), weight: 1, stored: true, text: span.description,
      fields: defined({
        ...scalars(span.data),
        id: span.id, span_id: span.id, trace: trace.id, parent_span: span.parentId ?? undefined, project: span.project, 'project.name': span.project,
        'span.op': span.op, 'span.description': span.description, description: span.description, 'span.duration': span.ms, 'span.self_time': selfTime(trace.spans, span), 'span.status': span.status,
        transaction: root?.description, is_transaction: span.parentId === null, 'transaction.duration': span.parentId === null ? span.ms : undefined,
        environment: environmentOf(span.data),
      }),
    }))
  })
}

function environmentOf({ environment }: Readonly<Record<string, unknown>>): string {
  return typeof environment === 'string' ? environment : 'production'
}

function selfTime(spans: SentryWorld['traces'][number]['spans'], span: { id: string; ms: number }): number {
  const inChildren = spans.filter((child) => child.parentId === span.id).reduce((sum, child) => sum + child.ms, 0)
  return Math.max(0, span.ms - inChildren)
}

function scalars(data: Readonly<Record<string, unknown>>): Record<string, Scalar> {
  return Object.fromEntries(Object.entries(data).filter((entry): entry is [string, Scalar] => ['string', 'number', 'boolean'].includes(typeof entry[1])))
}

function logRows(world: World): Row[] {
  const itemId = (index: number): string => index.toString(16).padStart(32, '0')
  return world.logs.filter((line) => line.source === 'sentry.logs').map((line, index) => row({
    at: Date.parse(line.time), project: String(line.fields['project'] ?? ''), environment: String(line.fields['environment'] ?? 'production'), weight: 1, stored: true, text: line.message,
    fields: defined({
      ...line.fields, id: itemId(index), 'sentry.item_id': itemId(index), message: line.message, severity: line.fields['severity'] ?? line.level, 'project.name': line.fields['project'],
    }),
  }))
}

function uptimeRows(sentry: SentryWorld): Row[] {
  return sentry.uptime.flatMap((monitor) => monitor.checks.map((check, index) => row({
    at: Date.parse(check.time), project: monitor.project, environment: 'production', weight: 1, stored: true, text: monitor.url,
    fields: defined({
      id: `${monitor.id}-${index}`, project: monitor.project, check_status: check.status, http_status_code: check.httpStatus ?? undefined, duration_ms: check.ms,
      region: check.region, original_url: monitor.url, subscription_id: monitor.id, guid: `${monitor.id}-${index}`,
    }),
  })))
}

/** The rows of each dataset, newest first; built when first asked for. */
export function createDatasets(world: World): (name: DatasetName) => readonly Row[] {
  const builders: Record<DatasetName, () => Row[]> = {
    errors: () => errorRows(world.sentry),
    spans: () => spanRows(world.sentry),
    logs: () => logRows(world),
    uptime_results: () => uptimeRows(world.sentry),
  }
  const built = new Map<DatasetName, readonly Row[]>()
  return (name) => {
    const rows = built.get(name) ?? builders[name]().toSorted((one, other) => other.at - one.at)
    built.set(name, rows)
    return rows
  }
}
