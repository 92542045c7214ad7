import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps, LabService } from '../service.ts'
import { createGraphql } from './graphql.ts'
import { addActionRoutes } from './routes/actions.ts'
import { addCommitRoutes } from './routes/commits.ts'
import { addContentRoutes } from './routes/contents.ts'
import { addDeploymentRoutes } from './routes/deployments.ts'
import { addIssueRoutes } from './routes/issues.ts'
import { addLabelRoutes } from './routes/labels.ts'
import { addRepositoryRoutes } from './routes/repositories.ts'
import { addRunLogRoutes } from './routes/run-logs.ts'
import { addSearchRoutes } from './routes/search.ts'
import { createState } from './state.ts'

const documentation = 'https://docs.github.com/rest'

function resourceOf(path: string): { resource: string; limit: number } {
  if (path.includes('/search/code')) return { resource: 'code_search', limit: 10 }
  if (path.includes('/search/')) return { resource: 'search', limit: 30 }
  return { resource: path.endsWith('/graphql') ? 'graphql' : 'core', limit: 5000 }
}

/**
 * The world's GitHub, after docs.github.com/rest (2022-11-28) and its GraphQL API: at the root as api.github.com, and under
 * `/api/v3` and `/api/graphql` as an enterprise server. Reads only: the token may change nothing, so writes are refused with 403.
 */
export function createGithub(world: World, deps: LabDeps): LabService {
  const state = createState(world, deps)
  const rest = new Hono()
  addRepositoryRoutes(rest, state)
  addContentRoutes(rest, state)
  addIssueRoutes(rest, state)
  addLabelRoutes(rest, state)
  addDeploymentRoutes(rest, state)
  addActionRoutes(rest, state)
  addRunLogRoutes(rest, state)
  addSearchRoutes(rest, state)
  addCommitRoutes(rest, state)

  const app = new Hono()
  const graphql = createGraphql(state, deps.recorder)
  app.use(async (c, next) => {
    await next()
    const { resource, limit } = resourceOf(c.req.path)
    const headers = {
      'X-GitHub-Media-Type': 'github.v3; format=json', 'X-GitHub-Api-Version-Selected': '2022-11-28', 'X-RateLimit-Limit': limit, 'X-RateLimit-Used': 1, 'X-RateLimit-Remaining': limit - 1,
      'X-RateLimit-Reset': Math.floor(state.now().getTime() / 1000) + 3600, 'X-RateLimit-Resource': resource,
    }
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, String(value))
  })
  app.post('/graphql', graphql)
  app.post('/api/graphql', graphql)
  app.use(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    return c.json({ message: 'Resource not accessible by personal access token', documentation_url: documentation, status: '403' }, 403)
  })
  app.use(etag({ weak: true }))
  app.route('/', rest)
  app.route('/api/v3', rest)
  app.notFound((c) => {
    deps.recorder.mark(c.req.raw, { unknownRoute: true })
    return c.json({ message: 'Not Found', documentation_url: documentation, status: '404' }, 404)
  })
  app.onError((error) => {
    if (error instanceof HTTPException) return error.getResponse()
    throw error
  })
  return app
}
