import type { SentryIssue } from '../../../../src/core/world/sentry.ts'
import { projectOf, type SentryState } from '../state.ts'
import { sentryTime, type TimeWindow } from '../time-window.ts'
import { projectReference } from './organization.ts'
import { actorView, userOrNull } from './user.ts'

/** Address of an issue's page on this Sentry. */
function permalink({ sentry }: SentryState, issue: SentryIssue, origin: string): string {
  return `${origin}/organizations/${sentry.organization.slug}/issues/${issue.id}/`
}

/** Events of an issue from `start` on, in steps of `stepMs`: [epoch seconds, count], zeros included. */
export function issueSeries(state: SentryState, issue: SentryIssue, { start, end }: TimeWindow, stepMs: number): [number, number][] {
  const first = Math.floor(start / stepMs) * stepMs
  const counts = new Map<number, number>()
  for (const row of state.rows('errors')) {
    if (row.fields['issue'] !== issue.shortId || row.at < first || row.at > end) continue
    const bucket = Math.floor(row.at / stepMs) * stepMs
    counts.set(bucket, (counts.get(bucket) ?? 0) + row.weight)
  }
  const steps = Math.floor((end - first) / stepMs) + 1
  return Array.from({ length: steps }, (_, step) => [(first + step * stepMs) / 1000, counts.get(first + step * stepMs) ?? 0])
}

/** An issue as lists, short ids and links carry it; counts are over its whole life. */
export function issueView(state: SentryState, issue: SentryIssue, origin: string): Record<string, unknown> {
  const project = projectOf(state, issue.project)
  const [latest] = issue.events.toSorted((one, other) => Date.parse(other.time) - Date.parse(one.time))
  const frame = latest?.exception.at(-1)?.frames.findLast((each) => each.inApp)
  return {
    id: issue.id, shareId: null, shortId: issue.shortId, title: issue.title, culprit: issue.culprit, permalink: permalink(state, issue, origin), logger: null, level: issue.level,
    status: issue.status, statusDetails: {}, substatus: issue.substatus ?? (issue.status === 'unresolved' ? 'ongoing' : null), isPublic: false, platform: project.platform,
    priority: issue.priority, priorityLockedAt: null, seerFixabilityScore: null, seerAutofixLastTriggered: null, seerExplorerAutofixLastTriggered: null,
    project: projectReference(project), type: 'error', issueType: 'error', issueCategory: 'error',
    metadata: {
      type: issue.type, value: latest?.exception.at(-1)?.value ?? latest?.message ?? issue.title, in_app_frame_mix: 'mixed', initial_priority: 75,
      filename: frame?.filename ?? '<unknown>', function: frame?.function ?? '<unknown>',
    },
    numComments: issue.activity.filter((each) => each.type === 'note').length, assignedTo: actorView(state.world, issue.assignedTo), isBookmarked: false, isSubscribed: false,
    subscriptionDetails: null, hasSeen: true, annotations: [], isUnhandled: latest?.tags['handled'] !== 'yes', count: String(issue.count), userCount: issue.userCount,
    firstSeen: sentryTime(issue.firstSeen), lastSeen: sentryTime(issue.lastSeen),
  }
}

const kindsOfActivity: Readonly<Record<string, number>> = { first_seen: 1, note: 2, set_resolved: 3, set_unresolved: 4, set_ignored: 5, assigned: 11 }

/** What happened to an issue, newest first; its first event always stands at the end. */
export function activityView(state: SentryState, issue: SentryIssue): Record<string, unknown>[] {
  const first = issue.activity.some((each) => each.type === 'first_seen') ? [] : [{ type: 'first_seen', time: issue.firstSeen, user: undefined, data: { priority: issue.priority } }]
  return [...issue.activity, ...first].toSorted((one, other) => Date.parse(other.time) - Date.parse(one.time)).map((each, index) => ({
    id: each.type === 'first_seen' ? '0' : `${issue.id}${String(kindsOfActivity[each.type] ?? 30).padStart(2, '0')}${index}`,
    type: each.type, user: userOrNull(state.world, each.user), sentry_app: null, data: each.data, dateCreated: sentryTime(each.time),
  }))
}

/** Releases an issue's events carry, oldest first, in the short form of the issue page. */
function releasesOf(state: SentryState, issue: SentryIssue): Record<string, unknown>[] {
  const events = issue.events.toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time))
  const versions = [...new Set(events.flatMap((event) => event.release ?? []))]
  return versions.map((version) => {
    const release = state.sentry.releases.find((each) => each.version === version)
    return {
      version, shortVersion: version.split('@').at(-1) ?? version, ref: null, url: null, dateReleased: release?.releasedAt === undefined ? null : sentryTime(release.releasedAt),
      dateCreated: sentryTime(release?.createdAt ?? issue.firstSeen), status: 'open',
    }
  })
}

/** An issue's own page: what `issueView` says, its activity, its releases, its tags and its last day and month. */
export function issueDetail(state: SentryState, issue: SentryIssue, origin: string): Record<string, unknown> {
  const end = state.now().getTime()
  const releases = releasesOf(state, issue)
  const keys = [...new Set(issue.events.flatMap((event) => Object.keys(event.tags)))].toSorted()
  return {
    ...issueView(state, issue, origin), activity: activityView(state, issue), openPeriods: null, seenBy: [], pluginActions: [], pluginIssues: [], pluginContexts: [], userReportCount: 0,
    stats: { '24h': issueSeries(state, issue, { start: end - 86_400_000, end }, 3_600_000), '30d': issueSeries(state, issue, { start: end - 30 * 86_400_000, end }, 86_400_000) },
    participants: [], firstRelease: releases[0] ?? null, lastRelease: releases.at(-1) ?? null, tags: keys.map((key) => ({ key, name: key, totalValues: issue.count })), integrationIssues: [], sentryAppIssues: [],
  }
}
