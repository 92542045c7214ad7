import type { SentryEvent, SentryIssue } from '../../../../src/core/world/sentry.ts'
import { projectOf, type SentryState } from '../state.ts'
import { sentryTime } from '../time-window.ts'

type Frame = SentryEvent['exception'][number]['frames'][number]

/** The tags Sentry derives for an event, its own beside them, as key and value, sorted by key. */
export function tagsOf(issue: SentryIssue, event: SentryEvent): { key: string; value: string }[] {
  const tags: Record<string, string | undefined> = {
    ...event.tags, environment: event.environment, level: event.tags['level'] ?? issue.level, release: event.release,
    user: event.user === undefined ? undefined : `id:${event.user.id}`, url: event.tags['url'] ?? event.request?.url,
  }
  return Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])).toSorted((one, other) => (one.key < other.key ? -1 : 1))
}

function userOf(event: SentryEvent): Record<string, unknown> | null {
  if (event.user === undefined) return null
  const { id, ip, email } = event.user
  return { id, email: email ?? null, username: null, ip_address: ip ?? null, name: null, geo: null, data: null }
}

function titleParts(issue: SentryIssue, event: SentryEvent) {
  const exception = event.exception.at(-1)
  const frame = exception?.frames.findLast((each) => each.inApp)
  return {
    title: exception === undefined ? event.message : `${exception.type}: ${exception.value}`.trim(),
    location: frame?.filename ?? null,
    metadata: { type: exception?.type ?? issue.type, value: exception?.value ?? event.message, title: issue.title, ...(frame === undefined ? {} : { filename: frame.filename, function: frame.function }) },
  }
}

/** An event as lists show it. */
export function eventSummary(state: SentryState, issue: SentryIssue, event: SentryEvent): Record<string, unknown> {
  const project = projectOf(state, issue.project)
  return {
    id: event.id, 'event.type': event.exception.length > 0 ? 'error' : 'default', groupID: issue.id, eventID: event.id, projectID: project.id, message: event.message,
    ...titleParts(issue, event), culprit: issue.culprit, user: userOf(event), tags: tagsOf(issue, event), platform: project.platform, dateCreated: sentryTime(event.time), crashFile: null,
  }
}

function frameView(frame: Frame, platform: string): Record<string, unknown> {
  return {
    filename: frame.filename, absPath: `/app/${frame.filename}`, module: null, package: null, platform, instructionAddr: null, symbolAddr: null, function: frame.function, rawFunction: null, symbol: null,
    context: frame.context, lineNo: frame.line, colNo: frame.column ?? null, inApp: frame.inApp, trust: null, errors: null, lock: null, sourceLink: null, vars: frame.vars ?? null,
  }
}

function exceptionEntry(event: SentryEvent, platform: string): Record<string, unknown> {
  const handled = event.tags['handled'] === 'yes'
  return {
    type: 'exception',
    data: {
      values: event.exception.map(({ type, value, frames }) => ({
        type, value, mechanism: { type: 'generic', handled, synthetic: null }, threadId: null, module: null, rawStacktrace: null,
        stacktrace: frames.length === 0 ? null : { frames: frames.map((frame) => frameView(frame, platform)), framesOmitted: null, registers: null, hasSystemFrames: frames.some((frame) => !frame.inApp) },
      })),
      hasSystemFrames: event.exception.some(({ frames }) => frames.some((frame) => !frame.inApp)), excOmitted: null,
    },
  }
}

function requestEntry({ method, url, query, headers, data }: NonNullable<SentryEvent['request']>): Record<string, unknown> {
  const pairs = [...new URLSearchParams(query ?? '')]
  return { type: 'request', data: { apiTarget: null, method, url, query: pairs, fragment: null, data: data ?? null, headers: Object.entries(headers), cookies: [], env: null, inferredContentType: null } }
}

function entriesOf(event: SentryEvent, platform: string): Record<string, unknown>[] {
  const entries: Record<string, unknown>[] = []
  if (event.exception.length > 0) entries.push(exceptionEntry(event, platform))
  else entries.push({ type: 'message', data: { formatted: event.message, message: event.message, params: [] } })
  if (event.breadcrumbs.length > 0) {
    const values = event.breadcrumbs.map(({ time, category, level, message, data }) => ({ type: 'default', timestamp: sentryTime(time), category, level, message, data: data ?? null, event_id: null }))
    entries.push({ type: 'breadcrumbs', data: { values } })
  }
  if (event.request !== undefined) entries.push(requestEntry(event.request))
  return entries
}

/** A whole event: its entries (exception or message, breadcrumbs, request), contexts, tags, and its neighbours within the issue by time. */
export function eventDetail(state: SentryState, issue: SentryIssue, event: SentryEvent): Record<string, unknown> {
  const project = projectOf(state, issue.project)
  const inOrder = issue.events.toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time))
  const place = inOrder.indexOf(event)
  const trace = event.traceId === undefined ? {} : { trace: { type: 'trace', trace_id: event.traceId, span_id: event.spanId ?? null, status: 'internal_error' } }
  const contexts = Object.fromEntries(Object.entries(event.contexts).map(([name, value]) => [name, { type: name, ...value }]))
  const release = state.sentry.releases.find((each) => each.version === event.release)
  return {
    ...eventSummary(state, issue, event), type: event.exception.length > 0 ? 'error' : 'default', dist: null, dateReceived: sentryTime(event.time), size: JSON.stringify(event).length,
    entries: entriesOf(event, project.platform), contexts: { ...contexts, ...trace }, context: event.extra, packages: {}, sdk: { name: `sentry.${project.platform}`, version: '10.0.0' }, errors: [],
    occurrence: null, _meta: { entries: {}, message: null, user: null, contexts: null, context: null, packages: null, tags: {}, sdk: null }, fingerprints: [fingerprintOf(issue)],
    groupingConfig: { enhancements: '', id: 'newstyle:2026-01-20' }, userReport: null, sdkUpdates: [], resolvedWith: [],
    nextEventID: inOrder[place + 1]?.id ?? null, previousEventID: inOrder[place - 1]?.id ?? null,
    release: event.release === undefined ? null : {
      version: event.release, shortVersion: event.release.split('@').at(-1) ?? event.release, dateCreated: sentryTime(release?.createdAt ?? event.time),
      dateReleased: release?.releasedAt === undefined ? null : sentryTime(release.releasedAt), lastCommit: release?.commits[0] === undefined ? null : { id: release.commits[0] },
    },
  }
}

/** The grouping hash of an issue. */
export function fingerprintOf(issue: SentryIssue): string {
  return issue.id.padStart(32, '0')
}
