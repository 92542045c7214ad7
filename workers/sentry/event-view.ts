import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import { extractEntities } from '../kit/extract-entities.ts'
import { BreadcrumbDataShape, ExceptionDataShape, RequestDataShape } from './shapes.ts'
import type { EventShape, FrameShape } from './shapes.ts'
import { tagEntity } from './tag-entities.ts'

/** One frame of a stack; `code` is the source around the line. */
export const Frame = z.object({
  function: z.string(), file: z.string(), line: z.number().nullable(), inApp: z.boolean(),
  code: z.array(z.tuple([z.number(), z.string()])), vars: z.record(z.string(), z.unknown()).nullable(),
})
export type Frame = z.infer<typeof Frame>

/** One event, as the tools give it back. Exceptions are innermost cause first; frames innermost call first. */
export const EventDetail = z.object({
  id: z.string(), at: z.string().nullable(), title: z.string(), message: z.string().nullable(), culprit: z.string().nullable(), platform: z.string().nullable(),
  environment: z.string().nullable(), release: z.string().nullable(), traceId: z.string().nullable(), user: z.string().nullable(),
  exceptions: z.array(z.object({ type: z.string(), value: z.string(), handled: z.boolean().nullable(), frames: z.array(Frame) })),
  breadcrumbs: z.array(z.object({ at: z.string().nullable(), level: z.string(), category: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()).nullable() })),
  request: z.object({ method: z.string().nullable(), url: z.string().nullable(), query: z.unknown(), data: z.unknown() }).nullable(),
  tags: z.record(z.string(), z.string()), contexts: z.record(z.string(), z.unknown()), extra: z.record(z.string(), z.unknown()),
  previousEvent: z.string().nullable(), nextEvent: z.string().nullable(),
})
export type EventDetail = z.infer<typeof EventDetail>
type Breadcrumb = EventDetail['breadcrumbs'][number]

/** Sentry's event as the tools' event. */
export function eventDetail(event: EventShape): EventDetail {
  const tags = Object.fromEntries((event.tags ?? []).map(({ key, value }) => [key, value]))
  const request = RequestDataShape.safeParse(entry(event, 'request'))
  const { user } = event
  return {
    id: event.eventID, at: event.dateCreated ?? null, title: event.title ?? '', message: event.message === '' ? null : (event.message ?? null), culprit: event.culprit ?? null,
    platform: event.platform ?? null, environment: tags['environment'] ?? null, release: event.release?.version ?? tags['release'] ?? null,
    traceId: traceIdOf(event), user: user?.id ?? user?.email ?? user?.username ?? user?.ip_address ?? null,
    exceptions: exceptionsOf(event), breadcrumbs: breadcrumbsOf(event),
    request: request.success ? { method: request.data.method ?? null, url: request.data.url ?? null, query: request.data.query ?? null, data: request.data.data ?? null } : null,
    tags, contexts: event.contexts ?? {}, extra: event.context ?? {}, previousEvent: event.previousEventID ?? null, nextEvent: event.nextEventID ?? null,
  }
}

function entry(event: EventShape, type: string): unknown {
  return event.entries?.find((candidate) => candidate.type === type)?.data
}

function traceIdOf(event: EventShape): string | null {
  const parsed = z.object({ trace: z.object({ trace_id: z.string() }) }).safeParse(event.contexts)
  return parsed.success ? parsed.data.trace.trace_id : null
}

function exceptionsOf(event: EventShape): EventDetail['exceptions'] {
  const parsed = ExceptionDataShape.safeParse(entry(event, 'exception'))
  if (!parsed.success) return []
  // Sentry puts the exception that was raised last at the end: the cause comes first.
  return (parsed.data.values ?? []).map((exception) => ({
    type: exception.type ?? 'Error', value: exception.value ?? '', handled: exception.mechanism?.handled ?? null,
    frames: (exception.stacktrace?.frames ?? []).map(frameOf).toReversed(),
  }))
}

