import { z } from 'zod'
import { Entity } from './entity.ts'
import type { Failure } from './errors.ts'
import { Signal } from './signal.ts'

/** A JSON Schema document. Properties may carry `x-entity`: the entity kind that argument takes. */
export type JsonSchema = Readonly<Record<string, unknown>>

export const Link = z.object({ title: z.string().max(200), url: z.url() })
export type Link = z.infer<typeof Link>

/** What one successful tool call brings back. `text` is what a language model reads, within the output budget. */
export const ToolResult = z.object({
  structured: z.unknown(),
  text: z.string(),
  entities: z.array(Entity),
  signals: z.array(Signal),
  links: z.array(Link),
  truncated: z.boolean(),
  cursor: z.string().optional(),
})
export type ToolResult = z.infer<typeof ToolResult>

export type ToolOutcome = { ok: true; result: ToolResult } | { ok: false; failure: Failure }

/** What a policy is told about a tool. `output` is the JSON Schema of `structured`. */
export interface ToolSpec {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly parameters: JsonSchema
  readonly output?: JsonSchema
}

export interface CallContext {
  /** The structural id of this call, such as `kubernetes1.2.0`; evidence cites it. */
  readonly callId: string
  readonly signal: AbortSignal
}

/** One thing an agent can do. `invoke` checks its own arguments and never throws for what a service or an agent did wrong. */
export interface Tool<Outcome = ToolOutcome> extends ToolSpec {
  invoke(args: unknown, context: CallContext): Promise<Outcome>
}
