import type { Context, Hono } from 'hono'
import type { SentryWorld } from '../../../../src/core/world/sentry.ts'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import { projectFilter, projectOf, type SentryState } from '../state.ts'
import { sentryTime, windowOf } from '../time-window.ts'
import { projectView } from '../views/organization.ts'
import { actorView } from '../views/user.ts'

type Monitor = SentryWorld['monitors'][number]
type Uptime = SentryWorld['uptime'][number]

const dayMs = 86_400_000

function newestCheckins({ checkins }: Monitor): Monitor['checkins'] {
  return checkins.toSorted((one, other) => Date.parse(other.time) - Date.parse(one.time))
}

function configOf({ schedule, timezone }: Monitor): Record<string, unknown> {
  return { schedule_type: 'crontab', schedule, checkin_margin: 1, max_runtime: 30, timezone, failure_issue_threshold: 1, recovery_threshold: 1, alert_rule_id: null }
}

function environmentView(state: SentryState, monitor: Monitor): Record<string, unknown> {
  const [last, before] = newestCheckins(monitor)
  const lastAt = last === undefined ? state.now().getTime() : Date.parse(last.time)
  const next = lastAt + (last === undefined || before === undefined ? dayMs : Math.max(60_000, lastAt - Date.parse(before.time)))
  const failing = last !== undefined && last.status !== 'ok' && last.status !== 'in_progress'
  return {
    name: 'production', status: monitor.status === 'disabled' ? 'disabled' : failing ? 'error' : 'ok', isMuted: false, dateCreated: sentryTime(monitor.checkins[0]?.time ?? lastAt),
    lastCheckIn: sentryTime(lastAt), nextCheckIn: sentryTime(next), nextCheckInLatest: sentryTime(next + 60_000),
    activeIncident: failing ? { startingTimestamp: sentryTime(lastAt), resolvingTimestamp: null, brokenNotice: null } : null,
  }
}

function monitorView(state: SentryState, monitor: Monitor): Record<string, unknown> {
  return {
    id: monitor.id, slug: monitor.slug, name: monitor.name, status: monitor.status, isMuted: false, isUpserting: false, config: configOf(monitor),
    dateCreated: sentryTime(newestCheckins(monitor).at(-1)?.time ?? state.sentry.organization.createdAt), project: projectView(state, projectOf(state, monitor.project)),
    environments: [environmentView(state, monitor)], owner: actorView(state.world, projectOf(state, monitor.project).team),
  }
}

function checkinView(monitor: Monitor, { id, status, time, ms }: Monitor['checkins'][number]): Record<string, unknown> {
  const at = sentryTime(time)
  return {
    id, environment: 'production', status, duration: ms, dateCreated: at, dateAdded: at, dateUpdated: sentryTime(Date.parse(time) + (ms ?? 0)), dateInProgress: null, dateClock: at,
    expectedTime: at, monitorConfig: configOf(monitor), groups: [],
  }
}

/** How many check-ins ended how, hour by hour. */
function statsOf(c: Context, state: SentryState, monitor: Monitor): { ts: number }[] {
  const { start, end } = windowOf(paramsOf(c), state.now(), '24h')
  const hour = 3_600_000
  const first = Math.floor(start / hour) * hour
  return Array.from({ length: Math.floor((end - first) / hour) + 1 }, (_, step) => {
    const at = first + step * hour
    const here = monitor.checkins.filter(({ time }) => Date.parse(time) >= at && Date.parse(time) < at + hour)
    const count = (status: string): number => here.filter((each) => each.status === status).length
    return { ts: at / 1000, duration: 0, ok: count('ok'), error: count('error'), missed: count('missed'), timeout: count('timeout'), in_progress: count('in_progress'), unknown: 0 }
  })
}

