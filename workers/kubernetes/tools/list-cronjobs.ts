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
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'
import { containerTemplates } from '../template.ts'

const Cron = z.object({
  cronJob: z.string(), namespace: z.string(), schedule: z.string(), suspended: z.boolean(), createdAt: z.string(),
  lastScheduledAt: z.string().nullable(), lastSucceededAt: z.string().nullable(), images: z.array(z.string()), command: z.string(), runs: z.array(JobRun),
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

function cronSignals(cron: Cron, now: Date): Signal[] {
  const about = aboutCron(cron)
  const name = `CronJob ${cron.cronJob} (${cron.namespace}, "${cron.schedule}")`
  const failed = cron.runs.filter((run) => run.outcome === 'failed')
  const newest = cron.runs.find((run) => run.outcome !== 'active')
  if (newest?.outcome === 'failed') {
    return [makeSignal('state', failed.length > 1 ? 3 : 2, `${name}: its last run ${newest.job} failed${newest.reason === null ? '' : `, ${newest.reason}`}; ${failed.length} of ${cron.runs.length} kept runs failed.`, {
      about: [...about, { kind: 'job', value: newest.job }], count: failed.length, at: newest.startedAt ?? undefined,
    })]
  }
  if (cron.suspended) return [makeSignal('state', 1, `${name} is suspended: it does not run.`, { about })]
  if (cron.lastScheduledAt === null && now.getTime() - new Date(cron.createdAt).getTime() > A_DAY) {
    return [makeSignal('absence', 2, `${name} has never run since it was created at ${utc(cron.createdAt)}.`, { about })]
  }
  return [makeSignal('state', 0, `${name} runs image ${cron.images.join(', ')}${cron.command === '' ? '' : ` with command ${cron.command}`}.`, { about, ...(cron.lastScheduledAt === null ? {} : { at: cron.lastScheduledAt }) })]
}
