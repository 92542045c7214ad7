import type { Context, Hono } from 'hono'
import { stableHex } from '../../stable-id.ts'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import { projectOf, type SentryState } from '../state.ts'
import { sentryTime } from '../time-window.ts'
import { environmentsOf, organizationView, projectDetail, projectView, teamView } from '../views/organization.ts'
import { userView } from '../views/user.ts'

const organizations = '/api/0/organizations'
const one = `${organizations}/:org`
const project = '/api/0/projects/:org/:project'

/** Where this Sentry is reached: links in its answers lead back to it. */
export function originOf(c: Context): string {
  return new URL(c.req.url).origin
}

/** Whether a name or slug contains what the request's `query` asks for. */
function named(c: Context): (item: { name: string; slug: string }) => boolean {
  const wanted = (paramsOf(c).get('query') ?? '').toLowerCase().replace(/^(slug|name):/, '')
  return ({ name, slug }) => name.toLowerCase().includes(wanted) || slug.includes(wanted)
}

function memberView(state: SentryState, person: SentryState['world']['header']['people'][number]): Record<string, unknown> {
  const user = userView(state.world, person)
  return {
    id: user['id'], email: person.email, name: person.name, user, orgRole: 'member', role: 'member', roleName: 'Member', pending: false, expired: false, isOnlyOwner: false,
    flags: { 'idp:provisioned': false, 'idp:role-restricted': false, 'sso:linked': false, 'sso:invalid': false, 'member-limit:restricted': false, 'partnership:restricted': false },
    dateCreated: sentryTime(state.sentry.organization.createdAt), inviteStatus: 'approved', inviterName: null, teams: state.sentry.teams.map((team) => team.slug), teamRoles: [],
  }
}

/** Repositories of the organisation that Sentry is connected to. */
function repositoryView(repository: SentryState['world']['github']['repositories'][number]): Record<string, unknown> {
  const name = `${repository.owner}/${repository.name}`
  return {
    id: String(repository.id), name, url: `https://github.com/${name}`, provider: { id: 'integrations:github', name: 'GitHub' }, status: 'active', dateCreated: sentryTime(repository.createdAt),
    integrationId: '1', externalSlug: name, externalId: String(repository.id), settings: null,
  }
}

/** Who is calling, and the organisations, teams, people and environments there are. */
export function addOrganizationRoutes(app: Hono, state: SentryState): void {
  const { sentry, world } = state
  app.get('/api/0/', (c) => c.json({ version: '0', auth: { scopes: ['org:read', 'project:read', 'team:read', 'event:read'] }, user: null }))
  app.get('/api/0/auth/', (c) => c.json(me(state)))
  app.get('/api/0/users/me/', (c) => c.json(me(state)))
  app.get('/api/0/users/me/regions/', (c) => c.json({ regions: [{ name: 'lab', url: originOf(c) }] }))
  app.get(`${organizations}/`, (c) => pageResponse(c, [sentry.organization].filter(named(c)), () => organizationView(state, originOf(c))))
  app.get(`${one}/`, (c) => c.json({ ...organizationView(state, originOf(c)), projects: sentry.projects.map((each) => projectView(state, each)), teams: sentry.teams.map((team) => teamView(state, team)) }))
  app.get(`${one}/region/`, (c) => c.json({ url: originOf(c) }))
  app.get(`${one}/projects/`, (c) => pageResponse(c, sentry.projects.filter(named(c)), (each) => projectView(state, each)))
  app.get('/api/0/projects/', (c) => pageResponse(c, sentry.projects, (each) => ({ ...projectView(state, each), organization: organizationView(state, originOf(c)) })))
  app.get(`${one}/teams/`, (c) => pageResponse(c, sentry.teams.filter(named(c)), (team) => teamView(state, team)))
  app.get('/api/0/teams/:org/:team/', (c) => {
    const team = sentry.teams.find((each) => each.slug === c.req.param('team') || each.id === c.req.param('team'))
    if (team === undefined) throw notFound()
    return c.json({ ...teamView(state, team), organization: organizationView(state, originOf(c)) })
  })
  app.get(`${one}/members/`, (c) => pageResponse(c, world.header.people, (person) => memberView(state, person)))
  app.get(`${one}/members/:member/`, (c) => {
    const person = world.header.people.find((each) => userView(world, each)['id'] === c.req.param('member'))
    if (person === undefined) throw notFound()
    return c.json({ ...memberView(state, person), orgRoleList: [], teamRoleList: [], invite_link: null })
  })
  app.get(`${one}/users/`, (c) => c.json(world.header.people.map((person) => memberView(state, person))))
  app.get(`${one}/environments/`, (c) => c.json(environmentsOf(state).map((name, index) => ({ id: String(index + 1), name }))))
  app.get(`${one}/dashboards/`, (c) => pageResponse(c, [], (none) => none))
  app.get(`${one}/repos/`, (c) => pageResponse(c, world.github.repositories, repositoryView))
}

