import { Hono } from 'hono'
import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps, LabService } from '../service.ts'
import { createDatabase } from './database.ts'
import { createManagement } from './management.ts'
import { metricsText } from './prometheus.ts'
import { createRest } from './rest.ts'
import { createAuth, createStorage } from './storage-and-auth.ts'

/**
 * Supabase over `world`: the Management API at `/v1`, and the project's own hosts (which differ in the host's name only) at `/rest/v1`,
 * `/storage/v1`, `/auth/v1` and `/customer/v1`. All SQL runs on one Postgres that starts with the first question and takes its time from the clock.
 */
export function createSupabase(world: World, { clock, recorder }: LabDeps): LabService {
  const database = createDatabase(world, clock)
  const deps = { world, clock, recorder, database }
  const app = new Hono()
  app.get('/health', (context) => context.text('ok'))
  app.route('/v1', createManagement(deps))
  app.route('/rest/v1', createRest(deps))
  app.route('/storage/v1', createStorage(deps))
  app.route('/auth/v1', createAuth(deps))
  app.get('/customer/v1/privileged/metrics', (context) => context.text(metricsText(world.supabase.project), 200, { 'content-type': 'text/plain; version=0.0.4' }))
  app.notFound((context) => {
    recorder.mark(context.req.raw, { unknownRoute: true })
    return context.json({ message: `Cannot ${context.req.method} ${context.req.path}` }, 404)
  })
  app.onError((error) => {
    // A world whose SQL does not run, or a bug: not the caller's doing, so it is not dressed up as an answer.
    throw error
  })
  return { fetch: (request) => app.fetch(request), close: () => database.close() }
}
