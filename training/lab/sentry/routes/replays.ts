import type { Context, Hono } from 'hono'
import type { SentryWorld } from '../../../../src/core/world/sentry.ts'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import { projectFilter, projectOf, type SentryState } from '../state.ts'
import { windowOf } from '../time-window.ts'

type Replay = SentryWorld['replays'][number]

function replayView(state: SentryState, replay: Replay): Record<string, unknown> {
  const events = state.sentry.issues.filter((issue) => replay.issueIds.includes(issue.id)).flatMap((issue) => issue.events)
  const start = Date.parse(replay.startedAt)
  return {
    id: replay.id, project_id: projectOf(state, replay.project).id, trace_ids: [...new Set(events.flatMap((event) => event.traceId ?? []))], error_ids: events.map((event) => event.id).slice(0, replay.errors),
    environment: 'production', replay_type: 'session', platform: 'javascript', releases: [...new Set(events.flatMap((event) => event.release ?? []))], dist: null, tags: {}, urls: replay.urls,
    started_at: new Date(start).toISOString(), finished_at: new Date(start + replay.seconds * 1000).toISOString(), duration: replay.seconds, activity: 5, is_archived: false, has_viewed: false,
    count_errors: replay.errors, count_dead_clicks: 0, count_rage_clicks: 0, count_segments: 1, count_urls: replay.urls.length, count_warnings: 0, count_infos: 0, info_ids: [], warning_ids: [],
    browser: { name: 'Chrome', version: '144' }, device: { name: null, brand: null, family: null, model: null, model_id: null }, os: { name: null, version: null }, sdk: { name: 'sentry.javascript.browser', version: '10.0.0' },
    user: { id: null, username: null, email: null, ip: null, display_name: null, geo: {} }, ota_updates: {}, clicks: [],
  }
}

/** The issues a replay search names, `issue.id:1` or `issue.id:[1,2]`, as they stand there; undefined when it names none. */
function issueIdsIn(query: string): string[] | undefined {
  const [, list, single] = /issue\.id:(?:\[([^\]]*)\]|(\S+))/.exec(query) ?? []
  return (list ?? single)?.split(',').map((id) => id.trim())
}

function listed(c: Context, state: SentryState): Replay[] {
  const projects = projectFilter(c, state)
  const { start, end } = windowOf(paramsOf(c), state.now())
  const inside = state.sentry.replays.filter(({ startedAt, project }) => projects.has(project) && Date.parse(startedAt) >= start && Date.parse(startedAt) <= end)
  return inside.toSorted((one, other) => Date.parse(other.startedAt) - Date.parse(one.startedAt))
}

/** Session replays, and how many of them show each issue. */
export function addReplayRoutes(app: Hono, state: SentryState): void {
  const base = '/api/0/organizations/:org'
  const named = (c: Context): Replay => {
    const replay = state.sentry.replays.find((each) => each.id === (c.req.param('replay') ?? '').replaceAll('-', ''))
    if (replay === undefined) throw notFound()
    return replay
  }
  app.get(`${base}/replays/`, (c) => {
    const ids = issueIdsIn(paramsOf(c).get('query') ?? '')
    const found = listed(c, state).filter((replay) => ids === undefined || ids.some((id) => replay.issueIds.includes(id)))
    return pageResponse(c, found, (replay) => replayView(state, replay), { wrap: (data) => ({ data }) })
  })
  app.get(`${base}/replays/:replay/`, (c) => c.json({ data: replayView(state, named(c)) }))
  app.get(`${base}/replay-count/`, (c) => {
    const params = paramsOf(c)
    const replays = listed(c, state)
    const ids = issueIdsIn(params.get('query') ?? '') ?? []
    const entries = ids.map((id) => [id, replays.filter((replay) => replay.issueIds.includes(id)).map((replay) => replay.id)] as const)
    const withIds = params.get('returnIds') === 'true' || params.get('returnIds') === '1'
    return c.json(Object.fromEntries(entries.map(([id, found]) => [id, withIds ? found : found.length])))
  })
  app.get('/api/0/projects/:org/:project/replays/:replay/recording-segments/', (c) => {
    named(c)
    return pageResponse(c, [], (segment) => segment)
  })
}
