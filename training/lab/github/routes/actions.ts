import type { Context, Hono } from 'hono'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import type { GithubState, Repo } from '../state.ts'
import { jobView, runView, workflowId, type Job, type Run } from '../views/actions.ts'

const base = '/repos/:owner/:repo'

/** Whether a time lies in what `created` asks for: `>=T`, `<T`, `A..B`, or a day. */
function within(range: string | null, time: string): boolean {
  if (range === null) return true
  const at = Date.parse(time)
  const [, from, to] = /^(.+)\.\.(.+)$/.exec(range) ?? []
  if (from !== undefined && to !== undefined) return (from === '*' || at >= Date.parse(from)) && (to === '*' || at <= Date.parse(to) + (to.length === 10 ? 86_400_000 : 0))
  const [, operator = '', edge = ''] = /^(>=|<=|>|<)?(.+)$/.exec(range) ?? []
  const bound = Date.parse(edge)
  if (operator.startsWith('>')) return operator === '>=' ? at >= bound : at > bound
  if (operator.startsWith('<')) return operator === '<=' ? at <= bound : at < bound
  return time.startsWith(edge)
}

function runList(c: Context, state: GithubState, runs: (repo: Repo) => readonly Run[]): Response {
  const repo = state.repository(c)
  const params = paramsOf(c)
  const status = params.get('status')
  const found = runs(repo).filter((run) =>
    (params.get('branch') ?? run.branch) === run.branch && (params.get('event') ?? run.event) === run.event && (params.get('actor') ?? run.actor) === run.actor
    && (params.get('head_sha') ?? run.sha) === run.sha && (status === null || run.status === status || run.conclusion === status) && within(params.get('created'), run.createdAt))
  const newest = found.toSorted((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
  return pageResponse(c, newest, (run) => runView(state.world, repo, run), (page) => ({ total_count: newest.length, workflow_runs: page }))
}

function workflowView(repo: Repo, run: Run): Record<string, unknown> {
  const id = workflowId(repo, run)
  return { id, node_id: `W_${id}`, name: run.name, path: run.path, state: 'active', created_at: repo.data.createdAt, updated_at: repo.data.createdAt, url: `${repo.api}/actions/workflows/${id}`, html_url: `${repo.html}/blob/${repo.data.defaultBranch}/${run.path}`, badge_url: `${repo.html}/actions/workflows/${run.path.split('/').at(-1)}/badge.svg` }
}

/** Workflow runs, their jobs and the jobs' logs, which are answered by a redirect to a signed address as GitHub does. */
export function addActionRoutes(app: Hono, state: GithubState): void {
  const run = (c: Context): { repo: Repo; run: Run } => {
    const repo = state.repository(c)
    const found = repo.data.workflowRuns.find((each) => String(each.id) === c.req.param('run'))
    if (found === undefined) throw notFound()
    return { repo, run: found }
  }
  const job = (c: Context): { repo: Repo; run: Run; job: Job } => {
    const repo = state.repository(c)
    const found = repo.data.workflowRuns.flatMap((each) => each.jobs.map((inside) => ({ repo, run: each, job: inside }))).find((each) => String(each.job.id) === c.req.param('job'))
    if (found === undefined) throw notFound()
    return found
  }
  const workflows = (repo: Repo): Run[] => [...new Map(repo.data.workflowRuns.map((each) => [each.path, each])).values()]
  app.get(`${base}/actions/runs`, (c) => runList(c, state, (repo) => repo.data.workflowRuns))
  app.get(`${base}/actions/workflows`, (c) => {
    const repo = state.repository(c)
    return pageResponse(c, workflows(repo), (each) => workflowView(repo, each), (page) => ({ total_count: workflows(repo).length, workflows: page }))
  })
  const ofWorkflow = (repo: Repo, name: string): Run[] => repo.data.workflowRuns.filter((each) => [String(workflowId(repo, each)), each.path.split('/').at(-1)].includes(name))
  app.get(`${base}/actions/workflows/:workflow`, (c) => {
    const repo = state.repository(c)
    const [first] = ofWorkflow(repo, c.req.param('workflow'))
    if (first === undefined) throw notFound()
    return c.json(workflowView(repo, first))
  })
  app.get(`${base}/actions/workflows/:workflow/runs`, (c) => runList(c, state, (repo) => ofWorkflow(repo, c.req.param('workflow'))))
  app.get(`${base}/actions/runs/:run`, (c) => c.json(runView(state.world, run(c).repo, run(c).run)))
  for (const path of ['jobs', 'attempts/:attempt/jobs']) {
    app.get(`${base}/actions/runs/:run/${path}`, (c) => {
      const { repo, run: of } = run(c)
      return pageResponse(c, of.jobs, (each) => jobView(repo, of, each), (page) => ({ total_count: of.jobs.length, jobs: page }))
    })
  }
  app.get(`${base}/actions/runs/:run/artifacts`, (c) => pageResponse(c, run(c).run.jobs.slice(0, 0), (each) => each, (artifacts) => ({ total_count: 0, artifacts })))
  app.get(`${base}/actions/jobs/:job`, (c) => c.json(jobView(job(c).repo, job(c).run, job(c).job)))
  app.get(`${base}/actions/jobs/:job/logs`, (c) => {
    const { repo, job: of } = job(c)
    return c.redirect(`${new URL(c.req.url).origin}/_signed/${repo.fullName}/jobs/${of.id}.txt`, 302)
  })
  app.get('/_signed/:owner/:repo/jobs/:file', (c) => {
    const repo = state.repository(c)
    const found = repo.data.workflowRuns.flatMap((each) => each.jobs).find((each) => `${each.id}.txt` === c.req.param('file'))
    if (found === undefined) throw notFound()
    return c.text(found.log)
  })
}
