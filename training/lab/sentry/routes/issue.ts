import type { Context, Hono } from 'hono'
import type { SentryEvent, SentryIssue } from '../../../../src/core/world/sentry.ts'
import { eventFields } from '../datasets.ts'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import { matches } from '../search/match.ts'
import { parseSearch } from '../search/query.ts'
import { environmentFilter, issueOf, projectOf, type SentryState } from '../state.ts'
import { sentryTime, windowOf } from '../time-window.ts'
import { eventDetail, eventSummary, fingerprintOf, tagsOf } from '../views/event.ts'
import { activityView, issueDetail, issueView } from '../views/issue.ts'
import { originOf } from './organizations.ts'

function newestFirst(events: readonly SentryEvent[]): SentryEvent[] {
  return events.toSorted((one, other) => Date.parse(other.time) - Date.parse(one.time))
}

function eventsOf(c: Context, state: SentryState, issue: SentryIssue): SentryEvent[] {
  const params = paramsOf(c)
  const window = windowOf(params, state.now())
  const environments = environmentFilter(c)
  const search = parseSearch(params.get('query') ?? '')
  const now = state.now().getTime()
  return newestFirst(issue.events).filter((event) => {
    const at = Date.parse(event.time)
    const fields: Readonly<Record<string, string | number | boolean>> = { ...eventFields(issue, event, state.sentry), timestamp: at }
    const searchable = { text: `${issue.title} ${event.message}`, values: (key: string) => [fields[key] ?? []].flat() }
    return at >= window.start && at <= Math.min(window.end, now) && (environments.size === 0 || environments.has(event.environment)) && matches(search, searchable, now)
  })
}

/** The event a path names: by id, or as the latest, oldest or recommended of the environments asked for. */
function namedEvent(c: Context, issue: SentryIssue): SentryEvent {
  const name = c.req.param('event') ?? ''
  const environments = environmentFilter(c)
  const events = newestFirst(issue.events).filter((event) => environments.size === 0 || environments.has(event.environment))
  const byName: Readonly<Record<string, SentryEvent | undefined>> = { latest: events[0], oldest: events.at(-1), recommended: events[0] }
  const event = name in byName ? byName[name] : issue.events.find((each) => each.id === name.replaceAll('-', '').toLowerCase())
  if (event === undefined) throw notFound(name in byName ? 'No matching event' : 'Event not found')
  return event
}

interface TagCount {
  readonly key: string
  readonly value: string
  readonly count: number
  readonly first: number
  readonly last: number
}

