import { z } from 'zod'
import { createJsonClient, nextCursor } from '../kit/http-json.ts'
import type { Query } from '../kit/http-json.ts'
import { path } from '../kit/path-template.ts'
import {
  CheckinShape, EventShape, EventSummaryShape, EventsShape, IssueDetailShape, IssueShape, MonitorShape, ProjectShape, ReleaseShape, ShortIdShape, TagShape, TimeseriesShape, TraceNodeShape,
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
    releases: (query: Query) => page(`${organization}/releases/`, ReleaseShape, query),
    projectReleases: (project: string, query: Query) => page(path`/api/0/projects/${connection.organization}/${project}/releases/`, ReleaseShape, query),
    monitors: (query: Query) => page(`${organization}/monitors/`, MonitorShape, query),
    checkins: (slug: string, query: Query) => page(`${organization}${path`/monitors/${slug}/checkins/`}`, CheckinShape, query),
  }
}
