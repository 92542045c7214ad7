import { z } from 'zod'

/** Where an alert stands in Slack, so that the answer goes under it. */
export const Place = z.object({ team: z.string(), channel: z.string(), threadTs: z.string() })
export type Place = z.infer<typeof Place>

/** What an alert says about its Sentry issue. Ids come from a message anyone can cause: they are looked up, never trusted. */
export const SentryReference = z.object({
  issueId: z.string().optional(),
  shortId: z.string().optional(),
  eventId: z.string().optional(),
  organization: z.string().optional(),
  projectSlug: z.string().optional(),
  ruleId: z.string().optional(),
  url: z.string().optional(),
  level: z.string().optional(),
  environment: z.string().optional(),
  release: z.string().optional(),
})
export type SentryReference = z.infer<typeof SentryReference>

export const Alert = z.object({
  id: z.string(),
  source: z.enum(['slack_alert', 'sentry_webhook', 'mention', 'command', 'shortcut', 'cli', 'task']),
  kind: z.enum(['issue', 'metric', 'question']),
  receivedAt: z.string(),
  title: z.string().max(300),
  text: z.string().max(8000),
  sentry: SentryReference.optional(),
  place: Place.optional(),
  user: z.string().optional(),
})
export type Alert = z.infer<typeof Alert>

/** Alerts about one thing, grouped by fingerprint and time; one investigation answers all of them. */
export const Incident = z.object({
  id: z.string(),
  fingerprint: z.string(),
  openedAt: z.string(),
  alert: Alert,
  alertCount: z.number().int().positive(),
  runId: z.string(),
})
export type Incident = z.infer<typeof Incident>
