import type { Context, Hono } from 'hono'
import type { GithubCommit } from '../../../../src/core/world/github.ts'
import { changesBetween, diffText } from '../git/patches.ts'
import { notFound, pageResponse, paramsOf, refusal } from '../responses.ts'
import { commitOf, type GithubState, type Repo } from '../state.ts'
import { checkRunView } from '../views/actions.ts'
import { commitDetail, commitView, fileView, gitCommitView } from '../views/commit.ts'
import { pullView } from '../views/pull.ts'
import { minimalRepository } from '../views/repository.ts'
import { gitIdentity } from '../views/user.ts'

const base = '/repos/:owner/:repo'

/** What GitHub says of a commit it cannot find, where it was asked for one. */
function noCommit(ref: string): Error {
  return refusal(422, `No commit found for SHA: ${ref}`)
}

function named(c: Context, state: GithubState): { repo: Repo; commit: GithubCommit } {
  const repo = state.repository(c)
  return { repo, commit: commitOf(repo, c.req.param('ref') ?? '', noCommit) }
}

function accepts(c: Context, kind: string): boolean {
  return (c.req.header('accept') ?? '').includes(`.${kind}`)
}

function text(c: Context, body: string, kind: string): Response {
  return c.body(body, 200, { 'content-type': `application/vnd.github.${kind}; charset=utf-8` })
}

function patchMail(state: GithubState, commit: GithubCommit, diff: string): string {
  const { name, email } = gitIdentity(state.world, commit.author)
  const [subject = '', ...rest] = commit.message.split('\n')
  return `From ${commit.sha} Mon Sep 17 00:00:00 2001\nFrom: ${name} <${email}>\nDate: ${new Date(commit.at).toUTCString().replace('GMT', '+0000')}\nSubject: [PATCH] ${subject}\n${rest.join('\n')}\n---\n${diff}`
}

function listResponse(c: Context, state: GithubState): Response {
  const repo = state.repository(c)
  const params = paramsOf(c)
  const head = commitOf(repo, params.get('sha') ?? repo.data.defaultBranch, () => notFound())
  const path = (params.get('path') ?? '').replace(/^\/|\/$/g, '')
  const since = Date.parse(params.get('since') ?? '')
  const until = Date.parse(params.get('until') ?? '')
  const author = (params.get('author') ?? params.get('committer') ?? '').toLowerCase()
  const found = repo.history.log(head).filter((commit) => {
    const at = Date.parse(commit.at)
    const { name, email } = gitIdentity(state.world, commit.author)
    return !(at < since) && !(at > until) && (author === '' || [commit.author, name, email].some((who) => who.toLowerCase() === author)) && (path === '' || touches(repo, commit, path))
  })
  return pageResponse(c, found, (commit) => commitView(state.world, repo, commit))
}

/** Whether a commit changed a file, or anything below a folder. A merge that only brings in what others changed does not count, as in Git's simplified history. */
function touches({ history }: Repo, commit: GithubCommit, path: string): boolean {
  const inside = (file: string): boolean => file === path || file.startsWith(`${path}/`)
  if (commit.parents.length < 2) return history.changes(commit).some((change) => inside(change.filename) || (change.previous !== undefined && inside(change.previous)))
  const own = history.tree(commit)
  return commit.parents.every((sha) => {
    const parent = history.resolve(sha)
    return parent !== undefined && changesBetween(history.tree(parent), own).some((change) => inside(change.filename))
  })
}

function compareResponse(c: Context, state: GithubState): Response {
  const repo = state.repository(c)
  const { history, api, html } = repo
  const [from, to] = (c.req.param('basehead') ?? '').split('...').map((ref) => ref.split(':').at(-1) ?? ref)
  if (from === undefined || to === undefined) throw notFound()
  const start = commitOf(repo, from, () => notFound())
  const end = commitOf(repo, to, () => notFound())
  const merge = history.mergeBase(start, end)
  if (merge === undefined) throw notFound(`No common ancestor between ${from} and ${to}.`)
  const behindStart = new Set(history.log(start))
  const behindEnd = new Set(history.log(end))
  const ahead = [...behindEnd].filter((commit) => !behindStart.has(commit)).toReversed()
  const behind = [...behindStart].filter((commit) => !behindEnd.has(commit)).length
  const changes = changesBetween(history.tree(merge), history.tree(end))
  if (accepts(c, 'diff')) return text(c, diffText(changes), 'diff')
  if (accepts(c, 'patch')) return text(c, ahead.map((commit) => patchMail(state, commit, diffText(history.changes(commit)))).join('\n'), 'patch')
  const page = `${html}/compare/${from}...${to}`
  const envelope = {
    url: `${api}/compare/${from}...${to}`, html_url: page, permalink_url: `${html}/compare/${start.sha.slice(0, 7)}...${end.sha.slice(0, 7)}`, diff_url: `${page}.diff`, patch_url: `${page}.patch`,
    base_commit: commitView(state.world, repo, start), merge_base_commit: commitView(state.world, repo, merge), status: statusOf(ahead.length, behind), ahead_by: ahead.length, behind_by: behind,
    total_commits: ahead.length,
  }
  return pageResponse(c, ahead, (commit) => commitView(state.world, repo, commit), (commits) => ({ ...envelope, commits, files: changes.slice(0, 300).map((change) => fileView(repo, change, end.sha)) }))
}

