import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { ago, clip, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { CronJob, Job, KubernetesClient } from '../client.ts'
import { jobRun, JobRun } from '../job-run.ts'
import { changeSignal, FieldChange, fieldChanges } from '../managed-fields.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'
import { containerTemplates } from '../template.ts'

const Cron = z.object({
  cronJob: z.string(), namespace: z.string(), schedule: z.string(), suspended: z.boolean(), createdAt: z.string(),
  lastScheduledAt: z.string().nullable(), lastSucceededAt: z.string().nullable(), images: z.array(z.string()), command: z.string(), runs: z.array(JobRun),
  changes: z.array(FieldChange).describe('who changed what of it, newest first'),
})
type Cron = z.infer<typeof Cron>

export const listCronjobs = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_cronjobs',
  title: 'List CronJobs and their recent runs',
  useWhen: 'Use when something periodic is in question: what runs on which schedule with which command, when it last ran and how it ended.',
  input: z.object({ namespace: namespaceField, limit: limitField(50, 200) }),
  output: z.object({ cronJobs: z.array(Cron) }),
  operations: [...operations.cronJobs, ...operations.jobs],
  async run({ namespace, limit }, { client, clock }) {
    const scope = client.scopes.list(namespace)
    const [crons, jobs] = await Promise.all([client.cronJobs({ scope, limit }), client.jobs({ scope })])
    const cronJobs = crons.items.map((item) => cronOf(item, jobs.items))
    const signals = cronJobs.flatMap((cron) => cronSignals(cron, clock.now()))
    return {
      structured: { cronJobs },
      text: cronJobs.length === 0 ? `No CronJobs in ${scope.text}.` : `${cronJobs.length} CronJobs in ${scope.text}:\n${cronJobs.map((cron) => cronText(cron, clock.now())).join('\n')}`,
      entities: distinctEntities(cronJobs.flatMap((cron) => [...aboutCron(cron), ...cron.runs.map((run) => ({ kind: 'job' as const, value: run.job }))])),
      signals: cronJobs.length === 0 ? [makeSignal('absence', 0, `No CronJobs in ${scope.text}.`)] : signals,
      truncated: crons.truncated || jobs.truncated,
      cursor: crons.cursor,
    }
  },
})

function cronOf(item: CronJob, jobs: readonly Job[]): Cron {
  const { metadata, spec, status } = item
  const containers = containerTemplates(spec?.jobTemplate.spec?.template.spec)
  const own = jobs
    .filter((job) => job.metadata?.namespace === metadata?.namespace && job.metadata?.ownerReferences?.some((owner) => owner.kind === 'CronJob' && owner.name === metadata?.name))
    .map(jobRun)
    .sort((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? ''))
  return {
    cronJob: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    schedule: `${spec?.schedule ?? ''}${spec?.timeZone === undefined ? '' : ` ${spec.timeZone}`}`,
    suspended: spec?.suspend === true,
    createdAt: timeText(metadata?.creationTimestamp) ?? '',
    lastScheduledAt: timeText(status?.lastScheduleTime),
    lastSucceededAt: timeText(status?.lastSuccessfulTime),
    images: containers.map((container) => container.image),
    command: containers.map((container) => container.command.join(' ')).join(' ; ').slice(0, 300),
    runs: own.slice(0, 10),
    changes: fieldChanges(metadata?.managedFields, 'spec'),
  }
}

function cronText(cron: Cron, now: Date): string {
  const last = cron.lastScheduledAt === null ? 'never ran' : `last run ${utc(cron.lastScheduledAt)} (${ago(cron.lastScheduledAt, now)} ago)`
  const runs = cron.runs.slice(0, 5).map((run) => `  ${run.job} ${run.startedAt === null ? '' : utc(run.startedAt)} ${run.outcome}${run.reason === null ? '' : `: ${clip(run.reason, 160)}`}`)
  return [`${cron.cronJob} (${cron.namespace}) "${cron.schedule}"${cron.suspended ? ' SUSPENDED' : ''}, ${last}, last success ${cron.lastSucceededAt === null ? 'unknown' : utc(cron.lastSucceededAt)}, image ${cron.images.join(', ')}${cron.command === '' ? '' : `, command: ${clip(cron.command, 200)}`}`, ...runs].join('\n')
}

