import type { Context, Hono } from 'hono'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import type { GithubState, Repo } from '../state.ts'
import { deploymentStatusView, deploymentView, environmentView, releaseView, type Deployment } from '../views/deployment.ts'

const base = '/repos/:owner/:repo'

function newestFirst<T>(items: readonly T[], at: (item: T) => string): T[] {
  return items.toSorted((one, other) => Date.parse(at(other)) - Date.parse(at(one)))
}

/** Deployments with their statuses, environments, releases. */
export function addDeploymentRoutes(app: Hono, state: GithubState): void {
  const { world } = state
  const named = (c: Context): { repo: Repo; deployment: Deployment } => {
    const repo = state.repository(c)
    const deployment = repo.data.deployments.find((each) => String(each.id) === c.req.param('id'))
    if (deployment === undefined) throw notFound()
    return { repo, deployment }
  }
  app.get(`${base}/deployments`, (c) => {
    const repo = state.repository(c)
    const params = paramsOf(c)
    const found = repo.data.deployments.filter((each) => (['sha', 'ref', 'environment'] as const).every((key) => (params.get(key) ?? each[key]) === each[key]) && (params.get('task') ?? 'deploy') === 'deploy')
    return pageResponse(c, newestFirst(found, (each) => each.createdAt), (each) => deploymentView(world, repo, each))
  })
  app.get(`${base}/deployments/:id`, (c) => c.json(deploymentView(world, named(c).repo, named(c).deployment)))
  app.get(`${base}/deployments/:id/statuses`, (c) => {
    const { repo, deployment } = named(c)
    return pageResponse(c, newestFirst(deployment.statuses, (each) => each.at), (status) => deploymentStatusView(world, repo, deployment, status))
  })
  app.get(`${base}/environments`, (c) => {
    const repo = state.repository(c)
    return pageResponse(c, repo.data.environments, (name) => environmentView(repo, name), (environments) => ({ total_count: repo.data.environments.length, environments }))
  })
  app.get(`${base}/environments/:name`, (c) => {
    const repo = state.repository(c)
    if (!repo.data.environments.includes(c.req.param('name'))) throw notFound()
    return c.json(environmentView(repo, c.req.param('name')))
  })
  addReleaseRoutes(app, state)
}

function addReleaseRoutes(app: Hono, state: GithubState): void {
  const newest = (repo: Repo) => newestFirst(repo.data.releases, (each) => each.at)
  const only = (repo: Repo, release: Repo['data']['releases'][number] | undefined): Record<string, unknown> => {
    if (release === undefined) throw notFound()
    return releaseView(state.world, repo, release)
  }
  app.get(`${base}/releases`, (c) => {
    const repo = state.repository(c)
    return pageResponse(c, newest(repo), (release) => releaseView(state.world, repo, release))
  })
  app.get(`${base}/releases/latest`, (c) => {
    const repo = state.repository(c)
    return c.json(only(repo, newest(repo).find((release) => !release.prerelease)))
  })
  app.get(`${base}/releases/tags/:tag{.+}`, (c) => {
    const repo = state.repository(c)
    return c.json(only(repo, repo.data.releases.find((release) => release.tag === c.req.param('tag'))))
  })
  app.get(`${base}/releases/:id`, (c) => {
    const repo = state.repository(c)
    return c.json(only(repo, repo.data.releases.find((release) => String(release.id) === c.req.param('id'))))
  })
}
