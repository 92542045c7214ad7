import type { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import type { Clock } from '../../src/core/time.ts'
import type { Link } from '../../src/core/tool.ts'
import type { Operation } from '../../src/core/worker.ts'

/** What a handler works with. `client` can perform the tool's own operations and nothing else. */
export interface ToolContext<Client> {
  readonly client: Client
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What a handler returns. `text` is what a language model reads: what matters first; the kit cuts it to the output budget. */
export interface ToolReturn<Structured> {
  readonly structured: Structured
  readonly text: string
  readonly entities: readonly Entity[]
  readonly signals: readonly Signal[]
  readonly links?: readonly Link[]
  readonly truncated?: boolean
  readonly cursor?: string | undefined
}

/**
 * One read-only operation on one service. `input` must be a z.object; an argument that names an entity carries
 * `.meta({ 'x-entity': kind })`. Organisation, project, token and clock are injected, never arguments.
 */
export interface ToolDefinition<Client, Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly title: string
  /** One line that starts with "Use when". */
  readonly useWhen: string
  readonly input: Input
  readonly output: Output
  readonly operations: readonly Operation[]
  /** Seconds until the call counts as failed; 20 unless given. */
  readonly timeoutSeconds?: number
  /** Bytes of one answer of the service; 8 MiB unless given. More than the tool keeps is fine where it reads as a stream. */
  readonly maxResponseBytes?: number
  run(args: z.output<Input>, context: ToolContext<Client>): Promise<ToolReturn<z.input<Output>>>
}

/** Declares a tool; only there so that `run` is checked against the schemas beside it. */
export function defineTool<Client>() {
  return <Input extends z.ZodObject, Output extends z.ZodType>(
    definition: ToolDefinition<Client, Input, Output>,
  ): ToolDefinition<Client> => definition
}
