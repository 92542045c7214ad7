import type { Context, Hono } from 'hono'
import { notFound, pageResponse, paramsOf, refusal } from '../responses.ts'
import type { GithubState, Repo } from '../state.ts'
import { commitView, fileView } from '../views/commit.ts'
import { commentView, issueView, lastTouched, type Issue, type Pull } from '../views/issue.ts'
import { pullChanges, pullCommits, pullDetail, pullView, reviewView } from '../views/pull.ts'
import { diffText } from '../git/patches.ts'

const base = '/repos/:owner/:repo'

function numbered<T extends { number: number }>(c: Context, items: readonly T[]): T {
  const item = items.find((each) => String(each.number) === c.req.param('number'))
  if (item === undefined) throw notFound()
  return item
}

/** Items of the state a request asks for (open unless it says), in its order (newest first unless it says). */
function ordered<T extends Issue | Pull>(c: Context, items: readonly T[]): T[] {
  const params = paramsOf(c)
  const state = params.get('state') ?? 'open'
  if (!['open', 'closed', 'all'].includes(state)) throw refusal(422, 'Validation Failed', [{ resource: 'Issue', field: 'state', code: 'invalid', value: state }])
  const sort = params.get('sort') ?? 'created'
  const key = (item: T): number => (sort === 'comments' || sort === 'popularity' ? item.comments.length : Date.parse(sort === 'updated' ? lastTouched(item) : item.createdAt))
  const sorted = items.filter((item) => state === 'all' || item.state === state).toSorted((one, other) => key(other) - key(one) || other.number - one.number)
  return params.get('direction') === 'asc' ? sorted.toReversed() : sorted
}

function pullList(c: Context, state: GithubState): Response {
  const repo = state.repository(c)
  const params = paramsOf(c)
  const head = params.get('head')?.split(':').at(-1)
  const found = ordered(c, repo.data.pulls).filter((pull) => (head ?? pull.head.ref) === pull.head.ref && (params.get('base') ?? pull.base) === pull.base)
  return pageResponse(c, found, (pull) => pullView(state.world, repo, pull))
}

function issueList(c: Context, state: GithubState): Response {
  const repo = state.repository(c)
  const params = paramsOf(c)
  const labels = (params.get('labels') ?? '').split(',').filter(Boolean)
  const since = Date.parse(params.get('since') ?? '')
  const items: (Issue | Pull)[] = [...repo.data.issues, ...repo.data.pulls]
  const found = ordered(c, items).filter((item) => labels.every((label) => item.labels.includes(label)) && !(Date.parse(lastTouched(item)) < since) && (params.get('creator') ?? item.author) === item.author)
  return pageResponse(c, found, (item) => issueView(state.world, repo, item))
}

function addPullRoutes(app: Hono, state: GithubState): void {
  const { world } = state
  const named = (c: Context): { repo: Repo; pull: Pull } => {
    const repo = state.repository(c)
    return { repo, pull: numbered(c, repo.data.pulls) }
  }
  app.get(`${base}/pulls`, (c) => pullList(c, state))
  app.get(`${base}/pulls/:number`, (c) => {
    const { repo, pull } = named(c)
    if ((c.req.header('accept') ?? '').includes('.diff')) return c.body(diffText(pullChanges(repo, pull)), 200, { 'content-type': 'application/vnd.github.diff; charset=utf-8' })
    return c.json(pullDetail(world, repo, pull))
  })
  app.get(`${base}/pulls/:number/files`, (c) => {
    const { repo, pull } = named(c)
    return pageResponse(c, pullChanges(repo, pull), (change) => fileView(repo, change, pull.head.sha))
  })
  app.get(`${base}/pulls/:number/commits`, (c) => {
    const { repo, pull } = named(c)
    return pageResponse(c, pullCommits(repo, pull), (commit) => commitView(world, repo, commit))
  })
  app.get(`${base}/pulls/:number/reviews`, (c) => {
    const { repo, pull } = named(c)
    return pageResponse(c, pull.reviews, (review) => reviewView(world, repo, pull, review))
  })
  // Comments on lines of the diff, which a world does not hold; the conversation is at the issue's address.
  app.get(`${base}/pulls/:number/comments`, (c) => pageResponse(c, named(c).pull.comments.slice(0, 0), (comment) => comment))
}

/** Issues and pull requests with their conversations. */
export function addIssueRoutes(app: Hono, state: GithubState): void {
  addPullRoutes(app, state)
  app.get(`${base}/issues`, (c) => issueList(c, state))
  app.get(`${base}/issues/:number`, (c) => {
    const repo = state.repository(c)
    return c.json(issueView(state.world, repo, numbered<Issue | Pull>(c, [...repo.data.issues, ...repo.data.pulls])))
  })
  app.get(`${base}/issues/:number/comments`, (c) => {
    const repo = state.repository(c)
    const item = numbered<Issue | Pull>(c, [...repo.data.issues, ...repo.data.pulls])
    return pageResponse(c, item.comments, (comment) => commentView(state.world, repo, item, comment))
  })
}
