import { z } from 'zod'
import type { Alert } from '../core/alert.ts'
import type { Clock } from '../core/time.ts'

/** An alert to admit with its delivery keys, a post that is none of our business, or a body that is not Sentry's. */
export type Recognised =
  | { outcome: 'alert'; alert: Alert; claims: string[] }
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'malformed'; reason: string }

const Id = z.union([z.string(), z.number()]).transform(String)

const EventAlert = z.object({
  event: z.looseObject({
    event_id: z.string(), issue_id: Id.optional(), title: z.string().default('Sentry alert'), culprit: z.string().nullish(), level: z.string().nullish(),
    web_url: z.string().nullish(), release: z.string().nullish(), environment: z.string().nullish(),
  }),
  triggered_rule: z.string().nullish(),
})
const Issue = z.object({
  issue: z.looseObject({
    id: Id, shortId: z.string().nullish(), title: z.string().default('Sentry issue'), culprit: z.string().nullish(), level: z.string().nullish(),
    permalink: z.string().nullish(), web_url: z.string().nullish(), project: z.looseObject({ slug: z.string().nullish() }).nullish(),
  }),
})
const MetricAlert = z.object({
  metric_alert: z.looseObject({ id: Id, identifier: Id.nullish(), projects: z.array(z.string()).nullish(), alert_rule: z.looseObject({ id: Id.nullish() }).nullish() }),
  description_title: z.string().default('Sentry metric alert'),
  description_text: z.string().nullish(),
  web_url: z.string().nullish(),
})
const Envelope = z.object({ action: z.string(), data: z.unknown() })

export interface WebhookContext {
  readonly resource: string | undefined
  readonly organization: string | undefined
  readonly clock: Clock
  readonly newId: () => string
}

/** Reads a verified Sentry webhook. A retry has a new request id, so delivery keys are made of what it is about. */
export function recogniseSentryWebhook(rawBody: string, context: WebhookContext): Recognised {
  const envelope = Envelope.safeParse(parseJson(rawBody))
  if (!envelope.success) return { outcome: 'malformed', reason: 'The body is not a Sentry webhook: `action` and `data` are missing or it is not JSON.' }
  const { action, data } = envelope.data
  const { resource } = context
  if (resource === 'event_alert' && action === 'triggered') return read(EventAlert, data, (value) => eventAlert(value, context))
  if (resource === 'issue' && ['created', 'unresolved'].includes(action)) return read(Issue, data, (value) => issueAlert(value, action, context))
  if (resource === 'metric_alert' && ['critical', 'warning'].includes(action)) return read(MetricAlert, data, (value) => metricAlert(value, action, context))
  return { outcome: 'ignored', reason: `${resource ?? 'a webhook'} ${action} starts no investigation.` }
}

function read<T>(schema: z.ZodType<T>, data: unknown, make: (value: T) => Recognised): Recognised {
  const parsed = schema.safeParse(data)
  if (parsed.success) return make(parsed.data)
  return { outcome: 'malformed', reason: `The webhook lacks ${parsed.error.issues.map((issue) => `data.${issue.path.join('.')}`).slice(0, 4).join(', ')}.` }
}

function eventAlert({ event, triggered_rule: rule }: z.output<typeof EventAlert>, context: WebhookContext): Recognised {
  if (event.issue_id === undefined) return { outcome: 'malformed', reason: 'The alert names no issue (data.event.issue_id), so there is nothing to look up.' }
  const lines = [event.title, event.culprit, rule ? `Alert rule: ${rule}` : undefined]
  return alertOf(context, {
    kind: 'issue', title: event.title, lines,
    sentry: { issueId: event.issue_id, eventId: event.event_id, level: event.level, release: event.release, environment: event.environment, url: event.web_url },
    claims: [`sentry:event_alert:${event.issue_id}:${event.event_id}`],
  })
}

function issueAlert({ issue }: z.output<typeof Issue>, action: string, context: WebhookContext): Recognised {
  return alertOf(context, {
    kind: 'issue', title: issue.title, lines: [issue.title, issue.culprit],
    sentry: { issueId: issue.id, shortId: issue.shortId, level: issue.level, projectSlug: issue.project?.slug, url: issue.web_url ?? issue.permalink },
    claims: [`sentry:issue:${action}:${issue.id}`],
  })
}

function metricAlert(value: z.output<typeof MetricAlert>, action: string, context: WebhookContext): Recognised {
  const { metric_alert: metric, description_title: title, description_text: text } = value
  return alertOf(context, {
    kind: 'metric', title, lines: [title, text],
    sentry: { ruleId: metric.alert_rule?.id ?? metric.id, projectSlug: metric.projects?.[0], url: value.web_url },
    claims: [`sentry:metric_alert:${action}:${metric.id}:${metric.identifier ?? ''}`],
  })
}

interface Parts {
  readonly kind: Alert['kind']
  readonly title: string
  readonly lines: readonly (string | null | undefined)[]
  readonly sentry: Readonly<Record<string, string | null | undefined>>
  readonly claims: string[]
}

function alertOf(context: WebhookContext, { kind, title, lines, sentry, claims }: Parts): Recognised {
  const known = Object.entries({ ...sentry, organization: context.organization }).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '')
  const alert: Alert = {
    id: context.newId(),
    source: 'sentry_webhook',
    kind,
    receivedAt: context.clock.now().toISOString(),
    title: title.slice(0, 300),
    text: lines.filter((line) => typeof line === 'string' && line !== '').join('\n').slice(0, 8000),
    sentry: Object.fromEntries(known),
  }
  return { outcome: 'alert', alert, claims }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
