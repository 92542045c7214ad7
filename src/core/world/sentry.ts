import { z } from 'zod'

const Time = z.iso.datetime({ offset: true })
const Tags = z.record(z.string(), z.string())

const SentryFrame = z.object({
  filename: z.string(),
  function: z.string(),
  line: z.number().int(),
  column: z.number().int().optional(),
  inApp: z.boolean(),
  /** Source around the line: [line number, text]. */
  context: z.array(z.tuple([z.number().int(), z.string()])).default([]),
  vars: z.record(z.string(), z.unknown()).optional(),
})

export const SentryEvent = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  time: Time,
  message: z.string(),
  exception: z.array(z.object({ type: z.string(), value: z.string(), frames: z.array(SentryFrame) })).default([]),
  breadcrumbs: z.array(z.object({
    time: Time, category: z.string(), level: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()).optional(),
  })).default([]),
  tags: Tags.default({}),
  environment: z.string().default('production'),
  release: z.string().optional(),
  traceId: z.string().regex(/^[0-9a-f]{32}$/).optional(),
  spanId: z.string().regex(/^[0-9a-f]{16}$/).optional(),
  user: z.object({ id: z.string(), ip: z.string().optional(), email: z.string().optional() }).optional(),
  request: z.object({
    method: z.string(), url: z.string(), query: z.string().optional(), headers: z.record(z.string(), z.string()).default({}), data: z.unknown().optional(),
  }).optional(),
  contexts: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  extra: z.record(z.string(), z.unknown()).default({}),
})
export type SentryEvent = z.infer<typeof SentryEvent>

/** `count` and `userCount` are over the issue's life; `hourly` gives [ISO hour, events] for the last days. Only some events are stored (sampling). */
export const SentryIssue = z.object({
  id: z.string().regex(/^\d+$/),
  shortId: z.string(),
  project: z.string(),
  title: z.string(),
  culprit: z.string(),
  type: z.string(),
  level: z.enum(['debug', 'info', 'warning', 'error', 'fatal']),
  status: z.enum(['unresolved', 'resolved', 'ignored']),
  substatus: z.string().optional(),
  priority: z.enum(['low', 'medium', 'high']).default('medium'),
  firstSeen: Time,
  lastSeen: Time,
  count: z.number().int(),
  userCount: z.number().int(),
  assignedTo: z.string().optional(),
  hourly: z.array(z.tuple([Time, z.number().int()])).default([]),
  activity: z.array(z.object({ type: z.string(), time: Time, user: z.string().optional(), data: z.record(z.string(), z.unknown()).default({}) })).default([]),
  events: z.array(SentryEvent),
})
export type SentryIssue = z.infer<typeof SentryIssue>

const SentrySpan = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  parentId: z.string().nullable(),
  op: z.string(),
  description: z.string(),
  project: z.string(),
  start: Time,
  ms: z.number().nonnegative(),
  status: z.string().default('ok'),
  data: z.record(z.string(), z.unknown()).default({}),
})

/** `sentry.json` */
export const SentryWorld = z.object({
  organization: z.object({ id: z.string(), slug: z.string(), name: z.string(), createdAt: Time }),
  teams: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string() })).default([]),
  projects: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string(), platform: z.string(), team: z.string().optional(), createdAt: Time })),
  issues: z.array(SentryIssue).default([]),
  releases: z.array(z.object({
    version: z.string(), projects: z.array(z.string()), createdAt: Time, releasedAt: Time.optional(),
    commits: z.array(z.string()).default([]), repository: z.string().optional(),
    deploys: z.array(z.object({ environment: z.string(), finishedAt: Time })).default([]),
    health: z.object({ sessions: z.number().int(), crashFreeSessions: z.number(), crashFreeUsers: z.number(), adoption: z.number() }).optional(),
  })).default([]),
  monitors: z.array(z.object({
    id: z.string(), slug: z.string(), name: z.string(), project: z.string(), schedule: z.string(), timezone: z.string().default('UTC'),
    status: z.enum(['active', 'disabled']).default('active'),
    checkins: z.array(z.object({ id: z.string(), status: z.enum(['ok', 'error', 'missed', 'timeout', 'in_progress']), time: Time, ms: z.number().nullable() })),
  })).default([]),
  uptime: z.array(z.object({
    id: z.string(), name: z.string(), url: z.string(), project: z.string(), intervalSeconds: z.number().int(),
    checks: z.array(z.object({ time: Time, status: z.enum(['success', 'failure', 'missed_window']), httpStatus: z.number().int().nullable(), ms: z.number(), region: z.string().default('default') })),
  })).default([]),
  traces: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{32}$/), spans: z.array(SentrySpan) })).default([]),
  alertRules: z.array(z.object({ id: z.string(), name: z.string(), project: z.string(), type: z.enum(['issue', 'metric']), enabled: z.boolean().default(true), condition: z.string() })).default([]),
  replays: z.array(z.object({ id: z.string(), project: z.string(), issueIds: z.array(z.string()), startedAt: Time, seconds: z.number(), urls: z.array(z.string()), errors: z.number().int() })).default([]),
})
export type SentryWorld = z.infer<typeof SentryWorld>
