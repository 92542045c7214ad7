import type { Context, Hono } from 'hono'
import type { SentryIssue } from '../../../../src/core/world/sentry.ts'
import type { Row } from '../datasets.ts'
import { badRequest, pageResponse, paramsOf } from '../responses.ts'
import { searchableIssue } from '../search/issue-search.ts'
import { matches } from '../search/match.ts'
import { parseSearch } from '../search/query.ts'
import { environmentFilter, projectFilter, projectOf, rowsIn, type SentryState } from '../state.ts'
import { parseSpan, sentryTime, windowOf, type TimeWindow } from '../time-window.ts'
import { issueSeries, issueView } from '../views/issue.ts'
import { originOf } from './organizations.ts'

/** An issue with what of it falls into the window and environments asked for. */
interface Hit {
  readonly issue: SentryIssue
  readonly count: number
  readonly users: number
}

function hitOf(issue: SentryIssue, rows: readonly Row[], whole: boolean): Hit {
  if (whole) return { issue, count: issue.count, users: issue.userCount }
  const count = rows.reduce((sum, row) => sum + row.weight, 0)
  const seen = new Set(rows.flatMap((row) => row.values('user'))).size
  return { issue, count, users: Math.min(count, Math.max(seen, Math.round((issue.userCount * count) / Math.max(1, issue.count)))) }
}

function issuesIn(c: Context, state: SentryState, projects: ReadonlySet<string>, window: TimeWindow): Hit[] {
  const params = paramsOf(c)
  const query = params.get('query') ?? 'is:unresolved'
  const shortId = params.get('shortIdLookup') === '1' ? state.sentry.issues.find((issue) => issue.shortId === query.trim().toUpperCase()) : undefined
  if (shortId !== undefined) return [{ issue: shortId, count: shortId.count, users: shortId.userCount }]
  const search = parseSearch(query)
  const environments = environmentFilter(c)
  const rows = Map.groupBy(rowsIn(state, 'errors', { projects, environments, window }), (row) => row.fields['issue'])
  const now = state.now().getTime()
  return state.sentry.issues.filter((issue) => projects.has(issue.project)).flatMap((issue) => {
    const own = rows.get(issue.shortId) ?? []
    const seen = Date.parse(issue.lastSeen) >= window.start && Date.parse(issue.firstSeen) <= Math.min(window.end, now)
    if (own.length === 0 && (environments.size > 0 || !seen)) return []
    if (!matches(search, searchableIssue(state, issue), now)) return []
    return [hitOf(issue, own, environments.size === 0 && (Date.parse(issue.firstSeen) >= window.start || own.length === 0))]
  })
}

const orders: Readonly<Record<string, (hit: Hit) => number>> = {
  date: ({ issue }) => Date.parse(issue.lastSeen),
  new: ({ issue }) => Date.parse(issue.firstSeen),
  freq: ({ count }) => count,
  user: ({ users }) => users,
  trends: ({ issue, count }) => count / Math.max(1, issue.count),
  inbox: ({ issue }) => Date.parse(issue.lastSeen),
  recommended: ({ issue }) => Date.parse(issue.lastSeen),
}

function seriesOf(state: SentryState, issue: SentryIssue, period: string, window: TimeWindow): Record<string, [number, number][]> {
  const end = state.now().getTime()
  if (period === 'auto') return { auto: issueSeries(state, issue, window, window.end - window.start > 2 * 86_400_000 ? 86_400_000 : 3_600_000) }
  const span = parseSpan(period) ?? 86_400_000
  return { [period]: issueSeries(state, issue, { start: end - span, end }, span > 2 * 86_400_000 ? 86_400_000 : 3_600_000) }
}

/** What an issue in a list tells only when a request asks for it by `expand`. */
const expansions: Readonly<Record<string, (hit: Hit) => Record<string, unknown>>> = {
  inbox: ({ issue }) => ({ inbox: { reason: 0, reason_details: null, date_added: sentryTime(issue.firstSeen) } }),
  owners: ({ issue }) => ({ owners: { type: 'ownershipRule', owner: issue.assignedTo ?? '', date_added: sentryTime(issue.firstSeen) } }),
  sessions: () => ({ sessionCount: 0 }),
  integrationIssues: () => ({ integrationIssues: [] }),
  sentryAppIssues: () => ({ sentryAppIssues: [] }),
  latestEventHasAttachments: () => ({ latestEventHasAttachments: false }),
}

function listResponse(c: Context, state: SentryState, projects: ReadonlySet<string>): Response {
  const params = paramsOf(c)
  const window = windowOf(params, state.now())
  const sort = params.get('sort') ?? 'date'
  const order = orders[sort]
  if (order === undefined) throw badRequest(`Invalid sort: ${sort}`)
  const hits = issuesIn(c, state, projects, window).toSorted((one, other) => order(other) - order(one) || Number(other.issue.id) - Number(one.issue.id))
  const period = params.get('groupStatsPeriod') ?? '24h'
  const collapsed = new Set(params.getAll('collapse'))
  const expanded = params.getAll('expand').flatMap((name) => expansions[name] ?? [])
  return pageResponse(c, hits, ({ issue, count, users }) => ({
    ...issueView(state, issue, originOf(c)), count: String(count), userCount: users,
    ...(collapsed.has('stats') || period === '' ? {} : { stats: seriesOf(state, issue, period, window) }),
    ...(collapsed.has('lifetime') ? {} : { lifetime: { count: String(issue.count), userCount: issue.userCount, firstSeen: sentryTime(issue.firstSeen), lastSeen: sentryTime(issue.lastSeen), stats: {} } }),
    filtered: null, matchingEventId: null, matchingEventEnvironment: null,
    ...Object.assign({}, ...expanded.map((expand) => expand({ issue, count, users }))),
  }), { sizeParams: ['limit', 'per_page'] })
}

/** The issue lists: of the organisation, and of one project. */
export function addIssueListRoutes(app: Hono, state: SentryState): void {
  app.get('/api/0/organizations/:org/issues/', (c) => listResponse(c, state, projectFilter(c, state)))
  app.get('/api/0/projects/:org/:project/issues/', (c) => listResponse(c, state, new Set([projectOf(state, c.req.param('project')).slug])))
}
