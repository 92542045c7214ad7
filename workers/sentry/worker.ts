import { defineWorker } from '../kit/define-worker.ts'
import { createSentryClient } from './client.ts'
import type { SentryClient, SentryConnection } from './client.ts'
import { eventTimeseries } from './tools/event-timeseries.ts'
import { getEvent } from './tools/get-event.ts'
import { getIssue } from './tools/get-issue.ts'
import { getIssueTags } from './tools/get-issue-tags.ts'
import { getTrace } from './tools/get-trace.ts'
import { listCronMonitors } from './tools/list-cron-monitors.ts'
import { listIssueEvents } from './tools/list-issue-events.ts'
import { listProjects } from './tools/list-projects.ts'
import { listReleases } from './tools/list-releases.ts'
import { searchIssues } from './tools/search-issues.ts'
import { searchLogs } from './tools/search-logs.ts'

/** The specialist for Sentry. */
export const sentryWorker = defineWorker<SentryConnection, SentryClient>({
  name: 'sentry',
  service: 'Sentry',
  description: 'Sees Sentry: issues and their single events with stacks, breadcrumbs and tags, error counts over time, logs, traces, releases, cron monitors.',
  tools: [listProjects, searchIssues, getIssue, listIssueEvents, getEvent, getIssueTags, eventTimeseries, searchLogs, getTrace, listReleases, listCronMonitors],
  baseUrls: ({ baseUrl }) => [baseUrl],
  connect: createSentryClient,
})
