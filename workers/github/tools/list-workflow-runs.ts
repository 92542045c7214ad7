import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { isPublishing } from '../job-log.ts'
import { repositoryRead } from '../operations.ts'
import { Run, isFailed, runEntities, runLine, runSignals, toRun, withJobs } from '../run-view.ts'

/** Of so many newest failed runs the jobs are fetched too, and of some of them the end of a log. */
const WITH_JOBS = 6
const WITH_LOGS = 3
/** So many newest successful runs of workflows that build or publish are looked into for what they pushed. */
const PUBLISHED = 3

/** Runs of GitHub Actions in a window; of failed ones, which step failed and what its log says; of builds, what they pushed. */
export const listWorkflowRuns = defineTool<GithubClient>()({
  name: 'github_list_workflow_runs',
  title: 'List workflow runs',
  useWhen: 'Use when a build, test, deploy or scheduled workflow may have failed or have caused the problem.',
  input: z.object({
    repository: repositoryField, branch: entityField('branch', 'Branch name').optional(), commit: entityField('commit', 'Full SHA').optional(),
    only: z.enum(['all', 'failed', 'scheduled']).default('all'), ...windowFields, limit: limitField(20, 100), cursor: cursorField,
  }),
  output: z.object({ runs: z.array(Run) }),
  operations: [repositoryRead('actions/runs'), repositoryRead('actions/runs/{run}/jobs'), repositoryRead('actions/jobs/{job}/logs')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const query = {
      created: `${window.start.toISOString().slice(0, 19)}Z..${window.end.toISOString().slice(0, 19)}Z`, per_page: args.limit, page,
      ...(args.branch === undefined ? {} : { branch: args.branch }), ...(args.commit === undefined ? {} : { head_sha: args.commit }),
    }
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => (await client.runs(repository, query)).map((run) => ({ repository, run: toRun(run, repository.fullName) }))))
    const wanted = lists.flat().filter(({ run }) => args.only === 'all' || (args.only === 'failed' ? isFailed(run) : run.event === 'schedule')).sort((a, b) => b.run.createdAt.localeCompare(a.run.createdAt)).slice(0, args.limit)
    const failed = wanted.filter(({ run }) => isFailed(run)).slice(0, WITH_JOBS)
    const published = wanted.filter(({ run }) => run.conclusion === 'success' && isPublishing(`${run.name} ${run.file ?? ''}`)).slice(0, PUBLISHED)
    const runs = await Promise.all(wanted.map(async (entry) => {
      const [bad, built] = [failed.indexOf(entry), published.includes(entry)]
      return bad === -1 && !built ? entry.run : withJobs(entry.repository, entry.run, built || bad < WITH_LOGS, client)
    }))
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const nothing = `No ${args.only === 'all' ? '' : `${args.only} `}workflow run between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { runs },
      text: runs.length === 0 ? `${nothing}.` : runs.map(runLine).join('\n'),
      entities: runs.flatMap(runEntities),
      signals: runs.length === 0 ? [makeSignal('absence', 0, nothing)] : runSignals(runs),
      links: runs.flatMap(({ url, name, id }) => (url === null ? [] : [{ title: `${name} ${id}`, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})