function statusOf(ahead: number, behind: number): string {
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead'
  return behind > 0 ? 'behind' : 'identical'
}

/** The combined status: what deployments reported about the commit, one entry for each environment. */
function statusResponse(c: Context, state: GithubState): Response {
  const { repo, commit } = named(c, state)
  const { api, data, root } = repo
  const statuses = data.deployments.filter((deployment) => deployment.sha === commit.sha).flatMap((deployment) => {
    const last = deployment.statuses.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))[0]
    if (last === undefined) return []
    const state = last.state === 'success' ? 'success' : ['failure', 'error'].includes(last.state) ? last.state : 'pending'
    return [{ url: `${api}/statuses/${commit.sha}`, avatar_url: `${root}/avatar`, id: last.id, node_id: `SC_${last.id}`, state, description: last.description === '' ? null : last.description, target_url: last.logUrl === '' ? null : last.logUrl, context: `deploy/${deployment.environment}`, created_at: last.at, updated_at: last.at }]
  })
  const worst = statuses.some((status) => status.state === 'failure' || status.state === 'error') ? 'failure' : statuses.length === 0 || statuses.some((status) => status.state === 'pending') ? 'pending' : 'success'
  return pageResponse(c, statuses, (status) => status, (page) => ({
    state: worst, statuses: page, sha: commit.sha, total_count: statuses.length, repository: minimalRepository(state.world, repo), commit_url: `${api}/commits/${commit.sha}`, url: `${api}/commits/${commit.sha}/status`,
  }))
}

function checkRunsResponse(c: Context, state: GithubState): Response {
  const { repo, commit } = named(c, state)
  const params = paramsOf(c)
  const checks = repo.data.workflowRuns.filter((run) => run.sha === commit.sha).flatMap((run) => run.jobs.map((job) => ({ run, job })))
    .filter(({ job }) => (params.get('check_name') ?? job.name) === job.name && (params.get('status') ?? job.status) === job.status)
  return pageResponse(c, checks, ({ run, job }) => checkRunView(state.world, repo, run, job), (page) => ({ total_count: checks.length, check_runs: page }))
}

/** Commits, their diffs and what reports on them; comparisons. */
export function addCommitRoutes(app: Hono, state: GithubState): void {
  app.get(`${base}/commits`, (c) => listResponse(c, state))
  app.get(`${base}/compare/:basehead{.+}`, (c) => compareResponse(c, state))
  app.get(`${base}/git/commits/:ref`, (c) => {
    const repo = state.repository(c)
    return c.json(gitCommitView(state.world, repo, commitOf(repo, c.req.param('ref'), () => notFound())))
  })
  app.get(`${base}/commits/:ref/pulls`, (c) => {
    const { repo, commit } = named(c, state)
    const pulls = repo.data.pulls.filter((pull) => pull.mergeSha === commit.sha || pull.head.sha === commit.sha || bringsIn(repo, pull.head.sha, pull.mergeSha, commit))
    return pageResponse(c, pulls, (pull) => pullView(state.world, repo, pull))
  })
  app.get(`${base}/commits/:ref/check-runs`, (c) => checkRunsResponse(c, state))
  app.get(`${base}/commits/:ref/status`, (c) => statusResponse(c, state))
  app.get(`${base}/commits/:ref/comments`, (c) => pageResponse(c, [named(c, state)].slice(1), (none) => none))
  app.get(`${base}/commits/:ref{.+}`, (c) => {
    const { repo, commit } = named(c, state)
    const changes = repo.history.changes(commit)
    if (accepts(c, 'sha')) return text(c, commit.sha, 'sha')
    if (accepts(c, 'diff')) return text(c, diffText(changes), 'diff')
    if (accepts(c, 'patch')) return text(c, patchMail(state, commit, diffText(changes)), 'patch')
    const size = Math.min(300, Number(paramsOf(c).get('per_page') ?? 300))
    const page = Number(paramsOf(c).get('page') ?? 1)
    return c.json(commitDetail(state.world, repo, commit, changes.slice((page - 1) * size, page * size)))
  })
}

function bringsIn({ history }: Repo, headSha: string, mergeSha: string | null, commit: GithubCommit): boolean {
  const head = history.resolve(headSha)
  const before = mergeSha === null ? undefined : history.resolve(mergeSha)?.parents[0]
  const base = before === undefined ? undefined : history.resolve(before)
  return head !== undefined && base !== undefined && history.log(head).includes(commit) && !history.log(base).includes(commit)
}
