import type { SentryEvent, SentryIssue } from '../../../src/core/world/sentry.ts'
import { type Draft, repositoryOf } from './draft.ts'
import { wholeSecond } from './moments.ts'
import { fileAt } from './repository.ts'
import { releaseAt, type Service } from './service-record.ts'

const HOUR_MS = 3_600_000
/** How many hours of counts an issue shows, as Sentry's own statistics do by default. */
const HOURS_SHOWN = 24
const CONTEXT_LINES = 3

type Frame = SentryEvent['exception'][number]['frames'][number]
type Breadcrumb = SentryEvent['breadcrumbs'][number]

/** A frame of our own code: the line of `file` that contains `line`, or a library's frame by its place. */
export type FrameAct =
  | { readonly file: string; readonly line: string; readonly fn: string; readonly vars?: Readonly<Record<string, unknown>> }
  | { readonly library: string; readonly fn: string; readonly at: number }

export interface EventAct {
  readonly at: string
  readonly value?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly breadcrumbs?: readonly Breadcrumb[]
  readonly traceId?: string
  readonly user?: SentryEvent['user']
  readonly request?: { readonly method: string; readonly url: string; readonly query?: string; readonly headers?: Readonly<Record<string, string>> }
  readonly contexts?: SentryEvent['contexts']
  readonly extra?: Readonly<Record<string, unknown>>
}

export interface IssueAct {
  readonly type: string
  readonly value: string
  /** Where it happens, as Sentry shows it under the title: a route or a function. */
  readonly where: string
  readonly level?: 'warning' | 'error' | 'fatal'
  readonly first: string
  readonly last: string
  readonly count: number
  readonly users?: number
  readonly priority?: 'low' | 'medium' | 'high'
  readonly status?: 'unresolved' | 'resolved' | 'ignored'
  /** Innermost call last, as Sentry orders them. */
  readonly frames: readonly FrameAct[]
  /** Oldest first. Only a sample is stored; `count` is the truth. */
  readonly events: readonly EventAct[]
}

/** A Sentry issue with its stored events; frames are located in the code of the release that was live at each event. */
export function addIssue(draft: Draft, service: Service, act: IssueAct): SentryIssue {
  const { random } = draft
  const issue: SentryIssue = {
    id: String(random.int(5_200_000_000, 6_900_000_000)),
    shortId: `${service.name.toUpperCase()}-${random.suffix(2).toUpperCase()}`,
    project: service.name,
    title: `${act.type}: ${act.value}`.slice(0, 255),
    culprit: act.where,
    type: act.type,
    level: act.level ?? 'error',
    status: act.status ?? 'unresolved',
    substatus: act.status === undefined ? (Date.parse(draft.now) - Date.parse(act.first) < 24 * HOUR_MS ? 'new' : 'ongoing') : undefined,
    priority: act.priority ?? 'medium',
    firstSeen: act.first,
    lastSeen: act.last,
    count: act.count,
    userCount: act.users ?? 0,
    hourly: spread(draft.now, act),
    activity: [{ type: 'first_seen', time: act.first, data: {} }],
    events: act.events.map((event) => toEvent(draft, service, act, event)),
  }
  draft.world.sentry.issues.push(issue)
  return issue
}

function toEvent(draft: Draft, service: Service, act: IssueAct, event: EventAct): SentryEvent {
  const { random } = draft
  const release = releaseAt(service, event.at)
  const value = event.value ?? act.value
  return {
    id: random.hex(32),
    time: event.at,
    message: `${act.type}: ${value}`,
    environment: 'production',
    release: release.sha,
    exception: [{ type: act.type, value, frames: act.frames.map((frame) => toFrame(draft, service, release.sha, frame)) }],
    breadcrumbs: [...(event.breadcrumbs ?? [])],
    tags: {
      environment: 'production',
      level: act.level ?? 'error',
      release: release.sha,
      server_name: serverName(draft, service, event.at),
      transaction: act.where,
      ...event.tags,
    },
    traceId: event.traceId ?? random.hex(32),
    spanId: random.hex(16),
    contexts: { ...event.contexts },
    extra: { ...event.extra },
    ...(event.user === undefined ? {} : { user: event.user }),
    ...(event.request === undefined ? {} : { request: { ...event.request, headers: { ...event.request.headers } } }),
  }
}

