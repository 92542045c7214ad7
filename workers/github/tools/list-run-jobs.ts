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
import { repositoryRead } from '../operations.ts'

const Step = z.object({ name: z.string(), result: z.string(), seconds: z.number().nullable() })
const Job = z.object({ id: z.number(), name: z.string(), result: z.string(), startedAt: z.string().nullable(), seconds: z.number().nullable(), steps: z.array(Step), url: z.string().nullable() })
type Job = z.infer<typeof Job>

/** The jobs of one workflow run with their steps. */
export const listRunJobs = defineTool<GithubClient>()({
  name: 'github_list_run_jobs',
  title: 'List the jobs of a workflow run',
  useWhen: 'Use when you have a workflow run and need which job and step failed, was skipped, or took how long.',
  input: z.object({ run: idField('workflow_run', 'Id of the run'), repository: oneRepositoryField, limit: limitField(30, 100), cursor: cursorField }),
  output: z.object({ jobs: z.array(Job) }),
  operations: [repositoryRead('actions/runs/{run}/jobs')],
  run: async (args, { client }) => {
    const page = pageOf(args.cursor)
    const jobs = (await client.jobs(client.repository(args.repository), Number(args.run), { per_page: args.limit, page })).map(jobOf)
    const cursor = cursorAfter(page, jobs.length, args.limit)
    const run: Entity = { kind: 'workflow_run', value: args.run }
    const nothing = `Workflow run ${args.run} has no ${page > 1 ? 'further ' : ''}jobs: it was cancelled or refused before any began`
    return {
      structured: { jobs },
      text: jobs.length === 0 ? `${nothing}.` : jobs.map(jobText).join('\n'),
      entities: [run, ...jobs.map(({ id, name }): Entity => ({ kind: 'job', value: String(id), label: name }))],
      signals: jobs.length === 0 ? [makeSignal('absence', 1, nothing, { about: [run] })] : jobSignals(jobs, run),
      links: jobs.flatMap(({ url, name }) => (url === null ? [] : [{ title: name, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

function jobOf({ id, name, status, conclusion, started_at: startedAt, completed_at: completedAt, html_url: url, steps }: JobShape): Job {
  return {
    id, name, result: conclusion ?? status, startedAt: startedAt ?? null, seconds: secondsBetween(startedAt, completedAt), url: url ?? null,
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

function jobText({ id, name, result, startedAt, seconds, steps }: Job): string {
  const told = steps.map((step) => `  ${isFailed(step) ? 'FAILED ' : ''}${step.name}: ${step.result}${step.seconds === null ? '' : `, ${step.seconds} s`}`)
  return [`Job ${id} "${name}" ${result}${startedAt === null ? '' : ` at ${utc(startedAt)}`}${seconds === null ? '' : `, ${seconds} s`}`, ...told].join('\n')
}

function jobSignals(jobs: readonly Job[], run: Entity): Signal[] {
  const failed = jobs.filter(isFailed).map((job) => {
    const steps = job.steps.filter(isFailed).map(({ name }) => `"${name}"`).join(', ')
    return makeSignal('error', 2, `Job ${job.id} "${job.name}" of run ${run.value} ended with ${job.result}${steps === '' ? '' : ` at step ${steps}`}`, { at: job.startedAt ?? undefined, about: [{ kind: 'job', value: String(job.id), label: job.name }, run], says: '' })
  })
  return failed.length > 0 ? failed.slice(0, 8) : [makeSignal('healthy', 0, `No job of run ${run.value} failed: ${jobs.map(({ name, result }) => `${name} ${result}`).join(', ')}`, { about: [run], says: '' })]
}
