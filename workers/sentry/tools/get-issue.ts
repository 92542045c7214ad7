import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { ago, clip, utc } from '../../kit/plain-text.ts'
import { findRise } from '../../kit/series-jump.ts'
import { resolveWindow } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { issueField } from '../fields.ts'
import { IssueSummary, issueEntities, issueLine, issueSignals, issueSummary } from '../issue-view.ts'
import { issueLookup, organizationRead } from '../operations.ts'
import type { IssueDetailShape } from '../shapes.ts'

const Release = z.object({ version: z.string(), createdAt: z.string().nullable() }).nullable()

/** An issue whose release is older than this at its first event came by something else. */
const OLD_RELEASE_MINUTES = 24 * 60

/** One issue: counts, first and last release, people's notes. */
export const getIssue = defineTool<SentryClient>()({
  name: 'sentry_get_issue',
  title: 'Get a Sentry issue',
  useWhen: 'Use when you have an issue id and need its state, counts, first and last release and what people noted.',
  input: z.object({ issue: issueField }),
  output: z.object({
    issue: IssueSummary, firstRelease: Release, lastRelease: Release, assignedTo: z.string().nullable(), tagKeys: z.array(z.string()),
    activity: z.array(z.object({ type: z.string(), at: z.string().nullable(), by: z.string().nullable(), text: z.string().nullable() })),
    hourly: z.array(z.object({ at: z.string(), count: z.number() })),
  }),
  operations: [organizationRead('issues/{issue}/'), issueLookup],
  run: async (args, { client, clock }) => {
    const detail = await client.issue(await client.issueId(args.issue))
    const issue = issueSummary(detail)
    const window = resolveWindow({}, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 7 * 24 * 60 })
    const structured = {
      issue, firstRelease: releaseOf(detail.firstRelease), lastRelease: releaseOf(detail.lastRelease), assignedTo: detail.assignedTo?.name ?? detail.assignedTo?.email ?? null,
      tagKeys: (detail.tags ?? []).map(({ key }) => key), activity: activityOf(detail),
      hourly: (detail.stats?.['24h'] ?? []).map(([at, count]) => ({ at: new Date(at * 1_000).toISOString(), count })),
    }
    const { firstRelease, lastRelease } = structured
    const releases = [firstRelease, lastRelease].flatMap((release) => (release === null ? [] : [{ kind: 'release' as const, value: release.version, ...(release.createdAt === null ? {} : { at: release.createdAt }) }]))
    const introduced = firstRelease === null ? [] : [releaseSignal(issue, firstRelease)]
    const notes = structured.activity.filter(({ type, text }) => type === 'note' && text !== null).map(({ text, by, at }) => makeSignal('knowledge', 1, `${by ?? 'somebody'} noted: ${text ?? ''}`, { at: at ?? undefined, about: issueEntities(issue).slice(0, 1) }))
    return {
      structured,
      text: [
        issueLine(issue),
        `First release: ${firstRelease?.version ?? 'none'}. Last release: ${lastRelease?.version ?? 'none'}. Assigned to: ${structured.assignedTo ?? 'nobody'}.`,
        `Events per hour: ${structured.hourly.filter(({ count }) => count > 0).map(({ at, count }) => `${utc(at)} ${count}`).join(', ') || 'not given'}`,
        ...structured.activity.map(({ type, at, by, text }) => `${at === null ? '' : `${utc(at)} `}${type}${by === null ? '' : ` by ${by}`}${text === null ? '' : `: ${clip(text, 300)}`}`),
      ].join('\n'),
      entities: [...issueEntities(issue), ...releases],
      signals: [...issueSignals(issue, window), ...riseSignals(issue, structured.hourly), ...introduced, ...notes],
      links: issue.url === null ? [] : [{ title: issue.shortId, url: issue.url }],
    }
  },
})

/** A release long before the first event did not bring the issue by going out. */
function releaseSignal(issue: IssueSummary, { version, createdAt }: { version: string; createdAt: string | null }): Signal {
  const about = [{ kind: 'release' as const, value: version, ...(createdAt === null ? {} : { at: createdAt }) }, ...issueEntities(issue)]
  const minutes = (Date.parse(issue.firstSeen ?? '') - Date.parse(createdAt ?? '')) / 60_000
  const gap = createdAt === null || issue.firstSeen === null || minutes < 0 ? '' : `, ${ago(createdAt, new Date(issue.firstSeen))} before the first event`
  return makeSignal('change', minutes > OLD_RELEASE_MINUTES ? 0 : 1, `Release ${version}${createdAt === null ? '' : ` of ${utc(createdAt)}`} is the first in which ${issue.shortId} was seen${gap}`, { about, at: createdAt ?? undefined, says: '' })
}

/** An issue that goes on for long and then grows. */
function riseSignals(issue: IssueSummary, hourly: readonly { at: string; count: number }[]): Signal[] {
  const first = hourly.findIndex(({ count }) => count > 0)
  const rise = findRise(hourly.map(({ at, count }) => ({ at, value: count })), { factor: 3, least: 3 })
  // From nothing is an onset, which the first event dates better.
  if (rise === undefined || hourly[first]?.at === rise.at) return []
  return [makeSignal('anomaly', 2, `${issue.shortId} rose at ${utc(rise.at)}: from ${rise.before.toFixed(1)} to ${rise.after.toFixed(1)} events an hour`, { at: rise.at, about: issueEntities(issue), says: '' })]
}

function releaseOf(release: { version: string; dateCreated?: string | null | undefined } | null | undefined) {
  return release === null || release === undefined ? null : { version: release.version, createdAt: release.dateCreated ?? null }
}

function activityOf(detail: IssueDetailShape) {
  return (detail.activity ?? []).slice(0, 20).map(({ type, dateCreated, user, data }) => {
    const text = data?.['text']
    return { type, at: dateCreated ?? null, by: user?.name ?? user?.email ?? null, text: typeof text === 'string' ? text : null }
  })
}