function serverName(draft: Draft, service: Service, at: string): string {
  const release = releaseAt(service, at)
  return release.pods.length > 0 ? draft.random.pick(release.pods) : `${service.name}-${(release.deployment ?? '').slice(0, 8)}`
}

function toFrame(draft: Draft, service: Service, sha: string, act: FrameAct): Frame {
  if ('library' in act) return { filename: act.library, function: act.fn, line: act.at, inApp: false, context: [] }
  const lines = fileAt(repositoryOf(draft, service.name), sha, act.file).split('\n')
  const index = lines.findIndex((text) => text.includes(act.line))
  if (index < 0) throw new Error(`${act.file} of ${service.name} has no line with "${act.line}" at ${sha.slice(0, 7)}`)
  const from = Math.max(0, index - CONTEXT_LINES)
  const context = lines.slice(from, index + CONTEXT_LINES + 1).map((text, offset): [number, string] => [from + offset + 1, text])
  return { filename: act.file, function: act.fn, line: index + 1, inApp: true, context, ...(act.vars === undefined ? {} : { vars: { ...act.vars } }) }
}

/** An even spread of the issue's count over the hours it lasted, cut to the hours shown. */
function spread(now: string, act: IssueAct): [string, number][] {
  const first = Date.parse(act.first)
  const last = Math.max(Date.parse(act.last), first + 1)
  const hour = Math.floor(Date.parse(now) / HOUR_MS) * HOUR_MS
  return Array.from({ length: HOURS_SHOWN }, (_, index): [string, number] => {
    const start = hour - (HOURS_SHOWN - 1 - index) * HOUR_MS
    const overlap = Math.max(0, Math.min(last, start + HOUR_MS) - Math.max(first, start))
    return [wholeSecond(new Date(start).toISOString()), Math.round((act.count * overlap) / (last - first))]
  })
}

/** The first of `items` and the last four: a sample as Sentry keeps it of many events. */
export function sampled<T>(items: readonly T[]): T[] {
  return items.filter((_, index) => index === 0 || index >= items.length - 4)
}

/** A cron monitor with a check-in at each of `times`. */
export function addMonitor(
  draft: Draft,
  service: Service,
  act: { slug: string; schedule: string; times: readonly string[]; status?: 'ok' | 'error' | 'missed' | 'timeout' },
): void {
  draft.world.sentry.monitors.push({
    id: draft.random.uuid(),
    slug: act.slug,
    name: act.slug.replaceAll('-', ' '),
    project: service.name,
    schedule: act.schedule,
    timezone: 'UTC',
    status: 'active',
    checkins: act.times.map((time) => ({
      id: draft.random.uuid(),
      status: act.status ?? 'ok',
      time,
      ms: act.status === 'missed' ? null : draft.random.int(800, 24_000),
    })),
  })
}

/** An uptime check of a URL, one result at each of `times`. */
export function addUptime(
  draft: Draft,
  service: Service,
  act: { url: string; times: readonly string[]; failing?: (time: string) => number | null },
): void {
  draft.world.sentry.uptime.push({
    id: String(draft.random.int(10_000, 99_999)),
    name: `${service.name} health`,
    url: act.url,
    project: service.name,
    intervalSeconds: 300,
    checks: act.times.map((time) => {
      const httpStatus = act.failing?.(time) ?? 200
      return { time, status: httpStatus < 400 ? ('success' as const) : ('failure' as const), httpStatus, ms: draft.random.int(30, 240), region: 'eu' }
    }),
  })
}
