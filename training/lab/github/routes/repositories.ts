import type { Context, Hono } from 'hono'
import type { GithubRepository } from '../../../../src/core/world/github.ts'
import { apiBase, githubTime, nodeId, notFound, pageResponse, paramsOf } from '../responses.ts'
import type { GithubState, Repo } from '../state.ts'
import { languageBytes, repositoryView } from '../views/repository.ts'
import { userDetail, userView } from '../views/user.ts'

const base = '/repos/:owner/:repo'
/** Who the lab's token belongs to. */
const viewer = 'foreman-lab'
/** What GitHub tells an account about itself only. */
const viewersOwn = { private_gists: 0, total_private_repos: 0, owned_private_repos: 0, disk_usage: 0, collaborators: 0, two_factor_authentication: true }

function branchView({ api, html }: Repo, branch: GithubRepository['branches'][number]): Record<string, unknown> {
  const url = `${api}/branches/${encodeURIComponent(branch.name)}`
  return {
    name: branch.name, commit: { sha: branch.sha, url: `${api}/commits/${branch.sha}` }, protected: branch.protected, protection: { enabled: branch.protected, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
    protection_url: `${url}/protection`, _links: { self: url, html: `${html}/tree/${branch.name}` },
  }
}

function tagView({ api, html }: Repo, tag: GithubRepository['tags'][number]): Record<string, unknown> {
  return { name: tag.name, zipball_url: `${api}/zipball/refs/tags/${tag.name}`, tarball_url: `${api}/tarball/refs/tags/${tag.name}`, commit: { sha: tag.sha, url: `${api}/commits/${tag.sha}` }, node_id: nodeId('Tag', `${html}:${tag.name}`) }
}

function refView({ api }: Repo, kind: 'heads' | 'tags', { name, sha }: { name: string; sha: string }): Record<string, unknown> {
  return { ref: `refs/${kind}/${name}`, node_id: nodeId('Ref', name), url: `${api}/git/refs/${kind}/${name}`, object: { sha, type: 'commit', url: `${api}/git/commits/${sha}` } }
}

function namedRef(repo: Repo, ref: string): Record<string, unknown> {
  const [kind, ...rest] = ref.split('/')
  const found = (kind === 'tags' ? repo.data.tags : repo.data.branches).find(({ name }) => name === rest.join('/'))
  if (found === undefined) throw notFound()
  return refView(repo, kind === 'tags' ? 'tags' : 'heads', found)
}

const periods: Readonly<Record<string, number>> = { day: 1, week: 7, month: 31, quarter: 92, year: 366 }

/** Pushes, force pushes, created and deleted branches; newest first, paged by cursor as GitHub does here. */
function activityResponse(c: Context, state: GithubState): Response {
  const repo = state.repository(c)
  const params = paramsOf(c)
  const span = periods[params.get('time_period') ?? '']
  const oldest = span === undefined ? 0 : state.now().getTime() - span * 86_400_000
  const ref = params.get('ref')?.replace(/^refs\/heads\//, '')
  const found = repo.data.activity.filter((each) =>
    Date.parse(each.at) >= oldest && (ref === undefined || each.ref.replace(/^refs\/heads\//, '') === ref)
    && (params.get('actor') ?? each.actor) === each.actor && (params.get('activity_type') ?? each.type) === each.type)
  const inOrder = found.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
  if (params.get('direction') === 'asc') inOrder.reverse()
  const size = Math.min(100, Number(params.get('per_page') ?? 30))
  const after = inOrder.findIndex((each) => String(each.id) === params.get('after'))
  const page = inOrder.slice(after + 1, after + 1 + size)
  const last = page.at(-1)
  if (last !== undefined && after + 1 + size < inOrder.length) {
    const next = new URL(c.req.url)
    next.searchParams.set('after', String(last.id))
    c.header('Link', `<${next.href}>; rel="next"`)
  }
  return c.json(page.map((each) => ({
    id: each.id, node_id: nodeId('PushEvent', each.id), before: each.before, after: each.after, ref: each.ref.startsWith('refs/') ? each.ref : `refs/heads/${each.ref}`, timestamp: githubTime(each.at),
    activity_type: each.type, actor: userView(state.world, each.actor, repo.root),
  })))
}

function rateLimits(now: Date): Record<string, unknown> {
  const reset = Math.floor(now.getTime() / 1000) + 3600
  const limit = (count: number) => ({ limit: count, used: 0, remaining: count, reset })
  return { resources: { core: limit(5000), search: limit(30), graphql: limit(5000), code_search: limit(10), integration_manifest: limit(5000) }, rate: limit(5000) }
}

/** Who is calling, who else there is, and the repositories with their branches, tags, people and movements. */
export function addRepositoryRoutes(app: Hono, state: GithubState): void {
  const { world } = state
  const listed = (c: Context, owner?: string): Response => pageResponse(c, state.repositories(c).filter(({ data }) => owner === undefined || data.owner === owner), (repo) => repositoryView(world, repo))
  // Clients ask for the root to see whether their token is good.
  app.get('/', (c) => c.json({ current_user_url: `${apiBase(c)}/user`, rate_limit_url: `${apiBase(c)}/rate_limit`, repository_url: `${apiBase(c)}/repos/{owner}/{repo}` }))
  app.get('/user', (c) => c.json({ ...userDetail(world, viewer, apiBase(c)), ...viewersOwn }))
  app.get('/rate_limit', (c) => c.json(rateLimits(state.now())))
  app.get('/users/:login', (c) => {
    const login = c.req.param('login')
    if (!world.header.people.some((person) => person.login === login) && !world.github.repositories.some(({ owner }) => owner === login)) throw notFound()
    return c.json(userDetail(world, login, apiBase(c)))
  })
  app.get('/user/repos', (c) => listed(c))
  app.get('/orgs/:owner/repos', (c) => listed(c, c.req.param('owner')))
  app.get('/users/:owner/repos', (c) => listed(c, c.req.param('owner')))
  app.get(base, (c) => c.json(repositoryView(world, state.repository(c))))
  app.get(`${base}/branches`, (c) => {
    const repo = state.repository(c)
    const wanted = paramsOf(c).get('protected')
    return pageResponse(c, repo.data.branches.filter((branch) => wanted === null || String(branch.protected) === wanted), (branch) => branchView(repo, branch))
  })
  app.get(`${base}/branches/:branch{.+}`, (c) => {
    const repo = state.repository(c)
    const branch = repo.data.branches.find((each) => each.name === c.req.param('branch'))
    if (branch === undefined) throw notFound('Branch not found')
    return c.json(branchView(repo, branch))
  })
  app.get(`${base}/tags`, (c) => {
    const repo = state.repository(c)
    return pageResponse(c, repo.data.tags, (tag) => tagView(repo, tag))
  })
  // The second address is the one before 2019, which clients still use.
  for (const address of ['git/ref', 'git/refs']) app.get(`${base}/${address}/:ref{.+}`, (c) => c.json(namedRef(state.repository(c), c.req.param('ref'))))
  app.get(`${base}/activity`, (c) => activityResponse(c, state))
  app.get(`${base}/languages`, (c) => c.json(languageBytes(state.repository(c))))
  app.get(`${base}/contributors`, (c) => {
    const repo = state.repository(c)
    const counts = [...Map.groupBy(repo.data.commits, (commit) => commit.author)].toSorted(([, one], [, other]) => other.length - one.length)
    return pageResponse(c, counts, ([login, commits]) => ({ ...userView(world, login, repo.root), contributions: commits.length }))
  })
}