/** How the events of an issue spread over tag values; counts are of all its events, shared out as its samples are. */
function tagCounts(issue: SentryIssue): TagCount[] {
  const scale = issue.count / Math.max(1, issue.events.length)
  const tags = issue.events.flatMap((event) => tagsOf(issue, event).map((tag) => ({ ...tag, at: Date.parse(event.time) })))
  return [...Map.groupBy(tags, (tag) => `${tag.key}\u0000${tag.value}`).values()].flatMap((same) => {
    const [sample] = same
    const times = same.map((tag) => tag.at)
    return sample === undefined ? [] : [{ key: sample.key, value: sample.value, count: Math.round(same.length * scale), first: Math.min(...times), last: Math.max(...times) }]
  }).toSorted((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
}

function tagValueView({ key, value, count, first, last }: TagCount): Record<string, unknown> {
  return { key, name: value, value, count, firstSeen: sentryTime(first), lastSeen: sentryTime(last), query: `${key}:"${value}"` }
}

function tagView(key: string, values: readonly TagCount[], top = 10): Record<string, unknown> {
  return { key, name: key, uniqueValues: values.length, totalValues: values.reduce((sum, value) => sum + value.count, 0), topValues: values.slice(0, top).map(tagValueView) }
}

function addIssuePages(app: Hono, state: SentryState, base: string): void {
  const named = (c: Context): SentryIssue => issueOf(state, c.req.param('issue') ?? '')
  const tag = (c: Context): TagCount[] => {
    const values = tagCounts(named(c)).filter((each) => each.key === c.req.param('key'))
    if (values.length === 0) throw notFound()
    return values
  }
  app.get(`${base}/`, (c) => c.json(issueDetail(state, named(c), originOf(c))))
  app.get(`${base}/events/`, (c) => {
    const issue = named(c)
    const full = paramsOf(c).get('full')
    const view = full === '1' || full === 'true' ? eventDetail : eventSummary
    return pageResponse(c, eventsOf(c, state, issue), (event) => view(state, issue, event))
  })
  app.get(`${base}/events/:event/`, (c) => c.json(eventDetail(state, named(c), namedEvent(c, named(c)))))
  app.get(`${base}/tags/`, (c) => c.json([...Map.groupBy(tagCounts(named(c)), (each) => each.key)].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([key, values]) => tagView(key, values))))
  app.get(`${base}/tags/:key/`, (c) => c.json(tagView(c.req.param('key'), tag(c))))
  app.get(`${base}/tags/:key/values/`, (c) => pageResponse(c, tag(c), tagValueView))
  app.get(`${base}/activities/`, (c) => c.json({ activity: activityView(state, named(c)) }))
  app.get(`${base}/notes/`, (c) => c.json(activityView(state, named(c)).filter((each) => each['type'] === 'note')))
  app.get(`${base}/comments/`, (c) => c.json(activityView(state, named(c)).filter((each) => each['type'] === 'note')))
  app.get(`${base}/hashes/`, (c) => {
    const issue = named(c)
    const [latest] = newestFirst(issue.events)
    return pageResponse(c, latest === undefined ? [] : [latest], (event) => ({ id: fingerprintOf(issue), latestEvent: eventDetail(state, issue, event), mergedBySeer: false, seerMatchDistance: null }))
  })
  app.get(`${base}/external-issues/`, (c) => {
    named(c)
    return c.json([])
  })
  app.get(`${base}/user-reports/`, (c) => {
    named(c)
    return c.json([])
  })
  app.get(`${base}/autofix/`, (c) => {
    named(c)
    return c.json({ autofix: null })
  })
}

/** One issue, by number or short id, under the organisation and at the older address without it; and events by id alone. */
export function addIssueRoutes(app: Hono, state: SentryState): void {
  addIssuePages(app, state, '/api/0/organizations/:org/issues/:issue')
  addIssuePages(app, state, '/api/0/issues/:issue')
  app.get('/api/0/organizations/:org/shortids/:issue/', (c) => {
    const issue = issueOf(state, c.req.param('issue'))
    return c.json({ organizationSlug: state.sentry.organization.slug, projectSlug: issue.project, groupId: issue.id, group: issueView(state, issue, originOf(c)), shortId: issue.shortId })
  })
  app.get('/api/0/organizations/:org/eventids/:event/', (c) => {
    const { issue, event } = findEvent(state, c.req.param('event'))
    return c.json({ organizationSlug: state.sentry.organization.slug, projectSlug: issue.project, groupId: issue.id, eventId: event.id, event: eventDetail(state, issue, event) })
  })
  app.get('/api/0/projects/:org/:project/events/', (c) => {
    const { slug } = projectOf(state, c.req.param('project'))
    const found = state.sentry.issues.filter((issue) => issue.project === slug).flatMap((issue) => eventsOf(c, state, issue).map((event) => ({ issue, event })))
    return pageResponse(c, found.toSorted((one, other) => Date.parse(other.event.time) - Date.parse(one.event.time)), ({ issue, event }) => eventSummary(state, issue, event))
  })
  app.get('/api/0/projects/:org/:project/events/:event/', (c) => {
    const { issue, event } = findEvent(state, c.req.param('event'), projectOf(state, c.req.param('project')).slug)
    return c.json(eventDetail(state, issue, event))
  })
  app.get('/api/0/projects/:org/:project/events/:event/attachments/', (c) => c.json([]))
  app.get('/api/0/projects/:org/:project/tags/:key/values/', (c) => {
    const { slug } = projectOf(state, c.req.param('project'))
    const counts = state.sentry.issues.filter((issue) => issue.project === slug).flatMap(tagCounts).filter((each) => each.key === c.req.param('key'))
    const values = [...Map.groupBy(counts, (each) => each.value).values()].flatMap((same) => {
      const [sample] = same
      return sample === undefined ? [] : [{ ...sample, count: same.reduce((sum, each) => sum + each.count, 0), first: Math.min(...same.map((each) => each.first)), last: Math.max(...same.map((each) => each.last)) }]
    })
    return pageResponse(c, values, tagValueView)
  })
}

function findEvent({ sentry }: SentryState, id: string, project?: string): { issue: SentryIssue; event: SentryEvent } {
  const wanted = id.replaceAll('-', '').toLowerCase()
  for (const issue of sentry.issues.filter((each) => project === undefined || each.project === project)) {
    const event = issue.events.find((each) => each.id === wanted)
    if (event !== undefined) return { issue, event }
  }
  throw notFound('Event not found')
}