function frameOf(frame: FrameShape): Frame {
  return {
    function: frame.function ?? '?', file: frame.filename ?? frame.module ?? frame.absPath ?? '?', line: frame.lineNo ?? null, inApp: frame.inApp ?? false,
    code: (frame.context ?? []).map(([line, text]): [number, string] => [line, text ?? '']), vars: frame.vars ?? null,
  }
}

function breadcrumbsOf(event: EventShape): Breadcrumb[] {
  const parsed = BreadcrumbDataShape.safeParse(entry(event, 'breadcrumbs'))
  if (!parsed.success) return []
  return (parsed.data.values ?? []).map((crumb) => ({
    at: crumb.timestamp ?? null, level: crumb.level ?? 'info', category: crumb.category ?? crumb.type ?? '', message: crumb.message ?? '', data: crumb.data ?? null,
  }))
}

/** A breadcrumb's own line: category, message and short data. */
export function breadcrumbText({ category, message, data }: Breadcrumb): string {
  return [category, message, flatText(data ?? {}, ' ')].filter((part) => part !== '').join(' ')
}

/** Whether a breadcrumb tells of trouble: by its level, or by the status code of a response. */
export function isTroubled({ level, data }: Breadcrumb): boolean {
  const status = Number(data?.['status_code'] ?? data?.['status'] ?? 0)
  return /^(?:warning|error|fatal|critical)$/.test(level) || (status >= 400 && status < 600)
}

/** The frame that says most: the innermost of the team's own code, else the innermost. */
export function topFrame(frames: readonly Frame[]): Frame | undefined {
  return frames.find(({ inApp }) => inApp) ?? frames[0]
}

/** `file:line in function`. */
export function framePlace({ file, line, function: name }: Frame): string {
  return `${file}${line === null ? '' : `:${line}`} in ${name}`
}

/** Nested values as `a.b=value`, one level deep in arrays, at most 40 of them. */
export function flatText(values: Readonly<Record<string, unknown>>, separator: string, prefix = ''): string {
  return Object.entries(values)
    .flatMap(([key, value]): string[] => {
      if (value === null || value === undefined || value === '') return []
      if (typeof value === 'object' && !Array.isArray(value)) return [flatText(value as Record<string, unknown>, separator, `${prefix}${key}.`)].filter((text) => text !== '')
      return [`${prefix}${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`.slice(0, 400)]
    })
    .slice(0, 40)
    .join(separator)
}

/** Everything an event names. */
export function eventEntities(event: EventDetail): Entity[] {
  const at = event.at === null ? {} : { at: event.at }
  const known: [Entity['kind'], string | null | undefined][] = [
    ['event', event.id], ['trace', event.traceId], ['release', event.release], ['environment', event.environment], ['user', event.user], ['host', event.tags['server_name']],
    ['error_type', event.exceptions.at(-1)?.type], ['url', event.request?.url],
  ]
  const frames = event.exceptions.flatMap(({ frames: all }) => all.filter(({ inApp }) => inApp).slice(0, 6))
  const told = [
    event.message ?? '', ...event.exceptions.map(({ type, value }) => `${type}: ${value}`), flatText(event.extra, '\n'), flatText(event.contexts, '\n'),
    ...event.breadcrumbs.slice(-20).map(breadcrumbText), ...frames.slice(0, 4).map(({ vars }) => flatText(vars ?? {}, '\n')),
  ]
  return [
    ...known.flatMap(([kind, value]) => (value === null || value === undefined || value === '' ? [] : [{ kind, value, ...(kind === 'event' ? at : {}) }])),
    ...frames.flatMap((frame): Entity[] => [
      { kind: 'function', value: frame.function }, { kind: 'file', value: frame.file, ...(frame.line === null ? {} : { label: `line ${frame.line}` }) },
    ]),
    ...Object.entries(event.tags).flatMap(([key, value]) => tagEntity(key, value)),
    ...told.flatMap((text) => extractEntities(text, 30)),
  ]
}
