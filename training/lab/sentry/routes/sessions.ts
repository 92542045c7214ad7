import type { Context, Hono } from 'hono'
import { badRequest, paramsOf } from '../responses.ts'
import { projectFilter, type SentryState } from '../state.ts'
import { parseSpan, sentryTime, windowOf, type TimeWindow } from '../time-window.ts'
import { releaseDate, type SentryRelease } from '../views/release.ts'

/** Sessions of one release in one project, inside one step of time. */
interface Sessions {
  readonly total: number
  readonly crashed: number
  readonly crashFreeUsers: number
}

const statuses = ['healthy', 'errored', 'crashed', 'abnormal'] as const

/** A release's sessions between two instants: its total, spread evenly from its release to now. */
function sessionsIn(release: SentryRelease, { start, end }: TimeWindow, now: number): Sessions {
  const { health } = release
  const begin = Date.parse(releaseDate(release))
  const share = Math.max(0, Math.min(end, now) - Math.max(start, begin)) / Math.max(1, now - begin)
  const total = (health?.sessions ?? 0) * share
  return { total, crashed: total * (1 - (health?.crashFreeSessions ?? 1)), crashFreeUsers: health?.crashFreeUsers ?? 1 }
}

function valueOf(field: string, parts: readonly Sessions[], status: string | undefined): number | null {
  const total = parts.reduce((sum, part) => sum + part.total, 0)
  const crashed = parts.reduce((sum, part) => sum + part.crashed, 0)
  const crashFreeUsers = total === 0 ? 1 : parts.reduce((sum, part) => sum + part.crashFreeUsers * part.total, 0) / total
  if (field === 'sum(session)') return Math.round(status === undefined ? total : status === 'crashed' ? crashed : status === 'healthy' ? total - crashed : 0)
  if (field === 'count_unique(user)') return Math.round(total / 3)
  if (total === 0) return null
  if (field === 'crash_free_rate(session)') return 1 - crashed / total
  if (field === 'crash_rate(session)') return crashed / total
  if (field === 'crash_free_rate(user)') return crashFreeUsers
  if (field === 'crash_rate(user)') return 1 - crashFreeUsers
  throw badRequest(`Invalid field: "${field}"`)
}

function groupsOf(c: Context, state: SentryState, releases: readonly SentryRelease[]): { by: Record<string, string | number>; releases: SentryRelease[]; status?: string }[] {
  const keys = paramsOf(c).getAll('groupBy')
  const unknown = keys.find((key) => !['project', 'release', 'environment', 'session.status'].includes(key))
  if (unknown !== undefined) throw badRequest(`Invalid groupBy: "${unknown}"`)
  const projectId = (slug: string): number => Number(state.sentry.projects.find((project) => project.slug === slug)?.id ?? 0)
  const byOf = (release: SentryRelease): Record<string, string | number> => ({
    ...(keys.includes('release') ? { release: release.version } : {}), ...(keys.includes('project') ? { project: projectId(release.projects[0] ?? '') } : {}),
    ...(keys.includes('environment') ? { environment: release.deploys[0]?.environment ?? 'production' } : {}),
  })
  const groups = [...Map.groupBy(releases, (release) => JSON.stringify(byOf(release))).values()].map((members) => ({ by: members[0] === undefined ? {} : byOf(members[0]), releases: members }))
  if (!keys.includes('session.status')) return groups
  return groups.flatMap((group) => statuses.map((status) => ({ ...group, by: { ...group.by, 'session.status': status }, status })))
}

/** Session health over time, by the release totals a world holds. */
export function addSessionRoutes(app: Hono, state: SentryState): void {
  app.get('/api/0/organizations/:org/sessions/', (c) => {
    const params = paramsOf(c)
    const fields = params.getAll('field')
    if (fields.length === 0) throw badRequest('Request is missing a "field"')
    const window = windowOf(params, state.now())
    const interval = parseSpan(params.get('interval') ?? '1h')
    if (interval === undefined || interval === 0) throw badRequest('Invalid interval')
    const first = Math.floor(window.start / interval) * interval
    const starts = Array.from({ length: Math.min(10_000, Math.ceil((window.end - first) / interval)) }, (_, step) => first + step * interval)
    const now = state.now().getTime()
    const projects = projectFilter(c, state)
    const wanted = /release:"?([^\s"]+)"?/.exec(params.get('query') ?? '')?.[1]
    const releases = state.sentry.releases.filter((release) => release.health !== undefined && release.projects.some((slug) => projects.has(slug)) && (wanted === undefined || release.version === wanted))
    const groups = groupsOf(c, state, releases).map(({ by, releases: members, status }) => {
      const over = (span: TimeWindow): Sessions[] => members.map((release) => sessionsIn(release, span, now))
      return {
        by,
        totals: Object.fromEntries(fields.map((field) => [field, valueOf(field, over(window), status)])),
        series: params.get('includeSeries') === '0' ? {} : Object.fromEntries(fields.map((field) => [field, starts.map((start) => valueOf(field, over({ start, end: start + interval }), status))])),
      }
    })
    return c.json({ start: sentryTime(first), end: sentryTime(window.end), intervals: starts.map(sentryTime), groups, query: params.get('query') ?? '' })
  })
}
