import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps, LabService } from '../service.ts'
import { addAlertRoutes } from './routes/alerts.ts'
import { addEventRoutes } from './routes/events.ts'
import { addIssueRoutes } from './routes/issue.ts'
import { addIssueListRoutes } from './routes/issue-list.ts'
import { addMonitorRoutes, addUptimeRoutes } from './routes/monitors.ts'
import { addOrganizationRoutes, addProjectRoutes } from './routes/organizations.ts'
import { addReleaseRoutes } from './routes/releases.ts'
import { addReplayRoutes } from './routes/replays.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addStacktraceLinkRoutes } from './routes/stacktrace-link.ts'
import { addTimeseriesRoutes } from './routes/timeseries.ts'
import { addTraceItemRoutes } from './routes/trace-items.ts'
import { addTraceRoutes } from './routes/traces.ts'
import { SearchError } from './search/query.ts'
import { createState } from './state.ts'

const requestsPerWindow = 40
const concurrentRequests = 25

/**
 * The world's Sentry under `/api/0`, after docs.sentry.io/api and Sentry's OpenAPI, and the routes its own clients use
 * without documentation. Reads only: the token has no scope to change anything, so every other method is refused with 403.
 */
export function createSentry(world: World, deps: LabDeps): LabService {
  const state = createState(world, deps)
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    const reset = Math.floor(state.now().getTime() / 1000) + 1
    const limits = { Limit: requestsPerWindow, Remaining: requestsPerWindow - 1, Reset: reset, ConcurrentLimit: concurrentRequests, ConcurrentRemaining: concurrentRequests - 1 }
    for (const [name, value] of Object.entries(limits)) c.res.headers.set(`X-Sentry-Rate-Limit-${name}`, String(value))
  })
  app.use(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    return c.json({ detail: 'You do not have permission to perform this action.' }, 403)
  })
  for (const base of ['/api/0/organizations/:org/*', '/api/0/projects/:org/:project/*', '/api/0/teams/:org/*']) {
    app.use(base, async (c, next) => {
      const org = c.req.param('org')
      if (org === world.sentry.organization.slug || org === world.sentry.organization.id) return next()
      return c.json({ detail: 'The requested resource does not exist' }, 404)
    })
  }
  addOrganizationRoutes(app, state)
  addProjectRoutes(app, state)
  addIssueListRoutes(app, state)
  addEventRoutes(app, state)
  addTimeseriesRoutes(app, state)
  addTraceRoutes(app, state)
  addTraceItemRoutes(app, state)
  addReleaseRoutes(app, state)
  addSessionRoutes(app, state)
  addMonitorRoutes(app, state)
  addUptimeRoutes(app, state)
  addAlertRoutes(app, state)
  addReplayRoutes(app, state)
  addIssueRoutes(app, state)
  addStacktraceLinkRoutes(app, state)
  app.notFound((c) => {
    deps.recorder.mark(c.req.raw, { unknownRoute: true })
    if (!c.req.path.endsWith('/')) return c.text(`Route not found, did you forget a trailing slash?\n\ntry: ${c.req.path}/\n`, 404)
    return c.json({ info: 'Route not found' }, 404)
  })
  app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ detail: error.message }, error.status)
    if (error instanceof SearchError) return c.json({ detail: error.message }, 400)
    throw error
  })
  return app
}
