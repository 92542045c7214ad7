import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Clock } from '../../../src/core/time.ts'
import type { SupabaseProject } from '../../../src/core/world/supabase.ts'
import type { World } from '../../../src/core/world/world.ts'
import type { Recorder } from '../recorder.ts'
import { apiCounts, functionStats, queryLogs, type AnalyticsAnswer } from './analytics.ts'
import { QueryError, type Database } from './database.ts'
import { apiKeysView, branchesView, branchRunView, configurationViews, functionBody, functionView, healthView, lintsView, projectView } from './project-views.ts'
import { readOnlySql } from './read-only-sql.ts'
import { typescriptTypes } from './typescript-types.ts'

export interface SupabaseDeps {
  readonly world: World
  readonly clock: Clock
  readonly recorder: Recorder
  readonly database: Database
}

const QueryBody = z.object({ query: z.string().min(1), parameters: z.array(z.unknown()).optional(), read_only: z.boolean().optional() })
/** Requests a minute the service allows. The lab does not count, so that the same request gets the same answer. */
const perMinute = 120

/** A path below `/v1` that the lab does not know: a read is a gap, and a write is refused as a token without that permission is. */
function unknown(context: Context, recorder: Recorder): Response {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') {
    recorder.mark(context.req.raw, { unknownRoute: true })
    return context.json({ message: `Cannot ${context.req.method} ${context.req.path}` }, 404)
  }
  return context.json({ message: 'Forbidden resource' }, 403)
}

function send(context: Context, { status, body }: AnalyticsAnswer): Response {
  return context.json(body, status === 200 ? 200 : 400)
}

/** The Management API over the world's one project: `/v1/…`. A ref that is not the project's is not found. */
export function createManagement({ world, clock, recorder, database }: SupabaseDeps): Hono {
  const { project } = world.supabase
  const api = new Hono()

  api.use(async (context, next) => {
    await next()
    context.res.headers.set('X-RateLimit-Limit', String(perMinute))
    context.res.headers.set('X-RateLimit-Remaining', String(perMinute - 1))
    context.res.headers.set('X-RateLimit-Reset', '60')
  })
  api.use('/projects/:ref/*', async (context, next) => {
    if (context.req.param('ref') !== project.ref) return context.json({ message: 'Project not found' }, 404)
    return next()
  })

  const organization = { id: project.organization.id, slug: project.organization.id, name: project.organization.name }
  api.get('/organizations', (context) => context.json([organization]))
  api.get('/organizations/:slug', (context) =>
    context.req.param('slug') === organization.slug ? context.json({ ...organization, plan: 'pro', opt_in_tags: [], allowed_release_channels: ['ga'] }) : context.json({ message: 'Organization not found' }, 404))
  api.get('/projects', (context) => context.json([projectView(project)]))
  api.get('/projects/:ref', (context) => (context.req.param('ref') === project.ref ? context.json(projectView(project)) : context.json({ message: 'Project not found' }, 404)))

  api.route('/projects/:ref', projectRoutes({ world, clock, recorder, database }))
  api.all('*', (context) => unknown(context, recorder))
  return api
}

