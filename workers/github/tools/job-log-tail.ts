import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { foldLines, joinContinuations, logLevels, logSignals, logText } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField, limitField } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { oneRepositoryField } from '../fields.ts'
import { digestOf, logEntries, pushSignals } from '../job-log.ts'
import type { JobDigest } from '../job-log.ts'
import { repositoryRead } from '../operations.ts'

const MEBIBYTE = 1024 * 1024

/** The end of a job's log, where the failure stands. */
export const jobLogTail = defineTool<GithubClient>()({
  name: 'github_job_log_tail',
  title: 'End of a job’s log',
  useWhen: 'Use when a workflow job failed and you need the error it ended with.',
  input: z.object({ job: entityField('job', 'Id of the job (not of the run)').regex(/^\d+$/, 'must be a job id, which is a number'), repository: oneRepositoryField, limit: limitField(200, 1_000).describe('Lines from the end') }),
  output: z.object({ lines: z.array(z.object({ at: z.string(), level: z.enum(logLevels), message: z.string() })) }),
  operations: [repositoryRead('actions/jobs/{job}/logs')],
  maxResponseBytes: 256 * MEBIBYTE,
  run: async ({ job, repository, limit }, { client }) => {
    const { text, cut } = await client.jobLogTail(client.repository(repository), job, MEBIBYTE)
    const all = text.split(/\r?\n/).filter((line) => line.trim() !== '')
    const entries = joinContinuations(logEntries(all.slice(-limit)))
    const folded = foldLines(entries)
    const last = entries.at(-1)
    const about = [{ kind: 'job' as const, value: job }]
    return {
      structured: { lines: entries.map(({ at, level, message }) => ({ at, level, message })) },
      text: entries.length === 0 ? `The log of job ${job} is empty.` : logText(`Job ${job}, the last ${entries.length} of ${cut ? 'more than ' : ''}${all.length} lines`, entries, folded),
      entities: [...about, ...folded.flatMap(({ entities }) => entities)],
      signals: last === undefined
        ? [makeSignal('absence', 0, `The log of job ${job} is empty`, { about })]
        : [...digestSignals(job, digestOf(entries), last.at), ...logSignals(folded, about, 4), makeSignal('state', 0, `The log of job ${job} ends with: ${last.message}`, { about, says: last.message, at: last.at })],
      truncated: cut || all.length > limit,
    }
  },
})

function digestSignals(job: string, digest: JobDigest, at: string): Signal[] {
  const about: Entity[] = [{ kind: 'job', value: job }]
  return [...(digest.error === null ? [] : [makeSignal('error', 2, `Job ${job} stops at: ${digest.error}`, { at, about, says: digest.error })]), ...pushSignals(digest, `Job ${job}`, about)]
}
