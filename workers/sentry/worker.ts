import { defineWorker } from '../kit/define-worker.ts'
import { createSentryClient } from './client.ts'
import type { SentryClient, SentryConnection } from './client.ts'
import { eventTimeseries } from './tools/event-timeseries.ts'
import { getBreadcrumbs } from './tools/get-breadcrumbs.ts'
import { getEvent } from './tools/get-event.ts'
import { getIssue } from './tools/get-issue.ts'
import { getIssueActivity } from './tools/get-issue-activity.ts'
import { getIssueTags } from './tools/get-issue-tags.ts'
import { getRelease } from './tools/get-release.ts'
import { getReleaseHealth } from './tools/get-release-health.ts'
import { getReplaySummary } from './tools/get-replay-summary.ts'
import { getSeerState } from './tools/get-seer-state.ts'
import { getStacktrace } from './tools/get-stacktrace.ts'
import { getTrace } from './tools/get-trace.ts'
import { listAlerts } from './tools/list-alerts.ts'
import { listAttributes } from './tools/list-attributes.ts'
import { listCronCheckins } from './tools/list-cron-checkins.ts'
import { listCronMonitors } from './tools/list-cron-monitors.ts'
import { listIssueEvents } from './tools/list-issue-events.ts'
import { listProjects } from './tools/list-projects.ts'
import { listReleaseCommits } from './tools/list-release-commits.ts'
import { listReleases } from './tools/list-releases.ts'
import { listUptimeChecks } from './tools/list-uptime-checks.ts'
import { queryEvents } from './tools/query-events.ts'
import { searchIssues } from './tools/search-issues.ts'
import { searchLogs } from './tools/search-logs.ts'

/** The specialist for Sentry. */
export const sentryWorker = defineWorker<SentryConnection, SentryClient>({
  name: 'sentry',
  service: 'Sentry',
  description: 'Sees Sentry: issues and their single events with stacks, breadcrumbs and tags, error counts over time, logs, traces, releases with commits and health, cron and uptime monitors, alerts, replays.',
  tools: [
    listProjects, searchIssues, getIssue, listIssueEvents, getEvent, getStacktrace, getBreadcrumbs, getIssueTags, getIssueActivity, queryEvents, eventTimeseries, searchLogs, listAttributes, getTrace,
    listReleases, getRelease, listReleaseCommits, getReleaseHealth, listCronMonitors, listCronCheckins, listUptimeChecks, listAlerts, getReplaySummary, getSeerState,
  ],
  baseUrls: ({ baseUrl }) => [baseUrl],
  connect: createSentryClient,
})
