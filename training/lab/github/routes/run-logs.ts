import type { Context, Hono } from 'hono'
import { notFound } from '../responses.ts'
import type { GithubState, Repo } from '../state.ts'
import { checkRunView, type Job, type Run } from '../views/actions.ts'
import { zip } from '../zip.ts'

const base = '/repos/:owner/:repo'

/** A world has one log a job; in the archive it stands under the step that failed, or else the last one. */
function stepFile({ name, steps, log }: Job): { name: string; text: string }[] {
  const failed = steps.findIndex((step) => step.conclusion === 'failure')
  const index = failed === -1 ? steps.length - 1 : failed
  return steps.slice(index, index + 1).map((step) => ({ name: `${name}/${index + 1}_${step.name}.txt`, text: log }))
}

function archive({ jobs }: Run): Buffer {
  return zip(jobs.flatMap((job, index) => [{ name: `${index}_${job.name}.txt`, text: job.log }, ...stepFile(job)]))
}

/** The logs of a whole run as the archive GitHub redirects to, and a job as the check it is. */
export function addRunLogRoutes(app: Hono, state: GithubState): void {
  const run = (repo: Repo, id: string): Run => {
    const found = repo.data.workflowRuns.find((each) => String(each.id) === id)
    if (found === undefined) throw notFound()
    return found
  }
  for (const path of ['logs', 'attempts/:attempt/logs']) {
    app.get(`${base}/actions/runs/:run/${path}`, (c) => {
      const repo = state.repository(c)
      return c.redirect(`${new URL(c.req.url).origin}/_signed/${repo.fullName}/runs/${run(repo, c.req.param('run')).id}`, 302)
    })
  }
  app.get('/_signed/:owner/:repo/runs/:run', (c) => c.body(new Uint8Array(archive(run(state.repository(c), c.req.param('run')))), 200, { 'content-type': 'application/zip' }))

  const check = (c: Context): { repo: Repo; run: Run; job: Job } => {
    const repo = state.repository(c)
    const found = repo.data.workflowRuns.flatMap((of) => of.jobs.map((job) => ({ repo, run: of, job }))).find(({ job }) => String(job.id) === c.req.param('check'))
    if (found === undefined) throw notFound()
    return found
  }
  app.get(`${base}/check-runs/:check`, (c) => {
    const { repo, run: of, job } = check(c)
    return c.json(checkRunView(state.world, repo, of, job))
  })
  app.get(`${base}/check-runs/:check/annotations`, (c) => c.json(check(c).job.steps.slice(0, 0)))
}
