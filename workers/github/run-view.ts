import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { utc } from '../kit/plain-text.ts'
import type { GithubClient, Repository } from './client.ts'
import { JobDigest, isPublishing, jobDigest, pushSignals } from './job-log.ts'

const LookedInto = JobDigest.extend({ id: z.number(), name: z.string(), conclusion: z.string().nullable(), failedSteps: z.array(z.string()) })

/** A workflow run as the tools give it back; `jobs` are those that were looked into: what failed, and what publishes. */
export const Run = z.object({
  id: z.number(), repository: z.string(), name: z.string(), file: z.string().nullable(), event: z.string(), status: z.string(), conclusion: z.string().nullable(), branch: z.string().nullable(), sha: z.string(),
  actor: z.string(), createdAt: z.string(), updatedAt: z.string(), url: z.string().nullable(), jobs: z.array(LookedInto),
})
export type Run = z.infer<typeof Run>

/** GitHub's workflow run as ours, no job looked into yet. */
export function toRun(run: Awaited<ReturnType<GithubClient['runs']>>[number], repository: string): Run {
  return {
    id: run.id, repository, name: run.name ?? 'workflow', file: run.path ?? null, event: run.event, status: run.status ?? 'unknown', conclusion: run.conclusion ?? null, branch: run.head_branch ?? null,
    sha: run.head_sha, actor: run.actor?.login ?? 'unknown', createdAt: run.created_at, updatedAt: run.updated_at, url: run.html_url ?? null, jobs: [],
  }
}

/** Whether a run, job or step ended badly. */
export function isFailed({ conclusion }: { conclusion?: string | null | undefined }): boolean {
  return /^(?:failure|timed_out|startup_failure|action_required)$/.test(conclusion ?? '')
}

/** The run with its failed jobs and, where it succeeded, those that publish; `withLogs` has their logs summed up. */
export async function withJobs(repository: Repository, run: Run, withLogs: boolean, client: GithubClient): Promise<Run> {
  const all = await client.jobs(repository, run.id, { per_page: 50 })
  const wanted = isFailed(run) ? all.filter(isFailed) : all.filter(({ name }) => isPublishing(name))
  const jobs = await Promise.all(wanted.map(async ({ id, name, conclusion, steps }, index) => ({
    id, name, conclusion: conclusion ?? null, failedSteps: (steps ?? []).filter(isFailed).map((step) => step.name),
    ...(withLogs && index === 0 ? await jobDigest(repository, id, client) : { error: null, pushed: [] }),
  })))
  return { ...run, jobs }
}

/** The run as one line of text. */
export function runLine(run: Run): string {
  const jobs = run.jobs.flatMap(({ id, name, conclusion, failedSteps, error, pushed }) => [
    ...(isFailed({ conclusion }) ? [`job ${id} "${name}" failed${failedSteps.length === 0 ? '' : ` at step "${failedSteps.join('", "')}"`}${error === null ? '' : `: ${error}`}`] : []),
    ...pushed.map(({ image }) => `job ${id} "${name}" pushed ${image}`),
  ])
  return `${run.name} run ${run.id} [${run.repository}] ${run.conclusion ?? run.status} at ${utc(run.createdAt)}, ${run.event} by ${run.actor} on ${run.branch ?? '?'} ${run.sha.slice(0, 12)}${jobs.length === 0 ? '' : `: ${jobs.join('; ')}`}`
}

/** The run with its commit, jobs, repository, branch and file. */
export function runEntities({ id, repository, sha, branch, file, createdAt, jobs }: Run): Entity[] {
  return [
    { kind: 'workflow_run', value: String(id), at: createdAt }, { kind: 'commit', value: sha }, ...jobs.map((job): Entity => ({ kind: 'job', value: String(job.id), label: job.name })),
    { kind: 'repository', value: repository }, ...(branch === null ? [] : [{ kind: 'branch' as const, value: branch }]), ...(file === null ? [] : [{ kind: 'file' as const, value: file }]),
  ]
}

/** What runs, newest first, say: each failure with its reason, since when a workflow fails, what was pushed. */
export function runSignals(runs: readonly Run[]): Signal[] {
  const failed = runs.filter(isFailed).map(failureSignal)
  const workflows = [...Map.groupBy(runs.filter(({ conclusion }) => conclusion !== null && conclusion !== 'cancelled' && conclusion !== 'skipped'), ({ repository, name, branch }) => `${repository} ${name} ${branch ?? ''}`).values()]
  const pushed = runs.filter((run) => !isFailed(run)).flatMap((run) => run.jobs.flatMap((job) => pushSignals(job, `${placeOf(run)} of ${run.sha.slice(0, 12)}`, runEntities(run))))
  const fine = runs.filter(({ conclusion }) => conclusion === 'success')
  const [newest] = fine
  const ran = newest === undefined ? [] : [makeSignal(failed.length === 0 ? 'healthy' : 'state', 0, `${fine.length} of ${runs.length} workflow runs succeeded, the newest: ${runLine({ ...newest, jobs: [] })}`, { at: newest.createdAt, count: fine.length, about: runEntities(newest), says: '' })]
  return [...workflows.flatMap(streakSignal), ...failed, ...pushed, ...ran]
}

function placeOf({ name, id, repository }: Run): string {
  return `${name} run ${id} of ${repository.split('/').at(-1) ?? repository}`
}

function failureSignal(run: Run): Signal {
  const [job] = run.jobs
  const step = job === undefined ? '' : ` at "${job.failedSteps[0] ?? job.name}"`
  return makeSignal('error', 2, `${placeOf(run)} (${run.sha.slice(0, 12)} by ${run.actor}) ended with ${run.conclusion ?? run.status}${step}${job?.error === null || job === undefined ? '' : `: ${job.error}`}`, {
    at: run.createdAt, about: runEntities(run), says: job?.error ?? '',
  })
}

/** Since when a workflow fails, if its newest run did: the first commit that failed is the one to look at, the last that passed is what still runs. */
function streakSignal(runs: readonly Run[]): Signal[] {
  const end = runs.findIndex((run) => !isFailed(run))
  const first = runs[(end === -1 ? runs.length : end) - 1]
  const good = end === -1 ? undefined : runs[end]
  if (first === undefined || end === 0) return []
  const count = end === -1 ? runs.length : end
  const before = good === undefined ? 'no success before it in the window' : `the last that passed was ${good.sha.slice(0, 12)} at ${utc(good.createdAt)}`
  return [makeSignal('state', 2, `${first.sha.slice(0, 12)} by ${first.actor} was the first of ${count} in a row to fail ${first.name} of ${first.repository} (${utc(first.createdAt)}); ${before}`, {
    at: first.createdAt, count, about: [{ kind: 'commit', value: first.sha, at: first.createdAt }, ...runEntities(first), ...(good === undefined ? [] : [{ kind: 'commit' as const, value: good.sha }])], says: '',
  })]
}