function aboutCron(cron: Cron): Entity[] {
  return [{ kind: 'cronjob', value: cron.cronJob }, { kind: 'namespace', value: cron.namespace }, ...cron.images.map((value) => ({ kind: 'image' as const, value }))]
}

const A_DAY = 24 * 60 * 60_000
const RECENT_DAYS = 14

function cronSignals(cron: Cron, now: Date): Signal[] {
  const about = aboutCron(cron)
  const name = `CronJob ${cron.cronJob} (${cron.namespace}, "${cron.schedule}")`
  return [...troubleOf(cron, name, about, now), ...changesOf(cron, about, now), contextOf(cron, name, about)]
}

/** What is wrong with it, the worst first: it fails, it does not run, it runs into itself. */
function troubleOf(cron: Cron, name: string, about: readonly Entity[], now: Date): Signal[] {
  const failed = cron.runs.filter((run) => run.outcome === 'failed')
  const active = cron.runs.filter((run) => run.outcome === 'active')
  const newest = cron.runs.find((run) => run.outcome !== 'active')
  const last = cron.lastScheduledAt === null ? '' : `; last run at ${utc(cron.lastScheduledAt)}`
  if (newest?.outcome === 'failed') {
    return [makeSignal('state', failed.length > 1 ? 3 : 2, `${name}: its last run ${newest.job} failed${newest.reason === null ? '' : `, ${newest.reason}`}; ${failed.length} of ${cron.runs.length} kept runs failed.`, {
      about: [...about, { kind: 'job', value: newest.job }], count: failed.length, at: newest.startedAt ?? undefined,
    })]
  }
  if (cron.suspended) return [makeSignal('state', 1, `${name} is suspended: it does not run${last}.`, { about, at: cron.lastScheduledAt ?? undefined })]
  if (cron.lastScheduledAt === null) {
    return now.getTime() - Date.parse(cron.createdAt) <= A_DAY ? [] : [makeSignal('absence', 2, `${name} has never run since it was created at ${utc(cron.createdAt)}.`, { about })]
  }
  const gap = usualGap(cron)
  const silent = now.getTime() - Date.parse(cron.lastScheduledAt)
  if (gap !== undefined && silent > 3 * gap) return [makeSignal('absence', 2, `${name} has not run for ${ago(cron.lastScheduledAt, now)}, though it ran every ${ago(new Date(now.getTime() - gap), now)}${last}.`, { about, at: cron.lastScheduledAt })]
  return active.length < 2 ? [] : [makeSignal('state', 2, `${name}: ${active.length} runs at once, the oldest since ${utc(active.at(-1)?.startedAt ?? cron.createdAt)}.`, { about: [...about, ...active.map(({ job }) => ({ kind: 'job' as const, value: job }))], count: active.length, at: active.at(-1)?.startedAt ?? undefined })]
}

/** The middle of the milliseconds between its kept runs; unknown of fewer than four. */
function usualGap(cron: Cron): number | undefined {
  const starts = cron.runs.flatMap((run) => (run.startedAt === null ? [] : [Date.parse(run.startedAt)]))
  const gaps = starts.slice(1).map((start, index) => (starts[index] ?? start) - start).toSorted((a, b) => a - b)
  return gaps.length < 3 ? undefined : gaps[Math.floor(gaps.length / 2)]
}

function changesOf(cron: Cron, about: readonly Entity[], now: Date): Signal[] {
  const isNew = cron.createdAt !== '' && now.getTime() - Date.parse(cron.createdAt) < RECENT_DAYS * A_DAY
  if (isNew) return [makeSignal('change', 1, `CronJob ${cron.cronJob} (${cron.namespace}) was created at ${utc(cron.createdAt)} with schedule "${cron.schedule}".`, { about, says: '', at: cron.createdAt })]
  return cron.changes.slice(0, 2).map((change) => changeSignal(change, `CronJob ${cron.cronJob} (${cron.namespace}, "${cron.schedule}")`, { about, now }))
}

function contextOf(cron: Cron, name: string, about: readonly Entity[]): Signal {
  return makeSignal('state', 0, `${name} runs image ${cron.images.join(', ')}${cron.command === '' ? '' : ` with command ${cron.command}`}.`, { about, ...(cron.lastScheduledAt === null ? {} : { at: cron.lastScheduledAt }) })
}
