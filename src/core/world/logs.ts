import { z } from 'zod'

/** Which service keeps a log line. The part before the dot is the worker that can read it. */
const LogSource = z.enum([
  'sentry.logs',
  'railway.deploy', 'railway.build', 'railway.http', 'railway.dns', 'railway.flow',
  'kubernetes.pod', 'kubernetes.previous',
  'supabase.edge_logs', 'supabase.postgres_logs', 'supabase.auth_logs', 'supabase.storage_logs', 'supabase.realtime_logs',
  'supabase.function_edge_logs', 'supabase.function_logs', 'supabase.pooler_logs',
])
export type LogSource = z.infer<typeof LogSource>

/**
 * One line of `logs.jsonl`. `fields` hold what ties it to a thing: railway.* `deployment` (and for http `method`, `path`, `status`,
 * `durationMs`); kubernetes.* `namespace`, `pod`, `container`; supabase.* the log attributes in dotted form
 * (`response.status_code`, `request.path`, `parsed.error_severity`); sentry.logs `project`, `trace`, `severity`.
 */
export const LogLine = z.object({
  source: LogSource,
  time: z.iso.datetime({ offset: true }),
  level: z.enum(['debug', 'info', 'warning', 'error', 'fatal']),
  message: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
})
export type LogLine = z.infer<typeof LogLine>