/** Cron monitors with their check-ins. */
export function addMonitorRoutes(app: Hono, state: SentryState): void {
  const named = (c: Context): Monitor => {
    const monitor = state.sentry.monitors.find((each) => each.slug === c.req.param('monitor') || each.id === c.req.param('monitor'))
    if (monitor === undefined) throw notFound()
    return monitor
  }
  app.get('/api/0/organizations/:org/monitors/', (c) => {
    const projects = projectFilter(c, state)
    const wanted = (paramsOf(c).get('query') ?? '').toLowerCase()
    return pageResponse(c, state.sentry.monitors.filter((each) => projects.has(each.project) && `${each.slug} ${each.name}`.toLowerCase().includes(wanted)), (each) => monitorView(state, each))
  })
  for (const base of ['/api/0/organizations/:org/monitors/:monitor', '/api/0/projects/:org/:project/monitors/:monitor']) {
    app.get(`${base}/`, (c) => c.json(monitorView(state, named(c))))
    app.get(`${base}/stats/`, (c) => c.json(statsOf(c, state, named(c))))
    app.get(`${base}/checkins/`, (c) => {
      const monitor = named(c)
      const { start, end } = windowOf(paramsOf(c), state.now())
      const inside = newestCheckins(monitor).filter(({ time }) => Date.parse(time) >= start && Date.parse(time) <= end)
      return pageResponse(c, inside, (checkin) => checkinView(monitor, checkin))
    })
  }
}

function uptimeView(monitor: Uptime): Record<string, unknown> {
  const last = monitor.checks.toSorted((one, other) => Date.parse(other.time) - Date.parse(one.time))[0]
  return {
    id: monitor.id, projectSlug: monitor.project, environment: 'production', name: monitor.name, status: 'active', uptimeStatus: last?.status === 'failure' ? 2 : 1, mode: 1, owner: null,
    recoveryThreshold: 1, downtimeThreshold: 3, url: monitor.url, method: 'GET', body: null, headers: [], intervalSeconds: monitor.intervalSeconds, timeoutMs: 10_000, traceSampling: false,
    responseCaptureEnabled: false, assertion: null,
  }
}

function uptimeCheckView(monitor: Uptime, check: Uptime['checks'][number], index: number): Record<string, unknown> {
  return {
    uptimeCheckId: `${monitor.id}-${index}`, timestamp: sentryTime(check.time), scheduledCheckTime: sentryTime(check.time), checkStatus: check.status,
    checkStatusReason: check.status === 'failure' ? 'failure' : null, httpStatusCode: check.httpStatus, durationMs: check.ms, traceId: '0'.repeat(32), traceItemId: '0'.repeat(32),
    incidentStatus: check.status === 'failure' ? 1 : 0, environment: 'production', region: check.region, regionName: check.region, assertionFailureData: null,
  }
}

/** Uptime monitors with their checks; Sentry has these routes and does not document them. */
export function addUptimeRoutes(app: Hono, state: SentryState): void {
  const named = (c: Context): Uptime => {
    const monitor = state.sentry.uptime.find((each) => each.id === c.req.param('monitor'))
    if (monitor === undefined) throw notFound()
    return monitor
  }
  app.get('/api/0/organizations/:org/uptime/', (c) => {
    const projects = projectFilter(c, state)
    return pageResponse(c, state.sentry.uptime.filter((each) => projects.has(each.project)), uptimeView)
  })
  app.get('/api/0/projects/:org/:project/uptime/:monitor/', (c) => c.json(uptimeView(named(c))))
  app.get('/api/0/projects/:org/:project/uptime/:monitor/checks/', (c) => {
    const monitor = named(c)
    const { start, end } = windowOf(paramsOf(c), state.now())
    const inside = monitor.checks.map((check, index) => ({ check, index })).filter(({ check }) => Date.parse(check.time) >= start && Date.parse(check.time) <= end)
    return pageResponse(c, inside.toSorted((one, other) => Date.parse(other.check.time) - Date.parse(one.check.time)), ({ check, index }) => uptimeCheckView(monitor, check, index))
  })
}
