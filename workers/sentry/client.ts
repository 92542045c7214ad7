import { z } from 'zod'
import { createJsonClient, nextCursor } from '../kit/http-json.ts'
import type { Query } from '../kit/http-json.ts'
import { path } from '../kit/path-template.ts'
import { CheckinShape, DetectorShape, MonitorShape, ReplayShape, SeerShape, UptimeCheckShape, UptimeMonitorShape, WorkflowShape } from './monitoring-shapes.ts'
import { CommitFileShape, DeployShape, ReleaseCommitShape, ReleaseShape, SessionsShape } from './release-shapes.ts'
import {
  ActivitiesShape, AttributeShape, EventShape, EventSummaryShape, EventsShape, IssueDetailShape, IssueShape, ProjectShape, ShortIdShape, StacktraceLinkShape, TagKeyShape, TagShape, TimeseriesShape, TraceNodeShape,
} from './shapes.ts'

/** Where Sentry is (`https://us.sentry.io`, or a self-hosted one), a token that may read, and the one organisation looked at. */
export const SentryConnection = z.object({ baseUrl: z.url(), token: z.string().min(1), organization: z.string().min(1) })
export type SentryConnection = z.infer<typeof SentryConnection>

/** One page of a listing; `cursor` leads to the next one and is absent on the last. */
export interface Page<T> {
  readonly items: T[]
  readonly cursor: string | undefined
}

export type SentryClient = ReturnType<typeof createSentryClient>

/** Sentry's REST API, one method an endpoint, scoped to the connection's organisation. */
export function createSentryClient(connection: SentryConnection, guarded: typeof fetch) {
  const http = createJsonClient({ service: 'Sentry', baseUrl: connection.baseUrl, headers: { authorization: `Bearer ${connection.token}` }, fetch: guarded })
  const organization = path`/api/0/organizations/${connection.organization}`
  const page = async <T>(where: string, shape: z.ZodType<T>, query: Query): Promise<Page<T>> => {
    const { data, headers } = await http.get(where, z.array(shape), query)
    return { items: data, cursor: nextCursor(headers) }
  }
  const one = async <T>(where: string, shape: z.ZodType<T>, query: Query = {}): Promise<T> => (await http.get(where, shape, query)).data
  return {
    projects: (query: Query) => page(`${organization}/projects/`, ProjectShape, query),
    issues: (query: Query) => page(`${organization}/issues/`, IssueShape, query),
    issue: (id: string) => one(`${organization}${path`/issues/${id}/`}`, IssueDetailShape),
    /** The numeric id of an issue given by either of its ids. */
    issueId: async (idOrShortId: string) =>
      /^\d+$/.test(idOrShortId) ? idOrShortId : (await one(`${organization}${path`/shortids/${idOrShortId}/`}`, ShortIdShape)).groupId,
    issueEvents: (id: string, query: Query) => page(`${organization}${path`/issues/${id}/events/`}`, EventSummaryShape, query),
    event: (issueId: string, eventId: string) => one(`${organization}${path`/issues/${issueId}/events/${eventId}/`}`, EventShape),
    eventIssue: (eventId: string) => one(`${organization}${path`/eventids/${eventId}/`}`, ShortIdShape),
    tag: (issueId: string, key: string) => one(`${organization}${path`/issues/${issueId}/tags/${key}/`}`, TagShape),
    timeseries: (query: Query) => one(`${organization}/events-timeseries/`, TimeseriesShape, query),
    events: async (query: Query) => {
      const { data, headers } = await http.get(`${organization}/events/`, EventsShape, query)
      return { items: data.data, cursor: nextCursor(headers) }
    },
    trace: (id: string) => one(`${organization}${path`/trace/${id}/`}`, z.array(TraceNodeShape), { statsPeriod: '14d' }),
    activities: async (id: string) => (await one(`${organization}${path`/issues/${id}/activities/`}`, ActivitiesShape)).activity,
    /** Where the source of a frame is, by the project's slug or number. */
    stacktraceLink: (project: string, query: Query) => one(path`/api/0/projects/${connection.organization}/${project}/stacktrace-link/`, StacktraceLinkShape, query),
    attributes: (query: Query) => page(`${organization}/trace-items/attributes/`, AttributeShape, query),
    tagKeys: (query: Query) => one(`${organization}/tags/`, z.array(TagKeyShape), query),
    ...releaseReads(organization, page, one),
    ...monitoringReads(organization, page, one),
    releases: (query: Query) => page(`${organization}/releases/`, ReleaseShape, query),
    projectReleases: (project: string, query: Query) => page(path`/api/0/projects/${connection.organization}/${project}/releases/`, ReleaseShape, query),
  }
}

type ReadPage = <T>(where: string, shape: z.ZodType<T>, query: Query) => Promise<Page<T>>
type ReadOne = <T>(where: string, shape: z.ZodType<T>, query?: Query) => Promise<T>

/** What Sentry keeps of one release. */
function releaseReads(organization: string, page: ReadPage, one: ReadOne) {
  const below = (version: string) => `${organization}${path`/releases/${version}/`}`
  return {
    release: (version: string) => one(below(version), ReleaseShape, { health: 1 }),
    deploys: async (version: string) => (await page(`${below(version)}deploys/`, DeployShape, {})).items,
    releaseCommits: (version: string, query: Query) => page(`${below(version)}commits/`, ReleaseCommitShape, query),
    commitFiles: async (version: string) => (await page(`${below(version)}commitfiles/`, CommitFileShape, {})).items,
    sessions: async (query: Query) => (await one(`${organization}/sessions/`, SessionsShape, query)).groups,
  }
}

/** What Sentry watches by itself, and what it recorded while it did. */
function monitoringReads(organization: string, page: ReadPage, one: ReadOne) {
  return {
    monitors: (query: Query) => page(`${organization}/monitors/`, MonitorShape, query),
    checkins: (slug: string, query: Query) => page(`${organization}${path`/monitors/${slug}/checkins/`}`, CheckinShape, query),
    uptimeMonitors: (query: Query) => page(`${organization}/uptime/`, UptimeMonitorShape, query),
    uptimeChecks: (project: string, id: string, query: Query) => page(`${organization.replace('/organizations/', '/projects/')}${path`/${project}/uptime/${id}/checks/`}`, UptimeCheckShape, query),
    workflows: (query: Query) => page(`${organization}/workflows/`, WorkflowShape, query),
    detectors: (query: Query) => page(`${organization}/detectors/`, DetectorShape, query),
    replay: async (id: string) => (await one(`${organization}${path`/replays/${id}/`}`, z.object({ data: ReplayShape }))).data,
    /** Replays that show an issue, by the issue's number. */
    replayIds: async (issueId: string, query: Query) => {
      const counts = await one(`${organization}/replay-count/`, z.record(z.string(), z.union([z.number(), z.array(z.string())])), { ...query, query: `issue.id:[${issueId}]`, returnIds: true, data_source: 'events' })
      const found = counts[issueId]
      return Array.isArray(found) ? found : []
    },
    seer: async (id: string) => (await one(`${organization}${path`/issues/${id}/autofix/`}`, SeerShape)).autofix ?? null,
  }
}
