import { z } from 'zod'

/**
 * Sentry's answers about what it watches by itself: cron and uptime monitors, alerts, replays, Seer. Source: Sentry's public
 * OpenAPI document; of uptime monitors and of Seer's state, which it leaves out, what Sentry's own clients read.
 */
const Text = z.string().nullish()
const Id = z.union([z.string(), z.number()]).transform(String)

export const MonitorShape = z.object({
  id: Id, slug: z.string(), name: z.string(), status: Text, isMuted: z.boolean().nullish(), dateCreated: Text,
  project: z.object({ slug: z.string() }),
  config: z.object({ schedule_type: Text, schedule: z.union([z.string(), z.array(z.union([z.string(), z.number()]))]).nullish(), timezone: Text, checkin_margin: z.number().nullish(), max_runtime: z.number().nullish() }),
  environments: z.array(z.object({ name: z.string(), status: Text, lastCheckIn: Text, nextCheckIn: Text })).nullish(),
})

export const CheckinShape = z.object({ id: Id, status: z.string(), duration: z.number().nullish(), dateCreated: Text, expectedTime: Text, environment: Text })
export type CheckinShape = z.output<typeof CheckinShape>

/** `uptimeStatus` is 1 for up and 2 for down. */
export const UptimeMonitorShape = z.object({
  id: Id, projectSlug: z.string(), environment: Text, name: z.string(), status: Text, uptimeStatus: z.number().nullish(), url: z.string(), method: Text, intervalSeconds: z.number().nullish(),
})
export type UptimeMonitorShape = z.output<typeof UptimeMonitorShape>

export const UptimeCheckShape = z.object({ timestamp: z.string(), checkStatus: z.string(), checkStatusReason: Text, httpStatusCode: z.number().nullish(), durationMs: z.number().nullish(), traceId: Text, region: Text })

/** What is done when a detector fires. */
export const WorkflowShape = z.object({ id: Id, name: z.string(), enabled: z.boolean().nullish(), environment: Text, lastTriggered: Text, detectorIds: z.array(Id).nullish() })

/** What watches for something; of a metric detector, what it counts and when that is too much. */
export const DetectorShape = z.object({
  id: Id, name: z.string(), type: z.string(), enabled: z.boolean().nullish(), projectId: Id.nullish(), description: Text,
  dataSources: z.array(z.object({
    queryObj: z.object({ snubaQuery: z.object({ aggregate: Text, query: Text, timeWindow: z.number().nullish(), environment: Text }).nullish() }).nullish(),
  })).nullish(),
  conditionGroup: z.object({ conditions: z.array(z.object({ type: Text, comparison: z.unknown() })).nullish() }).nullish(),
})
export type DetectorShape = z.output<typeof DetectorShape>

export const ReplayShape = z.object({
  id: z.string(), started_at: Text, finished_at: Text, duration: z.number().nullish(), environment: Text, urls: z.array(z.string()).nullish(), trace_ids: z.array(z.string()).nullish(), error_ids: z.array(z.string()).nullish(),
  releases: z.array(z.string()).nullish(), count_errors: z.number().nullish(), count_dead_clicks: z.number().nullish(), count_rage_clicks: z.number().nullish(),
  user: z.object({ id: Text, email: Text, username: Text, ip: Text }).nullish(), browser: z.object({ name: Text, version: Text }).nullish(), os: z.object({ name: Text, version: Text }).nullish(),
})
export type ReplayShape = z.output<typeof ReplayShape>

/** The state of Seer's last run on an issue; null where it never ran. */
export const SeerShape = z.object({
  autofix: z.object({
    run_id: Id.nullish(), status: Text, updated_at: Text,
    steps: z.array(z.object({
      type: Text, title: Text, status: Text,
      causes: z.array(z.object({
        description: Text, root_cause_reproduction: z.array(z.object({ title: Text, code_snippet_and_analysis: Text, relevant_code_file: z.object({ file_path: Text, repo_name: Text }).nullish() })).nullish(),
      })).nullish(),
      solution: z.array(z.object({ title: Text })).nullish(),
    })).nullish(),
  }).nullish(),
})
export type SeerShape = z.output<typeof SeerShape>
