import type { SentryIssue } from '../../../src/core/world/sentry.ts'
import type { WorldBuilder } from './builder.ts'

/** The text of Sentry's issue alert in Slack about `issue`, as it stands in the channel. */
export function sentryAlert(builder: WorldBuilder, issue: SentryIssue): string {
  const minutes = Math.round((Date.parse(builder.now) - Date.parse(issue.firstSeen)) / 60_000)
  const event = issue.events.at(-1)
  const age = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return [
    `:red_circle: *<https://${builder.organization.slug}.sentry.io/issues/${issue.id}/|${issue.title}>*`,
    `\`${issue.culprit}\``,
    `State: *${issue.substatus === 'new' ? 'New' : 'Ongoing'}*   First Seen: *${age} ago*   Events: *${issue.count}*   Users Affected: *${issue.userCount}*`,
    `project: \`${issue.project}\`   environment: \`${event?.environment ?? 'production'}\`   level: \`${issue.level}\``,
    `Short ID: ${issue.shortId} | Priority: ${issue.priority}`,
  ].join('\n')
}
