import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { ago, clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { ResolvedWindow } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { Job, KubernetesClient } from '../client.ts'
import { jobRun, JobRun } from '../job-run.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'
import { containerTemplates } from '../template.ts'

const JobState = JobRun.extend({
  namespace: z.string(), cronJob: z.string().nullable(), endedAt: z.string().nullable(), active: z.number().int(), succeeded: z.number().int(), failed: z.number().int(),
  wanted: z.number().int(), images: z.array(z.string()), command: z.string(),
})
type JobState = z.infer<typeof JobState>

export const listJobs = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_jobs',
  title: 'List jobs',
  useWhen: 'Use when one-off work is in question (a migration, a batch, a run by hand): which Jobs ran in the window and how they ended.',
  input: z.object({ namespace: namespaceField, ...windowFields, limit: limitField(100, 500), cursor: cursorField }),
  output: z.object({ jobs: z.array(JobState) }),
  operations: [...operations.jobs],
  async run({ namespace, limit, cursor, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 24 * 60, maxMinutes: 90 * 24 * 60 })
    const scope = client.scopes.list(namespace)
    const page = await client.jobs({ scope, limit, cursor })
    const jobs = page.items.map(jobState).filter((job) => ranWithin(job, window)).sort((a, b) => rank(a) - rank(b) || (b.startedAt ?? '').localeCompare(a.startedAt ?? ''))
    const head = `Jobs in ${scope.text}, ${utc(window.start)} to ${utc(window.end)}`
    const signals = jobs.flatMap((job) => jobSignals(job, clock.now()))
    return {
      structured: { jobs },
      text: jobs.length === 0 ? `${head}: none are kept; a finished Job may have been cleaned up.` : `${head}, failed first:\n${jobs.map(jobText).join('\n')}`,
      entities: distinctEntities(jobs.flatMap(aboutJob)),
      signals: jobs.length === 0 ? [makeSignal('absence', 0, `${head}: none are kept.`)] : signals.length > 0 ? signals : [makeSignal('healthy', 0, `${head}: none of the ${jobs.length} failed.`)],
      truncated: page.truncated,
      cursor: page.cursor,
    }
  },
})

function jobState(job: Job): JobState {
  const { metadata, spec, status } = job
  const containers = containerTemplates(spec?.template.spec)
  const ended = status?.completionTime ?? status?.conditions?.find((condition) => condition.type === 'Failed' && condition.status === 'True')?.lastTransitionTime
  return {
    ...jobRun(job),
    namespace: metadata?.namespace ?? '',
    cronJob: metadata?.ownerReferences?.find((owner) => owner.kind === 'CronJob')?.name ?? null,
    endedAt: timeText(ended),
    active: status?.active ?? 0,
    succeeded: status?.succeeded ?? 0,
    failed: status?.failed ?? 0,
    wanted: spec?.completions ?? 1,
    images: containers.map((container) => container.image),
    command: containers.map((container) => container.command.join(' ')).join(' ; ').slice(0, 300),
  }
}

/** Whether a part of the run lies in the window; a Job that has not started is about now. */
function ranWithin({ startedAt, endedAt }: JobState, { start, end }: ResolvedWindow): boolean {
  return (startedAt === null || new Date(startedAt) <= end) && (endedAt === null || new Date(endedAt) >= start)
}

function rank({ outcome }: JobState): number {
  return ['failed', 'active', 'succeeded'].indexOf(outcome)
}

function jobText(job: JobState): string {
  const span = `${job.startedAt === null ? 'not started' : `started ${utc(job.startedAt)}`}${job.endedAt === null ? '' : `, ended ${utc(job.endedAt)}`}`
  return `${job.job} (${job.namespace}) ${job.outcome}${job.reason === null ? '' : `, ${clip(job.reason, 200)}`}; ${span}; ${job.succeeded} of ${job.wanted} done, ${job.failed} pods failed, ${job.active} active; ${job.cronJob === null ? 'made by hand or a release' : `of CronJob ${job.cronJob}`}; image ${job.images.join(', ')}${job.command === '' ? '' : `, command: ${clip(job.command, 200)}`}`
}

function aboutJob({ job, namespace, cronJob, images, startedAt }: JobState): Entity[] {
  return [
    { kind: 'job', value: job, ...(startedAt === null ? {} : { at: startedAt }) }, { kind: 'namespace', value: namespace },
    ...(cronJob === null ? [] : [{ kind: 'cronjob' as const, value: cronJob }]), ...images.map((value) => ({ kind: 'image' as const, value })),
  ]
}

const LONG_MILLISECONDS = 6 * 60 * 60_000

function jobSignals(job: JobState, now: Date): Signal[] {
  const about = aboutJob(job)
  const name = `Job ${job.job} (${job.namespace})`
  if (job.outcome === 'failed') return [makeSignal('state', 2, `${name} failed${job.reason === null ? '' : `, ${job.reason}`}; ${job.failed} of its pods failed.`, { about, at: job.endedAt ?? job.startedAt ?? undefined, count: job.failed })]
  if (job.outcome !== 'active') return []
  if (job.failed > 0) return [makeSignal('state', 2, `${name} is still trying: ${job.failed} of its pods have failed.`, { about, at: job.startedAt ?? undefined, count: job.failed })]
  if (job.startedAt === null || now.getTime() - new Date(job.startedAt).getTime() < LONG_MILLISECONDS) return []
  return [makeSignal('anomaly', 1, `${name} has been running for ${ago(job.startedAt, now)}.`, { about, at: job.startedAt })]
}