/** What lies below `/v1/projects/{ref}`. */
function projectRoutes({ world, clock, recorder, database }: SupabaseDeps): Hono {
  const { project } = world.supabase
  const routes = new Hono()
  routes.get('/health', (context) => context.json(healthView(project, context.req.queries('services')?.flatMap((value) => value.split(',')) ?? [])))
  routes.get('/functions', (context) => context.json(project.functions.map(functionView)))
  routes.get('/functions/:slug', (context) => {
    const found = project.functions.find(({ slug }) => slug === context.req.param('slug'))
    return found ? context.json(functionView(found)) : context.json({ message: 'Function not found' }, 404)
  })
  routes.get('/functions/:slug/body', (context) => {
    const found = project.functions.find(({ slug }) => slug === context.req.param('slug'))
    if (!found) return context.json({ message: 'Function not found' }, 404)
    return context.req.header('accept')?.includes('multipart/form-data') ? new Response(functionBody(found)) : context.text(found.source)
  })
  routes.get('/database/migrations', (context) => context.json(project.migrations.toSorted((a, b) => (a.version < b.version ? -1 : 1)).map(({ version, name }) => ({ version, name }))))
  routes.get('/database/migrations/:version', (context) => {
    const found = project.migrations.find(({ version }) => version === context.req.param('version'))
    if (!found) return context.json({ message: 'Migration not found' }, 404)
    const { version, name, statements, appliedBy } = found
    return context.json({ version, name, statements, ...(appliedBy !== undefined && { created_by: appliedBy }) })
  })
  routes.get('/advisors/security', (context) => context.json(lintsView(project, 'security')))
  routes.get('/advisors/performance', (context) => context.json(lintsView(project, 'performance')))
  routes.get('/branches', (context) => context.json(branchesView(project)))
  routes.get('/branches/:name', (context) => {
    const found = branchesView(project)[project.branches.findIndex(({ name }) => name === context.req.param('name'))]
    return found ? context.json(found) : context.json({ message: 'Branch not found' }, 404)
  })
  routes.get('/storage/buckets', (context) => context.json(project.buckets.map((bucket) => ({ id: bucket.id, name: bucket.name, owner: '', public: bucket.public, created_at: bucket.createdAt, updated_at: bucket.createdAt }))))
  routes.get('/api-keys', (context) => context.json(apiKeysView(project)))
  routes.get('/analytics/endpoints/logs', async (context) => send(context, await queryLogs(database, clock, new URL(context.req.url).searchParams)))
  routes.get('/analytics/endpoints/usage.api-counts', async (context) => send(context, await apiCounts(database, clock, new URL(context.req.url).searchParams)))
  routes.get('/analytics/endpoints/functions.combined-stats', async (context) => send(context, await functionStats(database, clock, new URL(context.req.url).searchParams)))
  routes.post('/network-bans/retrieve', (context) => {
    recorder.mark(context.req.raw, { write: false })
    return context.json({ banned_ipv4_addresses: project.network.bannedAddresses }, 201)
  })
  const runSql = (context: Context): Promise<Response> => answerSql(context, { recorder, database })
  routes.post('/database/query', runSql)
  routes.post('/database/query/read-only', runSql)
  routes.get('/types/typescript', async (context) => context.json({ types: await typescriptTypes(database, (context.req.query('included_schemas') ?? 'public').split(',')) }))
  routes.route('/actions', branchRunRoutes(project, clock))
  for (const [path, view] of Object.entries(configurationViews(project, clock.now().toISOString()))) routes.get(`/${path}`, (context) => context.json(view))
  return routes
}

/** What lies below `/v1/projects/{ref}/actions`: runs of branches, newest first, and what they wrote. */
function branchRunRoutes(project: SupabaseProject, clock: Clock): Hono {
  const runs = () => project.branchRuns.filter(({ createdAt }) => Date.parse(createdAt) <= clock.now().getTime()).toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
  const routes = new Hono()
  routes.get('/', (context) => {
    const [offset, limit] = [Number(context.req.query('offset') ?? 0), Number(context.req.query('limit') ?? 10)]
    return context.json(runs().slice(offset, offset + limit).map((run) => branchRunView(project, run)))
  })
  routes.get('/:run/:logs?', (context) => {
    const found = runs().find(({ id }) => id === context.req.param('run'))
    const below = context.req.param('logs')
    if (!found || (below !== undefined && below !== 'logs')) return context.json({ message: 'Action run not found' }, 404)
    return below === 'logs' ? context.text(found.log) : context.json(branchRunView(project, found))
  })
  return routes
}

/** Runs posted SQL as the read-only user, whatever `read_only` says: the lab's token has no permission to write. 201 with the last statement's rows. */
async function answerSql(context: Context, { recorder, database }: Pick<SupabaseDeps, 'recorder' | 'database'>): Promise<Response> {
  const body = QueryBody.safeParse(await context.req.json().catch(() => null))
  if (!body.success) {
    recorder.mark(context.req.raw, { write: false })
    return context.json({ message: 'query: Required' }, 400)
  }
  const { query, parameters = [] } = body.data
  const read = await readOnlySql(query)
  recorder.mark(context.req.raw, { write: !read.ok && read.isWrite })
  if (!read.ok) return context.json({ message: `Failed to run sql query: ERROR:  ${read.code}: ${read.reason}\n` }, 400)
  try {
    const last = read.statements.length - 1
    const { rows } = await database.read(read.statements.map((sql, index) => ({ sql, ...(index === last && { parameters }) })))
    return context.json(rows, 201)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { code, message, detail, hint } = error.failure
    if (code === '25006') recorder.mark(context.req.raw, { write: true })
    const more = [detail !== null && `DETAIL:  ${detail}\n`, hint !== null && `HINT:  ${hint}\n`].filter(Boolean).join('')
    return context.json({ message: `Failed to run sql query: ERROR:  ${code}: ${message}\n${more}` }, 400)
  }
}
