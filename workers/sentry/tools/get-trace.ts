import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { entityField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { organizationRead } from '../operations.ts'
import type { TraceNode } from '../shapes.ts'

const Span = z.object({
  id: z.string(), depth: z.number(), project: z.string().nullable(), op: z.string(), description: z.string(), at: z.string().nullable(), ms: z.number().nullable(), status: z.string().nullable(),
})
type Span = z.infer<typeof Span>
const TraceError = z.object({ id: z.string().nullable(), issue: z.string().nullable(), title: z.string(), level: z.string(), project: z.string().nullable(), at: z.string().nullable() })
type TraceError = z.infer<typeof TraceError>

const MOST_SPANS = 400
const SLOW_MS = 1_000

/** One trace as a tree: which service called which, what was slow, what failed. */
export const getTrace = defineTool<SentryClient>()({
  name: 'sentry_get_trace',
  title: 'Get a trace',
  useWhen: 'Use when you have a trace id and need to know which services a request went through, and where it failed or waited.',
  input: z.object({ trace: entityField('trace', '32 hex digits').regex(/^[0-9a-f]{32}$/i, 'must be 32 hex digits without dashes') }),
  output: z.object({ spans: z.array(Span), errors: z.array(TraceError), totalMs: z.number().nullable() }),
  operations: [organizationRead('trace/{trace}/')],
  run: async ({ trace }, { client }) => {
    const { spans, errors } = flatten(await client.trace(trace))
    const shown = spans.slice(0, MOST_SPANS)
    const totalMs = spans.length === 0 ? null : Math.max(...spans.map(({ ms }) => ms ?? 0))
    return {
      structured: { spans: shown, errors, totalMs },
      text: spans.length + errors.length === 0 ? `Sentry has no spans or errors of trace ${trace} in the last 14 days.` : traceText(trace, shown, errors),
      entities: [{ kind: 'trace', value: trace }, ...shown.flatMap(spanEntities), ...errors.flatMap(({ issue, id }): Entity[] => [...(issue === null ? [] : [{ kind: 'issue' as const, value: issue }]), ...(id === null ? [] : [{ kind: 'event' as const, value: id }])])],
      signals: traceSignals(trace, shown, errors),
      truncated: spans.length > MOST_SPANS,
    }
  },
})

function flatten(roots: readonly TraceNode[]): { spans: Span[]; errors: TraceError[] } {
  const spans: Span[] = []
  const errors: TraceError[] = []
  const visit = (node: TraceNode, depth: number): void => {
    if (node.event_type === 'error') errors.push(errorOf(node))
    else spans.push(spanOf(node, depth))
    for (const error of node.errors ?? []) errors.push(errorOf(error))
    for (const child of node.children ?? []) visit(child, depth + 1)
  }
  for (const root of roots) visit(root, 0)
  return { spans, errors }
}

function spanOf(node: TraceNode, depth: number): Span {
  const status = node.additional_attributes?.['span.status'] ?? node.additional_attributes?.['status'] ?? node.additional_attributes?.['trace.status']
  return {
    id: node.event_id ?? '', depth, project: node.project_slug ?? null, op: node.op ?? '', description: node.description ?? node.name ?? '', at: timeOf(node.start_timestamp),
    ms: node.duration ?? null, status: typeof status === 'string' ? status : null,
  }
}

function errorOf(node: TraceNode): TraceError {
  const issue = node.short_id ?? node.issue_id
  return {
    id: node.event_id ?? null, issue: issue === null || issue === undefined ? null : String(issue), title: node.description ?? node.culprit ?? 'error', level: node.level ?? 'error',
    project: node.project_slug ?? null, at: timeOf(node.start_timestamp),
  }
}

/** Sentry gives seconds as a number, or an ISO time. */
function timeOf(stamp: string | number | null | undefined): string | null {
  if (stamp === null || stamp === undefined) return null
  const date = new Date(typeof stamp === 'number' ? stamp * 1_000 : stamp)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function failed({ status }: Span): boolean {
  return status !== null && !/^(?:ok|unknown|unset|cancelled)$/i.test(status)
}

function traceText(trace: string, spans: readonly Span[], errors: readonly TraceError[]): string {
  const told = errors.map(({ issue, title, project, at }) => `ERROR ${at === null ? '' : `${utc(at)} `}[${project ?? '?'}] ${issue ?? ''} ${clip(title, 300)}`)
  const tree = spans.map((span) => `${'  '.repeat(Math.min(span.depth, 8))}${span.ms === null ? '?' : Math.round(span.ms)} ms [${span.project ?? '?'}] ${span.op} ${clip(span.description, 200)}${failed(span) ? ` FAILED ${span.status}` : ''}`)
  return [`Trace ${trace}: ${spans.length} spans, ${errors.length} errors.`, ...told, ...tree].join('\n')
}

function spanEntities({ project, at }: Span): Entity[] {
  return project === null ? [] : [{ kind: 'project', value: project, ...(at === null ? {} : { at }) }]
}

function traceSignals(trace: string, spans: readonly Span[], errors: readonly TraceError[]): Signal[] {
  const about: Entity[] = [{ kind: 'trace', value: trace }]
  if (spans.length + errors.length === 0) return [makeSignal('absence', 1, `Sentry knows nothing of trace ${trace}`, { about })]
  const kinds = Map.groupBy(errors, ({ title, project }) => `${project ?? ''} ${title}`)
  const raised = [...kinds.values()].slice(0, 8).flatMap((group) => group.slice(0, 1).map((error) => ({ ...error, count: group.length }))).map(({ title, project, issue, at, count }) => makeSignal('error', 2, `In trace ${trace}: ${title} in ${project ?? 'an unknown project'}`, {
    at: at ?? undefined, count, about: [...(issue === null ? [] : [{ kind: 'issue' as const, value: issue }]), ...(project === null ? [] : [{ kind: 'project' as const, value: project }]), ...about],
  }))
  const broken = spans.filter(failed).slice(0, 8).map((span) => makeSignal('error', 2, `Span failed with ${span.status}: ${span.op} ${span.description} in ${span.project ?? '?'} after ${Math.round(span.ms ?? 0)} ms`, { at: span.at ?? undefined, about: [...spanEntities(span), ...about] }))
  // A parent is as slow as its slowest child: only spans without slower children say where the time goes.
  const slow = spans.filter((span, index) => (span.ms ?? 0) >= SLOW_MS && !((spans[index + 1]?.depth ?? 0) > span.depth && (spans[index + 1]?.ms ?? 0) > (span.ms ?? 0) / 2)).slice(0, 5)
    .map((span) => makeSignal('anomaly', 1, `Slow span: ${span.op} ${span.description} took ${Math.round(span.ms ?? 0)} ms in ${span.project ?? '?'}`, { at: span.at ?? undefined, about: [...spanEntities(span), ...about] }))
  const signals = [...raised, ...broken, ...slow]
  return signals.length > 0 ? signals : [makeSignal('healthy', 0, `Trace ${trace}: ${spans.length} spans, none failed or slow`, { about })]
}
