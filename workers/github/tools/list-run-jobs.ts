import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import type { JobShape } from '../delivery-shapes.ts'
import { cursorAfter, idField, oneRepositoryField, pageOf } from '../fields.ts'
import { JobDigest, isPublishing, jobDigest, pushSignals } from '../job-log.ts'
import { repositoryRead } from '../operations.ts'

const Step = z.object({ name: z.string(), result: z.string(), seconds: z.number().nullable() })
const Job = JobDigest.extend({ id: z.number(), name: z.string(), result: z.string(), startedAt: z.string().nullable(), seconds: z.number().nullable(), steps: z.array(Step), url: z.string().nullable() })
type Job = z.infer<typeof Job>

/** Of so many jobs that failed or publish something the log is summed up too. */
const WITH_LOG = 4

/** The jobs of one workflow run with their steps. */
export const listRunJobs = defineTool<GithubClient>()({
  name: 'github_list_run_jobs',
  title: 'List the jobs of a workflow run',
  useWhen: 'Use when you have a workflow run and need which job and step failed and why, what it pushed, or how long it took.',
  input: z.object({ run: idField('workflow_run', 'Id of the run'), repository: oneRepositoryField, limit: limitField(30, 100), cursor: cursorField }),
  output: z.object({ jobs: z.array(Job) }),
  operations: [repositoryRead('actions/runs/{run}/jobs'), repositoryRead('actions/jobs/{job}/logs')],
  run: async (args, { client }) => {
    const page = pageOf(args.cursor)
    const repository = client.repository(args.repository)
    const all = (await client.jobs(repository, Number(args.run), { per_page: args.limit, page })).map(jobOf)
    const lookedInto = new Set([...all.filter(isFailed), ...all.filter((job) => !isFailed(job) && isPublishing(job.name))].slice(0, WITH_LOG))
    const jobs = await Promise.all(all.map(async (job) => (lookedInto.has(job) ? { ...job, ...(await jobDigest(repository, job.id, client)) } : job)))
    const cursor = cursorAfter(page, jobs.length, args.limit)
    const run: Entity = { kind: 'workflow_run', value: args.run }
    const nothing = `Workflow run ${args.run} has no ${page > 1 ? 'further ' : ''}jobs: it was cancelled or refused before any began`
    return {
      structured: { jobs },
      text: jobs.length === 0 ? `${nothing}.` : jobs.map(jobText).join('\n'),
      entities: [run, ...jobs.map(jobEntity)],
      signals: jobs.length === 0 ? [makeSignal('absence', 1, nothing, { about: [run] })] : jobSignals(jobs, run),
      links: jobs.flatMap(({ url, name }) => (url === null ? [] : [{ title: name, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

function jobOf({ id, name, status, conclusion, started_at: startedAt, completed_at: completedAt, html_url: url, steps }: JobShape): Job {
  return {
    id, name, result: conclusion ?? status, startedAt: startedAt ?? null, seconds: secondsBetween(startedAt, completedAt), url: url ?? null, error: null, pushed: [],
    steps: (steps ?? []).map((step) => ({ name: step.name, result: step.conclusion ?? step.status ?? 'unknown', seconds: secondsBetween(step.started_at, step.completed_at) })),
  }
}

function secondsBetween(from: string | null | undefined, to: string | null | undefined): number | null {
  const seconds = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1_000
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds) : null
}

function isFailed({ result }: { result: string }): boolean {
  return /^(?:failure|timed_out|startup_failure|action_required)$/.test(result)
}

function jobText({ id, name, result, startedAt, seconds, steps, error, pushed }: Job): string {
  const told = steps.map((step) => `  ${isFailed(step) ? 'FAILED ' : ''}${step.name}: ${step.result}${step.seconds === null ? '' : `, ${step.seconds} s`}`)
  return [`Job ${id} "${name}" ${result}${startedAt === null ? '' : ` at ${utc(startedAt)}`}${seconds === null ? '' : `, ${seconds} s`}`, ...told, ...(error === null ? [] : [`  Its log says: ${error}`]), ...pushed.map(({ image }) => `  It pushed ${image}`)].join('\n')
}

function jobSignals(jobs: readonly Job[], run: Entity): Signal[] {
  const pushed = jobs.flatMap((job) => pushSignals(isFailed(job) ? { pushed: [] } : job, `Job "${job.name}" of run ${run.value}`, [run, jobEntity(job)]))
  const failed = jobs.filter(isFailed).map((job) => {
    const steps = job.steps.filter(isFailed).map(({ name }) => `"${name}"`).join(', ')
    const text = `Job "${job.name}" of run ${run.value} ended with ${job.result}${steps === '' ? '' : ` at step ${steps}`}${job.error === null ? '' : `: ${job.error}`}`
    return makeSignal('error', 2, text, { at: job.startedAt ?? undefined, about: [jobEntity(job), run], says: job.error ?? '' })
  })
  const fine = makeSignal('healthy', 0, `No job of run ${run.value} failed: ${jobs.map(({ name, result }) => `${name} ${result}`).join(', ')}`, { about: [run], says: '' })
  return [...(failed.length > 0 ? failed.slice(0, 8) : [fine]), ...pushed]
}

function jobEntity({ id, name }: Job): Entity {
  return { kind: 'job', value: String(id), label: name }
}
