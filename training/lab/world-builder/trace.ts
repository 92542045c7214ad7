import type { SentryWorld } from '../../../src/core/world/sentry.ts'
import type { Draft } from './draft.ts'
import type { Service } from './service-record.ts'

type Span = SentryWorld['traces'][number]['spans'][number]

export interface SpanAct {
  readonly service: Service
  /** Sentry's operation name, such as `http.server`, `http.client` or `db`. */
  readonly op: string
  readonly description: string
  readonly ms: number
  readonly status?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly inside?: readonly SpanAct[]
}

/** One trace as a tree of spans; every inner span starts a millisecond after its parent. */
export function addTrace(draft: Draft, act: { id: string; at: string; root: SpanAct }): void {
  const spans: Span[] = []
  const add = (span: SpanAct, parentId: string | null, startMs: number): void => {
    const id = draft.random.hex(16)
    const { op, description, ms, status = 'ok', data = {} } = span
    spans.push({ id, parentId, op, description, project: span.service.name, start: new Date(startMs).toISOString(), ms, status, data: { ...data } })
    for (const inner of span.inside ?? []) add(inner, id, startMs + 1)
  }
  add(act.root, null, Date.parse(act.at))
  draft.world.sentry.traces.push({ id: act.id, spans })
}
