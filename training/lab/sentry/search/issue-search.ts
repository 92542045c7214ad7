import type { SentryIssue } from '../../../../src/core/world/sentry.ts'
import { eventFields } from '../datasets.ts'
import type { SentryState } from '../state.ts'
import { personOf } from '../views/user.ts'
import type { Scalar, Searchable } from './match.ts'

/** What `is:` can say of an issue. */
function states(issue: SentryIssue): string[] {
  const substatus = issue.substatus ?? (issue.status === 'unresolved' ? 'ongoing' : undefined)
  return [issue.status, ...(issue.status === 'ignored' ? ['archived', 'muted'] : []), issue.assignedTo === undefined ? 'unassigned' : 'assigned', 'unlinked', ...(substatus === undefined ? [] : [substatus])]
}

function assignees(state: SentryState, issue: SentryIssue): string[] {
  if (issue.assignedTo === undefined) return ['none']
  const person = personOf(state.world, issue.assignedTo)
  return person === undefined ? [issue.assignedTo, `#${issue.assignedTo.replace(/^(team:|#)/, '')}`] : [person.login, person.email, person.name]
}

function releases({ sentry }: SentryState, issue: SentryIssue): string[] {
  const [latest] = sentry.releases.filter((release) => release.projects.includes(issue.project)).toSorted((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
  const own = [...new Set(issue.events.flatMap((event) => event.release ?? []))]
  return latest !== undefined && own.includes(latest.version) ? [...own, 'latest'] : own
}

/** An issue as its search sees it: its own properties, and under any other key the values its stored events have. */
export function searchableIssue(state: SentryState, issue: SentryIssue): Searchable {
  const own: Readonly<Record<string, () => readonly Scalar[]>> = {
    is: () => states(issue),
    status: () => [issue.status],
    level: () => [issue.level],
    project: () => [issue.project, ...state.sentry.projects.filter((project) => project.slug === issue.project).map((project) => project.id)],
    issue: () => [issue.shortId],
    'issue.id': () => [Number(issue.id)],
    'issue.category': () => ['error'],
    'issue.type': () => ['error'],
    'issue.priority': () => [issue.priority],
    priority: () => [issue.priority],
    firstSeen: () => [Date.parse(issue.firstSeen)],
    lastSeen: () => [Date.parse(issue.lastSeen)],
    age: () => [Date.parse(issue.firstSeen)],
    timesSeen: () => [issue.count],
    times_seen: () => [issue.count],
    assigned: () => assignees(state, issue),
    assignee: () => assignees(state, issue),
    assigned_or_suggested: () => assignees(state, issue),
    release: () => releases(state, issue),
    firstRelease: () => releases(state, issue).slice(0, 1),
    title: () => [issue.title],
    culprit: () => [issue.culprit],
  }
  const fields = issue.events.map((event) => eventFields(issue, event, state.sentry))
  return {
    text: [issue.title, issue.culprit, issue.type, ...issue.events.map((event) => event.message)].join('\n'),
    values: (key) => own[key]?.() ?? [...new Set(fields.flatMap((each) => each[key] ?? []))],
  }
}
