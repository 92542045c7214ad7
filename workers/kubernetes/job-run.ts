import { z } from 'zod'
import type { Job } from './client.ts'
import { timeText } from './pod-state.ts'

/** How a Job went. `reason` is the controller's own, where it failed. */
export const JobRun = z.object({ job: z.string(), startedAt: z.string().nullable(), outcome: z.enum(['succeeded', 'failed', 'active']), reason: z.string().nullable() })
export type JobRun = z.infer<typeof JobRun>

/** The run that a Job is. */
export function jobRun(job: Job): JobRun {
  const failed = job.status?.conditions?.find((condition) => condition.type === 'Failed' && condition.status === 'True')
  return {
    job: job.metadata?.name ?? '',
    startedAt: timeText(job.status?.startTime ?? job.metadata?.creationTimestamp),
    outcome: failed !== undefined ? 'failed' : (job.status?.succeeded ?? 0) > 0 ? 'succeeded' : (job.status?.failed ?? 0) > 0 && (job.status?.active ?? 0) === 0 ? 'failed' : 'active',
    reason: failed === undefined ? null : `${failed.reason ?? 'Failed'}${failed.message === undefined ? '' : `: ${failed.message}`}`,
  }
}
