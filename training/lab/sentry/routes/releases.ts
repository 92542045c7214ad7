import type { Context, Hono } from 'hono'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import { projectFilter, projectOf, type SentryState } from '../state.ts'
import { commitFilesView, commitsOf, commitView, deployView, releaseDate, releaseView, type SentryRelease } from '../views/release.ts'

function listResponse(c: Context, state: SentryState, projects: ReadonlySet<string>): Response {
  const params = paramsOf(c)
  const wanted = (params.get('query') ?? '').replace(/^release(\.version)?:/, '').replaceAll('*', '').toLowerCase()
  const now = state.now().getTime()
  const environments = params.getAll('environment')
  const found = state.sentry.releases.filter((release) =>
    Date.parse(release.createdAt) <= now && release.projects.some((slug) => projects.has(slug)) && release.version.toLowerCase().includes(wanted)
    && (environments.length === 0 || release.deploys.some((deploy) => environments.includes(deploy.environment))))
  const newest = found.toSorted((one, other) => Date.parse(releaseDate(other)) - Date.parse(releaseDate(one)))
  return pageResponse(c, newest, (release) => releaseView(state, release, params.get('health') === '1'))
}

/** The releases, and one of them with its deploys, commits and files; `latest` names the newest. */
export function addReleaseRoutes(app: Hono, state: SentryState): void {
  const named = (c: Context): SentryRelease => {
    const version = c.req.param('version') ?? ''
    const [newest] = state.sentry.releases.toSorted((one, other) => Date.parse(releaseDate(other)) - Date.parse(releaseDate(one)))
    const release = version === 'latest' ? newest : state.sentry.releases.find((each) => each.version === version)
    if (release === undefined) throw notFound()
    return release
  }
  app.get('/api/0/organizations/:org/releases/', (c) => listResponse(c, state, projectFilter(c, state)))
  app.get('/api/0/projects/:org/:project/releases/', (c) => listResponse(c, state, new Set([projectOf(state, c.req.param('project')).slug])))
  for (const base of ['/api/0/organizations/:org/releases/:version', '/api/0/projects/:org/:project/releases/:version']) {
    app.get(`${base}/`, (c) => c.json(releaseView(state, named(c), paramsOf(c).get('health') === '1')))
    app.get(`${base}/deploys/`, (c) => {
      const release = named(c)
      return pageResponse(c, release.deploys, (deploy) => deployView(release, deploy))
    })
    app.get(`${base}/commits/`, (c) => pageResponse(c, commitsOf(state, named(c)), (commit) => commitView(state, commit)))
    app.get(`${base}/commitfiles/`, (c) => pageResponse(c, commitFilesView(state, named(c)), (file) => file))
    app.get(`${base}/files/`, (c) => pageResponse(c, named(c).commits.slice(0, 0), (file) => file))
    app.get(`${base}/previous-with-commits/`, (c) => {
      const release = named(c)
      const earlier = state.sentry.releases.filter((each) => each.commits.length > 0 && Date.parse(each.createdAt) < Date.parse(release.createdAt) && each.projects.some((slug) => release.projects.includes(slug)))
      const [newest] = earlier.toSorted((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
      return c.json(newest === undefined ? {} : releaseView(state, newest, false))
    })
  }
}
