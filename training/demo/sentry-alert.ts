import type { World } from '../../src/core/world/world.ts'
import type { Task } from '../../src/core/task.ts'
import type { SlackWorkspace } from '../lab/slack/workspace.ts'

type SentryAlert = Parameters<SlackWorkspace['people']['postSentryAlert']>[1]

/** The post Sentry's Slack app would make about the task's issue; undefined when a person asks instead. */
export function sentryAlertOf({ alertIssue }: Pick<Task, 'alertIssue'>, { sentry }: World): SentryAlert | undefined {
  const issue = sentry.issues.find((candidate) => candidate.id === alertIssue)
  if (!issue) return undefined
  const [event] = issue.events.toSorted((a, b) => b.time.localeCompare(a.time))
  const project = sentry.projects.find((candidate) => candidate.slug === issue.project)
  return {
    organization: sentry.organization.slug,
    project: issue.project,
    ...(project && { projectId: project.id }),
    issueId: issue.id,
    shortId: issue.shortId,
    title: issue.type,
    message: issue.title,
    culprit: issue.culprit,
    level: issue.level === 'debug' ? 'info' : issue.level,
    tags: { ...(event && { environment: event.environment }), ...(event?.release !== undefined && { release: event.release }) },
    events: issue.count,
    users: issue.userCount,
    state: issue.substatus ?? 'ongoing',
    ...(event && { eventId: event.id }),
  }
}
