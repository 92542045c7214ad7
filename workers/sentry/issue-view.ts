import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
import type { ResolvedWindow } from '../kit/window.ts'
import type { IssueShape } from './shapes.ts'

/** What a listing says of one issue. */
export const IssueSummary = z.object({
  id: z.string(), shortId: z.string(), title: z.string(), errorType: z.string().nullable(), project: z.string(), level: z.string(), status: z.string(),
  culprit: z.string().nullable(), count: z.number(), users: z.number(), firstSeen: z.string().nullable(), lastSeen: z.string().nullable(), url: z.string().nullable(),
})
export type IssueSummary = z.infer<typeof IssueSummary>

/** An issue as Sentry sends it, as the summary the tools give back. */
export function issueSummary(issue: IssueShape): IssueSummary {
  return {
    id: issue.id, shortId: issue.shortId, title: issue.title, errorType: issue.metadata?.type ?? null, project: issue.project.slug, level: issue.level ?? 'error',
    status: [issue.status ?? 'unresolved', issue.substatus].filter((part) => part !== null && part !== undefined && part !== '').join('/'),
    culprit: issue.culprit === '' ? null : (issue.culprit ?? null), count: issue.count, users: issue.userCount ?? 0,
    firstSeen: issue.firstSeen ?? null, lastSeen: issue.lastSeen ?? null, url: issue.permalink ?? null,
  }
}

/** The issue as one line of text. */
export function issueLine(issue: IssueSummary): string {
  const seen = `first ${issue.firstSeen === null ? 'unknown' : utc(issue.firstSeen)}, last ${issue.lastSeen === null ? 'unknown' : utc(issue.lastSeen)}`
  return `${issue.shortId} (id ${issue.id}) [${issue.project}] ${issue.level} ${issue.status}: ${clip(issue.title, 240)} | ${issue.count} events, ${issue.users} users, ${seen}${issue.culprit === null ? '' : ` | in ${issue.culprit}`}`
}

/** The issue and what it names: project, error type, place. Ids inside its title come with the signals. */
export function issueEntities(issue: IssueSummary): Entity[] {
  return [
    { kind: 'issue', value: issue.shortId, label: clip(issue.title, 190), ...(issue.firstSeen === null ? {} : { at: issue.firstSeen }) },
    { kind: 'issue', value: issue.id, label: issue.shortId },
    { kind: 'project', value: issue.project },
    ...(issue.errorType === null ? [] : [{ kind: 'error_type' as const, value: issue.errorType }]),
    ...culpritEntities(issue.culprit),
  ]
}

/** Sentry writes a culprit as `function(file)`, `module in function`, or a route. */
function culpritEntities(culprit: string | null): Entity[] {
  const match = /^(?<fn>[\w$.<>]+)\((?<file>[^)]+)\)$/.exec(culprit ?? '') ?? /^(?<file>\S+) in (?<fn>\S+)$/.exec(culprit ?? '')
  const { fn, file } = match?.groups ?? {}
  return [...(fn === undefined ? [] : [{ kind: 'function' as const, value: fn }]), ...(file === undefined ? [] : [{ kind: 'file' as const, value: file }])]
}

/** The issue as an error, and its onset when that lies in the window. */
export function issueSignals(issue: IssueSummary, window: ResolvedWindow): Signal[] {
  const about = issueEntities(issue)
  const open = !/^(?:resolved|ignored)/.test(issue.status)
  const first = issue.firstSeen === null ? Number.NaN : Date.parse(issue.firstSeen)
  const isNew = first >= window.start.getTime() && first < window.end.getTime()
  // What has gone on since before the window is background until something else speaks against it.
  const grave = issue.level === 'fatal' || (issue.level === 'error' && isNew && issue.count >= 5)
  const severity = !open ? 0 : grave ? 3 : issue.level === 'error' ? 2 : 1
  const error = makeSignal('error', severity, `${issue.shortId} in ${issue.project}: ${issue.title} (${issue.count} events, ${issue.users} users, ${issue.status})`, {
    about, count: issue.count, at: issue.firstSeen ?? undefined,
  })
  if (!isNew || !open) return [error]
  return [error, makeSignal('anomaly', 2, `Onset of ${issue.shortId}: first event at ${utc(first)}, none before`, { about, at: issue.firstSeen ?? undefined })]
}