function me({ world }: SentryState): Record<string, unknown> {
  const [first] = world.header.people
  return first === undefined ? { id: '0', name: 'Lab', username: 'lab', email: 'lab@example.com' } : userView(world, first)
}

/** A project's own pages. */
export function addProjectRoutes(app: Hono, state: SentryState): void {
  const named = (c: Context) => projectOf(state, c.req.param('project') ?? '')
  app.get(`${project}/`, (c) => c.json(projectDetail(state, named(c), originOf(c))))
  app.get(`${project}/environments/`, (c) => c.json(environmentsOf(state, named(c).slug).map((name, index) => ({ id: String(index + 1), name, isHidden: false }))))
  app.get(`${project}/teams/`, (c) => pageResponse(c, state.sentry.teams.filter((team) => team.slug === named(c).team), (team) => teamView(state, team)))
  app.get(`${project}/members/`, (c) => c.json(state.world.header.people.map((person) => memberView(state, person))))
  app.get(`${project}/users/`, (c) => {
    const users = state.sentry.issues.filter((issue) => issue.project === named(c).slug).flatMap((issue) => issue.events.flatMap((event) => (event.user === undefined ? [] : [{ ...event.user, at: event.time }])))
    const distinct = [...new Map(users.map((user) => [user.id, user])).values()]
    return pageResponse(c, distinct, ({ id, ip, email, at }) => ({
      id, tagValue: `id:${id}`, identifier: id, username: '', email: email ?? '', name: '', ipAddress: ip ?? '', avatarUrl: '', hash: id, dateCreated: sentryTime(at),
    }))
  })
  app.get(`${project}/keys/`, (c) => pageResponse(c, [named(c)], (each) => keyView(each, new URL(c.req.url).host)))
  app.get(`${project}/stacktrace-link/`, (c) => c.json(stacktraceLink(state, named(c).slug, paramsOf(c))))
}

/** The key an application sends events with; its addresses lead to `host`, where nothing takes events in. */
function keyView({ id, createdAt }: SentryState['sentry']['projects'][number], host: string): Record<string, unknown> {
  const key = stableHex(`dsn ${id}`, 32)
  const ingest = `http://${host}/api/${id}`
  const to = (path: string): string => `${ingest}/${path}/?sentry_key=${key}`
  return {
    id: key, name: 'Default', label: 'Default', public: key, secret: null, projectId: Number(id), isActive: true, rateLimit: null,
    dsn: {
      public: `http://${key}@${host}/${id}`, secret: `http://${key}@${host}/${id}`, csp: to('csp-report'), security: to('security'), minidump: to('minidump'), nel: to('nel'), unreal: `${ingest}/unreal/${key}/`,
      crons: `${ingest}/cron/___MONITOR_SLUG___/${key}/`, cdn: '', playstation: to('playstation'), integration: `${ingest}/integration/`, otlp_traces: `${ingest}/integration/otlp/v1/traces`, otlp_logs: `${ingest}/integration/otlp/v1/logs`,
    },
    browserSdkVersion: '10.x', browserSdk: { choices: [['10.x', '10.x']] }, dateCreated: sentryTime(createdAt),
    dynamicSdkLoaderOptions: { hasReplay: false, hasPerformance: false, hasDebug: false, hasFeedback: false, hasLogsAndMetrics: false },
  }
}

/** The line of source behind a frame, when the project's repository holds that file. */
function stacktraceLink({ world }: SentryState, slug: string, params: URLSearchParams): Record<string, unknown> {
  const file = (params.get('file') ?? '').replace(/^(\.\/|\/app\/|app:\/\/\/)/, '')
  const name = world.header.services.find((service) => service.sentryProject === slug)?.repository
  const repository = world.github.repositories.find((each) => `${each.owner}/${each.name}` === name)
  const known = repository?.commits.some((commit) => typeof commit.files[file] === 'string') === true
  if (repository === undefined || !known) return { config: null, sourceUrl: null, error: 'file_not_found', integrations: [] }
  const ref = params.get('commitId') ?? repository.defaultBranch
  const line = params.get('lineNo')
  return {
    config: { id: '1', repoId: String(repository.id), repoName: name, provider: { key: 'github', name: 'GitHub' }, defaultBranch: repository.defaultBranch, stackRoot: '', sourceRoot: '' },
    sourceUrl: `https://github.com/${name}/blob/${ref}/${file}${line === null ? '' : `#L${line}`}`, integrations: [],
  }
}
