import { z } from 'zod'

/** Sentry's answers as far as the tools read them; everything else in them is ignored. Source: Sentry's public OpenAPI document. */
const Text = z.string().nullish()
const Id = z.union([z.string(), z.number()]).transform(String)
const Count = z.union([z.string(), z.number()]).transform(Number)
const Pairs = z.array(z.object({ key: z.string(), value: z.string().nullish().transform((value) => value ?? '') }))

export const ProjectShape = z.object({ id: Id, slug: z.string(), name: z.string(), platform: Text, dateCreated: Text, firstEvent: Text, status: Text })

export const IssueShape = z.object({
  id: Id,
  shortId: z.string(),
  title: z.string(),
  culprit: Text,
  permalink: Text,
  level: Text,
  status: Text,
  substatus: Text,
  priority: Text,
  platform: Text,
  project: z.object({ slug: z.string() }),
  metadata: z.object({ type: Text, value: Text, filename: Text, function: Text }).nullish(),
  count: Count,
  userCount: z.number().nullish(),
  firstSeen: Text,
  lastSeen: Text,
  assignedTo: z.object({ name: Text, email: Text }).nullish(),
  stats: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))).nullish(),
})
export type IssueShape = z.output<typeof IssueShape>

const ActivityShape = z.object({ type: z.string(), dateCreated: Text, user: z.object({ name: Text, email: Text }).nullish(), data: z.record(z.string(), z.unknown()).nullish() })
export type ActivityShape = z.output<typeof ActivityShape>

/** The answer of the issue's activity page, which Sentry's document leaves out. */
export const ActivitiesShape = z.object({ activity: z.array(ActivityShape) })

const ReleaseRef = z.object({ version: z.string(), dateCreated: Text }).nullish()

export const IssueDetailShape = IssueShape.extend({
  firstRelease: ReleaseRef,
  lastRelease: ReleaseRef,
  tags: z.array(z.object({ key: z.string(), totalValues: z.number().nullish() })).nullish(),
  activity: z.array(ActivityShape).nullish(),
})
export type IssueDetailShape = z.output<typeof IssueDetailShape>

export const ShortIdShape = z.object({ groupId: Id })

export const EventSummaryShape = z.object({
  eventID: z.string(),
  title: Text,
  message: Text,
  dateCreated: Text,
  culprit: Text,
  location: Text,
  user: z.object({ id: Text, email: Text, username: Text, ip_address: Text }).nullish(),
  tags: Pairs.nullish(),
})
export type EventSummaryShape = z.output<typeof EventSummaryShape>

const FrameShape = z.object({
  filename: Text,
  absPath: Text,
  module: Text,
  function: Text,
  lineNo: z.number().nullish(),
  colNo: z.number().nullish(),
  inApp: z.boolean().nullish(),
  context: z.array(z.tuple([z.number(), z.string().nullable()])).nullish(),
  vars: z.record(z.string(), z.unknown()).nullish(),
})
export type FrameShape = z.output<typeof FrameShape>

export const ExceptionDataShape = z.object({
  values: z.array(z.object({
    type: Text, value: Text, module: Text,
    mechanism: z.object({ type: Text, handled: z.boolean().nullish() }).nullish(),
    stacktrace: z.object({ frames: z.array(FrameShape).nullish() }).nullish(),
  })).nullish(),
})

export const BreadcrumbDataShape = z.object({
  values: z.array(z.object({ timestamp: Text, category: Text, level: Text, message: Text, type: Text, data: z.record(z.string(), z.unknown()).nullish() })).nullish(),
})

export const RequestDataShape = z.object({
  method: Text, url: Text,
  query: z.unknown(),
  data: z.unknown(),
  headers: z.array(z.tuple([z.string(), z.string()])).nullish(),
})

export const EventShape = EventSummaryShape.extend({
  groupID: Id.nullish(),
  platform: Text,
  entries: z.array(z.object({ type: z.string(), data: z.unknown() })).nullish(),
  contexts: z.record(z.string(), z.unknown()).nullish(),
  context: z.record(z.string(), z.unknown()).nullish(),
  projectID: Id.nullish(),
  release: z.object({ version: z.string(), lastCommit: z.object({ id: Text }).nullish() }).nullish(),
  nextEventID: Text,
  previousEventID: Text,
})
export type EventShape = z.output<typeof EventShape>

export const TagShape = z.object({
  key: z.string(), uniqueValues: z.number().nullish(), totalValues: z.number().nullish(),
  topValues: z.array(z.object({ value: z.string().nullable(), name: Text, count: z.number(), firstSeen: Text, lastSeen: Text })),
})

export const TimeseriesShape = z.object({
  timeSeries: z.array(z.object({ yAxis: z.string(), values: z.array(z.object({ timestamp: z.number(), value: z.number().nullable() })) })),
})

export const EventsShape = z.object({ data: z.array(z.record(z.string(), z.unknown())) })

/** A span or, in older answers, an error directly in the tree. Recursive; the tool walks it. */
export interface TraceNode {
  readonly event_id?: string | null | undefined
  readonly event_type?: string | null | undefined
  readonly description?: string | null | undefined
  readonly op?: string | null | undefined
  readonly name?: string | null | undefined
  readonly project_slug?: string | null | undefined
  readonly start_timestamp?: string | number | null | undefined
  readonly duration?: number | null | undefined
  readonly issue_id?: string | number | null | undefined
  readonly short_id?: string | null | undefined
  readonly level?: string | null | undefined
  readonly culprit?: string | null | undefined
  readonly additional_attributes?: Record<string, unknown> | null | undefined
  readonly children?: TraceNode[] | null | undefined
  readonly errors?: TraceNode[] | null | undefined
}
const Stamp = z.union([z.string(), z.number()]).nullish()
export const TraceNodeShape: z.ZodType<TraceNode> = z.lazy(() => z.object({
  event_id: Text, event_type: Text, description: Text, op: Text, name: Text, project_slug: Text, start_timestamp: Stamp, duration: z.number().nullish(),
  issue_id: Stamp, short_id: Text, level: Text, culprit: Text, additional_attributes: z.record(z.string(), z.unknown()).nullish(),
  children: z.array(TraceNodeShape).nullish(), errors: z.array(TraceNodeShape).nullish(),
}))

/** What can be asked of a data set of spans or logs. */
export const AttributeShape = z.object({ key: z.string(), attributeType: Text, attributeSource: z.object({ source_type: Text }).nullish() })

/** A tag of the organisation's errors. */
export const TagKeyShape = z.object({ key: z.string(), uniqueValues: z.number().nullish(), totalValues: z.number().nullish() })

/** Where a frame's file stands in a repository, if a code mapping says so. */
export const StacktraceLinkShape = z.object({ sourceUrl: Text, error: Text })
