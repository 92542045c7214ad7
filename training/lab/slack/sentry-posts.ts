import type { WireBlock, WireObject } from './records.ts'

/** An issue alert as Sentry's Slack integration posts it. Counts and states are the words Sentry shows. */
export interface IssueAlert {
  readonly organization: string
  readonly project: string
  readonly projectId?: string
  readonly issueId: string
  readonly shortId: string
  readonly title: string
  readonly message?: string
  readonly culprit?: string
  readonly level?: 'fatal' | 'error' | 'warning' | 'info'
  readonly tags?: Readonly<Record<string, string>>
  readonly events?: number
  readonly users?: number
  readonly state?: string
  readonly firstSeen?: string
  readonly ruleId?: string
  readonly ruleName?: string
  readonly eventId?: string
  /** Self-hosted Sentry's address; Sentry's own cloud when absent. */
  readonly baseUrl?: string
  /** Somebody already resolved or archived it: the white circle. */
  readonly handled?: boolean
}

/** A metric alert, as Sentry posts it: in an attachment, without an issue id. */
export interface MetricAlert {
  readonly organization: string
  readonly name: string
  readonly ruleId: string
  readonly incidentId: string
  readonly status: 'Critical' | 'Warning' | 'Resolved'
  readonly summary: string
  readonly startedAt: Date
  readonly baseUrl?: string
}

export interface SentryPost {
  readonly text: string
  readonly blocks?: WireBlock[]
  readonly attachments?: WireObject[]
}

const circles = {
  fatal: ':red_circle:',
  error: ':red_circle:',
  warning: ':large_yellow_circle:',
  info: ':large_blue_circle:',
} as const
const colors = { Critical: '#FA4747', Warning: '#FFC227', Resolved: '#4DC771' } as const

function mrkdwn(text: string): WireObject {
  return { type: 'mrkdwn', text }
}

function section(text: string, blockId?: string): WireBlock {
  return { type: 'section', ...(blockId === undefined ? {} : { block_id: blockId }), text: mrkdwn(text) }
}

function context(text: string): WireBlock {
  return { type: 'context', elements: [mrkdwn(text)] }
}

function plain(text: string): WireObject {
  return { type: 'plain_text', text, emoji: true }
}

function buttons(alert: IssueAlert): WireBlock {
  const button = (text: string, action: string, value: string): WireObject => ({
    type: 'button',
    text: plain(text),
    action_id: `${action}::${alert.organization}::${alert.project}`,
    value,
  })
  return {
    type: 'actions',
    elements: [
      button('Resolve', 'resolve_dialog', 'resolve_dialog'),
      button('Archive', 'archive_dialog', 'archive_dialog'),
    ],
  }
}

/** The blocks of an issue alert: title link, culprit, message, tags, counts, buttons, footer (Sentry's slack/message_builder). */
export function issueAlertPost(alert: IssueAlert): SentryPost {
  const base = alert.baseUrl ?? `https://${alert.organization}.sentry.io`
  const rule = alert.ruleId ?? '1'
  const query = `referrer=slack&alert_rule_id=${rule}&alert_type=issue&notification_uuid=${crypto.randomUUID()}`
  const event = alert.eventId === undefined ? '' : `events/${alert.eventId}/`
  const circle = alert.handled ? ':white_circle:' : circles[alert.level ?? 'error']
  const tags = Object.entries(alert.tags ?? {}).map(([name, value]) => `${name}: \`${value}\``)
  const counts = [
    `Events: *${alert.events ?? 1}*`,
    `Users Affected: *${alert.users ?? 0}*`,
    `State: *${alert.state ?? 'New'}*`,
    `First Seen: *${alert.firstSeen ?? 'Just now'}*`,
  ]
  const projectUrl = `${base}/issues/?project=${alert.projectId ?? '1'}`
  const ruleUrl = `${base}/alerts/rules/${alert.project}/${rule}/details/`
  return {
    text: `[${alert.project}] ${alert.title}`,
    blocks: [
      section(
        `${circle} <${base}/issues/${alert.issueId}/${event}?${query}|*${escaped(alert.title)}*>`,
        JSON.stringify({ issue: Number(alert.issueId), rule: Number(rule) }),
      ),
      ...(alert.culprit ? [context(escaped(alert.culprit))] : []),
      ...(alert.message ? [section(`\`\`\`${escaped(alert.message).slice(0, 256)}\`\`\``)] : []),
      ...(tags.length > 0 ? [section(tags.join('  '), `tags_issue_${alert.issueId}_rule_${rule}`)] : []),
      context(counts.join('   ')),
      buttons(alert),
      context(
        `Project: <${projectUrl}|${alert.project}>    Alert: <${ruleUrl}|${escaped(alert.ruleName ?? 'Send a notification for new issues')}>    Short ID: ${alert.shortId}`,
      ),
      { type: 'divider' },
    ],
  }
}

/** A metric alert: the link in `text`, the numbers in an attachment's blocks. */
export function metricAlertPost(alert: MetricAlert): SentryPost {
  const base = alert.baseUrl ?? `https://${alert.organization}.sentry.io`
  const url = `${base}/alerts/rules/details/${alert.ruleId}/?alert=${alert.incidentId}&referrer=metric_alert_slack&notification_uuid=${crypto.randomUUID()}`
  const started = `<!date^${Math.floor(alert.startedAt.getTime() / 1000)}^Started: {date_pretty} at {time} UTC|Started: ${alert.startedAt.toISOString()}>`
  return {
    text: `<${url}|*${alert.status}: ${escaped(alert.name)}*>`,
    attachments: [{ color: colors[alert.status], blocks: [section(`${escaped(alert.summary)}\n${started}`)] }],
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
