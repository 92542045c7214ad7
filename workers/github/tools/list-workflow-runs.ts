import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient, Repository } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const Job = z.object({ id: z.number(), name: z.string(), conclusion: z.string().nullable(), failedSteps: z.array(z.string()) })
const Run = z.object({
  id: z.number(), repository: z.string(), name: z.string(), file: z.string().nullable(), event: z.string(), status: z.string(), conclusion: z.string().nullable(), branch: z.string().nullable(), sha: z.string(),
  actor: z.string(), createdAt: z.string(), updatedAt: z.string(), url: z.string().nullable(), failedJobs: z.array(Job),
})
type Run = z.infer<typeof Run>

/** Of so many newest failed runs the jobs are fetched too. */
const WITH_JOBS = 6

/** Runs of GitHub Actions in a window; of failed ones, which job and step failed. */
export const listWorkflowRuns = defineTool<GithubClient>()({
  name: 'github_list_workflow_runs',
  title: 'List workflow runs',
  useWhen: 'Use when a build, test, deploy or scheduled workflow may have failed or have caused the problem.',
  input: z.object({
    repository: repositoryField, branch: entityField('branch', 'Branch name').optional(), commit: entityField('commit', 'Full SHA').optional(),
    only: z.enum(['all', 'failed', 'scheduled']).default('all'), ...windowFields, limit: limitField(20, 100), cursor: cursorField,
  }),
  output: z.object({ runs: z.array(Run) }),
  operations: [repositoryRead('actions/runs'), repositoryRead('actions/runs/{run}/jobs')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 3 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const query = {
      created: `${window.start.toISOString().slice(0, 19)}Z..${window.end.toISOString().slice(0, 19)}Z`, per_page: args.limit, page,
      ...(args.branch === undefined ? {} : { branch: args.branch }), ...(args.commit === undefined ? {} : { head_sha: args.commit }),
    }
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => (await client.runs(repository, query)).map((run) => ({ repository, run: toRun(run, repository.fullName) }))))
    const wanted = lists.flat().filter(({ run }) => args.only === 'all' || (args.only === 'failed' ? isFailed(run) : run.event === 'schedule')).sort((a, b) => b.run.createdAt.localeCompare(a.run.createdAt)).slice(0, args.limit)
    const lookedInto = new Set(wanted.filter(({ run }) => isFailed(run)).slice(0, WITH_JOBS))
    const runs = await Promise.all(wanted.map(async (entry) => (lookedInto.has(entry) ? { ...entry.run, failedJobs: await failedJobs(entry.repository, entry.run.id, client) } : entry.run)))
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

function toRun(run: Awaited<ReturnType<GithubClient['runs']>>[number], repository: string): Run {
  return {
    id: run.id, repository, name: run.name ?? 'workflow', file: run.path ?? null, event: run.event, status: run.status ?? 'unknown', conclusion: run.conclusion ?? null, branch: run.head_branch ?? null,
    sha: run.head_sha, actor: run.actor?.login ?? 'unknown', createdAt: run.created_at, updatedAt: run.updated_at, url: run.html_url ?? null, failedJobs: [],
  }
}

function isFailed({ conclusion }: { conclusion?: string | null | undefined }): boolean {
  return /^(?:failure|timed_out|startup_failure|action_required)$/.test(conclusion ?? '')
}

async function failedJobs(repository: Repository, run: number, client: GithubClient): Promise<Run['failedJobs']> {
  return (await client.jobs(repository, run, { per_page: 50 })).filter(isFailed).map(({ id, name, conclusion, steps }) => ({
    id, name, conclusion: conclusion ?? null, failedSteps: (steps ?? []).filter(isFailed).map((step) => step.name),
  }))
}

function runLine(run: Run): string {
  const jobs = run.failedJobs.map(({ id, name, failedSteps }) => `job ${id} "${name}" failed${failedSteps.length === 0 ? '' : ` at step "${failedSteps.join('", "')}"`}`)
  return `${run.name} run ${run.id} [${run.repository}] ${run.conclusion ?? run.status} at ${utc(run.createdAt)}, ${run.event} by ${run.actor} on ${run.branch ?? '?'} ${run.sha.slice(0, 12)}${jobs.length === 0 ? '' : `: ${jobs.join('; ')}`}`
}

function runEntities({ id, repository, sha, branch, file, createdAt, failedJobs: jobs }: Run): Entity[] {
  return [
    { kind: 'workflow_run', value: String(id), at: createdAt }, ...jobs.map((job): Entity => ({ kind: 'job', value: String(job.id), label: job.name })), { kind: 'commit', value: sha },
    { kind: 'repository', value: repository }, ...(branch === null ? [] : [{ kind: 'branch' as const, value: branch }]), ...(file === null ? [] : [{ kind: 'file' as const, value: file }]),
  ]
}

function runSignals(runs: readonly Run[]): Signal[] {
  const failed = runs.filter(isFailed).map((run) => makeSignal('error', 2, `Workflow ${runLine(run)}`, { at: run.createdAt, about: runEntities(run), says: '' }))
  const fine = runs.filter(({ conclusion }) => conclusion === 'success')
  const [newest] = fine
  if (newest === undefined) return failed
  const ran = makeSignal(failed.length === 0 ? 'healthy' : 'state', 0, `${fine.length} of ${runs.length} workflow runs succeeded, the newest: ${runLine(newest)}`, { at: newest.createdAt, count: fine.length, about: runEntities(newest), says: '' })
  return [...failed, ran]
}
