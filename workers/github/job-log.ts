import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import { FailureError } from '../../src/core/errors.ts'
import type { Signal } from '../../src/core/signal.ts'
import { levelOf } from '../kit/log-lines.ts'
import type { LogEntry } from '../kit/log-lines.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip } from '../kit/plain-text.ts'
import type { GithubClient, Repository } from './client.ts'

/** What a job's log comes down to: the line that says why it failed, if it says so, and the images it pushed. */
export const JobDigest = z.object({ error: z.string().nullable(), pushed: z.array(z.object({ image: z.string(), at: z.string() })) })
export type JobDigest = z.infer<typeof JobDigest>

/** Of a log that is only summed up so many bytes from its end are read. */
const DIGEST_BYTES = 256 * 1024
const LONGEST_ERROR = 220

/** Lines start with a time; `##[error]` and its kin are how a runner marks a line's level. A line without a time has that of the line above. */
export function logEntries(lines: readonly string[]): LogEntry[] {
  let at = ''
  return lines.map((line) => {
    const [, time, rest = line] = /^\uFEFF?(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/.exec(line) ?? []
    at = time ?? at
    const [, marked, message = rest] = /^##\[(\w+)\](.*)$/.exec(rest) ?? []
    return { at, level: levelOf(marked, message), message }
  })
}

/** The log of a job summed up; empty where GitHub keeps it no more or it is too long to fetch in passing. */
export async function jobDigest(of: Repository, job: number, client: GithubClient): Promise<JobDigest> {
  try {
    const { text } = await client.jobLogTail(of, String(job), DIGEST_BYTES)
    return digestOf(logEntries(text.split(/\r?\n/).filter((line) => line.trim() !== '')))
  } catch (error) {
    if (error instanceof FailureError && error.failure.kind !== 'stopped') return { error: null, pushed: [] }
    throw error
  }
}

/** A log summed up. */
export function digestOf(entries: readonly LogEntry[]): JobDigest {
  return { error: reasonOf(entries), pushed: pushesOf(entries) }
}

/** What says that something failed and not what: the runner's last words, and the frame that package managers put around it. */
const EMPTY_WORDS = /exit(?:ed)?(?: with)?(?: \w+)? (?:code|status)|did not complete successfully|^npm error (?:path|command|cwd|A complete log)|^npm error code \d+$|Lifecycle script .* failed|^\S*error\S*:?$/i
const SHAPED = /\b(?:E[A-Z]{4,}|ERR_[A-Z_]+|TS\d{4}|[A-Z]\w*(?:Error|Exception))\b|ERR!/
const REASON = /could not|cannot|can't|not found|no such|missing|mismatch|denied|unauthori[sz]ed|forbidden|invalid|unknown|unsupported|outdated|not up to date|expired|too (?:large|many|old)|timed out|refused|out of memory|no space/i
const FAILED = /\b(?:error|fatal|failed|failure|panic)\b/i

/** The line that says most about why a job failed: of the best ones the first, with the next best where there is room. */
function reasonOf(entries: readonly LogEntry[]): string | null {
  const weighed = entries.map(({ message, level }, index) => ({ index, message: message.trim(), weight: reasonWeight(message, level) })).filter(({ weight }) => weight >= 2)
  const best = weighed.toSorted((a, b) => b.weight - a.weight || a.index - b.index).slice(0, 2).toSorted((a, b) => a.index - b.index)
  return best.length === 0 ? null : clip([...new Set(best.map(({ message }) => clip(message.replace(/^(?:npm )?(?:error|ERR!) /i, ''), LONGEST_ERROR / 2)))].join(' / '), LONGEST_ERROR)
}

function reasonWeight(message: string, level: LogEntry['level']): number {
  if (EMPTY_WORDS.test(message) || /^\s+at /.test(message)) return 0
  return (SHAPED.test(message) ? 3 : 0) + (REASON.test(message) ? 2 : 0) + (FAILED.test(message) || level === 'error' || level === 'fatal' ? 1 : 0) - (/\bwarn(?:ing)?\b/i.test(message) ? 3 : 0)
}

const PUSH = /\bpush(?:ed|ing)(?: manifest for| image| to)?:? +["']?(?<image>(?:[\w.-]+(?::\d+)?\/)+[\w.-]+:\w[\w.-]*)/i
const PUSH_TO = /^The push refers to repository \[(?<repository>[^\]]+)\]/
const PUSHED_TAG = /^(?<tag>\w[\w.-]*): digest: sha256:/

/** Images a log says it pushed, with their tags: as buildx, kaniko and `docker push` write it. */
function pushesOf(entries: readonly LogEntry[]): JobDigest['pushed'] {
  const pushed = new Map<string, string>()
  let repository: string | undefined
  for (const { message, at } of entries) {
    repository = PUSH_TO.exec(message)?.groups?.['repository'] ?? repository
    const tag = PUSHED_TAG.exec(message)?.groups?.['tag']
    const image = PUSH.exec(message)?.groups?.['image'] ?? (repository === undefined || tag === undefined ? undefined : `${repository}:${tag}`)
    if (image !== undefined) pushed.set(image, at)
  }
  return [...pushed].map(([image, at]) => ({ image, at }))
}

/** What a job pushed, as a change; `whose` says which job, and of what commit where that is known. */
export function pushSignals({ pushed }: Pick<JobDigest, 'pushed'>, whose: string, about: readonly Entity[]): Signal[] {
  return pushed.slice(0, 4).map(({ image, at }) => makeSignal('change', 1, `${whose} pushed ${image}`, { at: at === '' ? undefined : at, about: [{ kind: 'image', value: image }, ...about], says: '' }))
}

/** Whether a job by its name is one that builds or publishes something. */
export function isPublishing(name: string): boolean {
  return /build|image|docker|container|publish|release|package|push/i.test(name)
}
