import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

const JobRow = z.object({ jobid: z.coerce.number(), jobname: z.string().nullish(), schedule: z.string(), command: z.string(), active: z.boolean() })
const RunRow = z.object({
  jobid: z.coerce.number(), status: z.string().nullish(), return_message: z.string().nullish(), start_time: z.string().nullish(), runs: z.coerce.number(), failures: z.coerce.number(),
})
const Cron = z.object({
  job: z.string(), schedule: z.string(), command: z.string(), active: z.boolean(),
  lastRunAt: z.string().nullable(), lastStatus: z.string().nullable(), lastMessage: z.string().nullable(), runs: z.number().int(), failures: z.number().int(),
})
type Cron = z.infer<typeof Cron>

export const listCronJobs = defineTool<SupabaseClient>()({
  name: 'supabase_list_cron_jobs',
  title: 'Scheduled jobs of the database',
  useWhen: 'Use when something periodic is in question: pg_cron jobs with schedule and command, how often they ran and failed, and what the last run said.',
  input: z.object({ limit: limitField(50, 200) }),
  output: z.object({ installed: z.boolean(), jobs: z.array(Cron) }),
  operations: [operations.select],
  async run({ limit }, { client }) {
    const [there] = await client.select("select to_regclass('cron.job') is not null as there", z.object({ there: z.boolean() }))
    if (there?.there !== true) {
      const text = 'The extension pg_cron is not installed: the database schedules nothing.'
      return { structured: { installed: false, jobs: [] }, text, entities: [], signals: [makeSignal('absence', 0, text)] }
    }
    const jobs = await readJobs(client, limit)
    return {
      structured: { installed: true, jobs },
      text: jobs.length === 0 ? 'No job is scheduled.' : [`${jobs.length} scheduled jobs, failing first:`, ...jobs.map(jobText)].join('\n'),
      entities: distinctEntities(jobs.flatMap(aboutJob)),
      signals: jobs.length === 0 ? [makeSignal('absence', 0, 'No job is scheduled in the database.')] : jobs.map(jobSignal),
      links: [client.link('Cron jobs in Supabase', 'integrations/cron/jobs')],
      truncated: jobs.length >= limit,
    }
  },
})

async function readJobs(client: SupabaseClient, limit: number): Promise<Cron[]> {
  const [jobs, runs] = await Promise.all([
    client.select(`select jobid, jobname, schedule, command, active from cron.job order by jobid limit ${Math.trunc(limit)}`, JobRow),
    client.select(`
      select distinct on (d.jobid) d.jobid, d.status, d.return_message, d.start_time::text as start_time,
        count(*) over (partition by d.jobid) as runs, count(*) filter (where d.status = 'failed') over (partition by d.jobid) as failures
      from cron.job_run_details d order by d.jobid, d.start_time desc`, RunRow),
  ])
  return jobs.map((job): Cron => {
    const last = runs.find((run) => run.jobid === job.jobid)
    return {
      job: job.jobname ?? `job ${job.jobid}`, schedule: job.schedule, command: job.command, active: job.active,
      lastRunAt: last?.start_time ?? null, lastStatus: last?.status ?? null, lastMessage: last?.return_message ?? null, runs: last?.runs ?? 0, failures: last?.failures ?? 0,
    }
  }).sort((a, b) => Number(b.lastStatus === 'failed') - Number(a.lastStatus === 'failed') || b.failures - a.failures)
}

function jobText(job: Cron): string {
  const last = job.lastRunAt === null ? 'never ran' : `last run ${utc(job.lastRunAt)} ${job.lastStatus ?? ''}${job.lastMessage ? `: ${clip(job.lastMessage, 300)}` : ''}`
  return `${job.job} "${job.schedule}"${job.active ? '' : ' INACTIVE'}, ${job.failures} of ${job.runs} kept runs failed, ${last}\n  command: ${clip(job.command, 400)}`
}

/** What a job's command calls: edge functions by their path, database functions by name. */
function calledBy(command: string): Entity[] {
  const edge = [...command.matchAll(/\/functions\/v1\/([\w-]+)/g)].map((match) => match[1] ?? '')
  const own = [...command.matchAll(/\b(?:select|call|perform)\s+(?:[a-z_]\w*\.)?([a-z_]\w*)\s*\(/gi)].map((match) => match[1] ?? '')
  return [...edge, ...own].filter((name) => name !== '' && !/^(?:http_\w+|count|now)$/i.test(name)).map((value) => ({ kind: 'function', value }))
}

function aboutJob(job: Cron): Entity[] {
  return distinctEntities([{ kind: 'cronjob', value: job.job, ...(job.lastRunAt === null ? {} : { at: job.lastRunAt }) }, ...calledBy(job.command), ...extractEntities(job.lastMessage ?? '')])
}

function jobSignal(job: Cron): Signal {
  const about = aboutJob(job)
  const name = `Cron job ${job.job} ("${job.schedule}")`
  if (job.lastStatus === 'failed') {
    return makeSignal('state', job.failures > 1 ? 3 : 2, `${name} fails: its last run at ${utc(job.lastRunAt ?? '')} said ${clip(job.lastMessage ?? 'nothing', 160)}; ${job.failures} of ${job.runs} kept runs failed; it runs ${clip(job.command, 100)}.`, {
      about, at: job.lastRunAt ?? undefined, count: job.failures,
    })
  }
  if (!job.active) return makeSignal('state', 1, `${name} is inactive: it does not run ${clip(job.command, 200)}.`, { about })
  if (job.runs === 0) return makeSignal('absence', 2, `${name} has no kept run: it has never run ${clip(job.command, 200)}.`, { about })
  return makeSignal('state', job.failures > 0 ? 1 : 0, `${name} runs ${clip(job.command, 200)}; last at ${utc(job.lastRunAt ?? '')}, ${job.failures} of ${job.runs} kept runs failed.`, { about, at: job.lastRunAt ?? undefined })
}
