import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import { FailureError } from '../../src/core/errors.ts'
import type { Failure } from '../../src/core/errors.ts'
import type { Signal } from '../../src/core/signal.ts'
import type { Clock } from '../../src/core/time.ts'
import type { CallContext, Link, Tool, ToolOutcome, ToolResult } from '../../src/core/tool.ts'
import type { Operation } from '../../src/core/worker.ts'
import type { ToolDefinition, ToolReturn } from './define-tool.ts'
import { failureOf } from './failure-of.ts'
import { guardFetch } from './guarded-fetch.ts'
import { fitText } from './output-budget.ts'
import type { Redactor } from './redact.ts'
import { describeInputProblems, toolSchemas } from './tool-schema.ts'

/** What one tool is bound to. `service` is the name failures use; `baseUrls` and `redirectHosts` are the guard's. */
export interface ToolBinding {
  readonly service: string
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly redactor: Redactor
  readonly baseUrls: readonly string[]
  readonly redirectHosts?: readonly string[]
  /** Characters of `text`; 6,000 unless given. */
  readonly outputBudget?: number
  /** Told of every error that is a mistake of ours; the caller sees only that there was one. */
  onDefect?(error: unknown, tool: string): void
}

const TIMEOUT_SECONDS = 20
const MOST_ENTITIES = 300
const MOST_SIGNALS = 40

/**
 * A tool ready to be called: arguments checked, requests guarded, time limited, output checked, redacted and cut. `connect` is
 * called once per call with a fetch that can perform this tool's operations until the call ends. Never throws.
 */
export function bindTool<Client>(
  definition: ToolDefinition<Client>, connect: (guarded: typeof fetch) => Client, binding: ToolBinding,
): Tool & { readonly operations: readonly Operation[] } {
  const schemas = toolSchemas(definition)
  const invoke = async (args: unknown, context: CallContext): Promise<ToolOutcome> => {
    const parsed = schemas.input.safeParse(withoutNulls(args))
    if (!parsed.success) return { ok: false, failure: { kind: 'invalid_input', message: describeInputProblems(parsed.error, schemas) } }
    const unsendable = unsendableField(parsed.data)
    if (unsendable !== undefined) return { ok: false, failure: { kind: 'invalid_input', message: `Invalid arguments. ${unsendable}: holds a NUL or half a surrogate pair, which no service takes.` } }
    const timeoutSeconds = definition.timeoutSeconds ?? TIMEOUT_SECONDS
    try {
      const returned = await withinTime(timeoutSeconds, context.signal, async (signal) => {
        const client = connect(guardFetch(binding.fetch, definition.operations, {
          baseUrls: binding.baseUrls,
          ...(binding.redirectHosts === undefined ? {} : { redirectHosts: binding.redirectHosts }),
          ...(definition.maxResponseBytes === undefined ? {} : { maxBytes: definition.maxResponseBytes }),
          deadline: Date.now() + timeoutSeconds * 1_000,
          signal,
          notice: binding.redactor.notice,
        }))
        return definition.run(parsed.data, { client, clock: binding.clock, signal })
      })
      return checkedOutcome(definition, returned, binding)
    } catch (error) {
      const failure = failureOf(error, binding.service)
      if (failure.kind === 'defect') binding.onDefect?.(error, definition.name)
      return { ok: false, failure: { ...failure, message: binding.redactor.text(failure.message).slice(0, 600) } }
    }
  }
  return {
    name: definition.name,
    title: definition.title,
    description: definition.useWhen,
    parameters: schemas.parameters,
    output: schemas.outputSchema,
    operations: definition.operations,
    invoke,
  }
}

/** Strict function calling sends null for every optional field that was left out. */
function withoutNulls(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args ?? {}
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null))
}

/** The first field with text that can be sent neither in a URL nor to a database. */
function unsendableField(args: Readonly<Record<string, unknown>>): string | undefined {
  const holds = (value: unknown): boolean => (typeof value === 'string' ? /\0|\p{Surrogate}/u.test(value) : Array.isArray(value) && value.some(holds))
  return Object.keys(args).find((name) => holds(args[name]))
}

function checkedOutcome<Client>(definition: ToolDefinition<Client>, returned: ToolReturn<unknown>, binding: ToolBinding): ToolOutcome {
  const { redactor } = binding
  const structured = toolSchemas(definition).output.safeParse(returned.structured)
  if (!structured.success) {
    binding.onDefect?.(structured.error, definition.name)
    const where = structured.error.issues[0]?.path.join('.') ?? ''
    return defect(`${definition.name} made a result that its own output schema refuses${where === '' ? '' : ` (at ${where})`}; this is a mistake in Foreman.`)
  }
  const text = fitText(redactor.text(returned.text), binding.outputBudget)
  const result: ToolResult = {
    structured: redactor.json(structured.data),
    text: text.text,
    entities: tidyEntities(redactor.picked(returned.entities)).slice(0, MOST_ENTITIES),
    signals: redactor.json(returned.signals).slice(0, MOST_SIGNALS).map((signal) => tidySignal({ ...signal, entities: redactor.picked(signal.entities) })),
    links: redactor.picked(returned.links ?? []).flatMap(tidyLink),
    truncated: (returned.truncated ?? false) || text.cut,
    ...(returned.cursor === undefined ? {} : { cursor: returned.cursor }),
  }
  return { ok: true, result }
}

function defect(message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { kind: 'defect', message: message.slice(0, 600) } }
}

function tidyEntities(entities: readonly Entity[]): Entity[] {
  const shaped = entities
    .filter((entity) => entity.value.trim() !== '')
    .map((entity) => ({ ...entity, value: entity.value.slice(0, 400), ...(entity.label === undefined ? {} : { label: entity.label.slice(0, 200) }) }))
  // An untyped id says nothing where the same value stands with its type.
  const typed = new Set(shaped.filter(({ kind }) => kind !== 'identifier').map(({ value }) => value.toLowerCase()))
  return distinctEntities(shaped.filter(({ kind, value }) => kind !== 'identifier' || !typed.has(value.toLowerCase())))
}

function tidySignal(signal: Signal): Signal {
  const text = signal.text.replaceAll(/\s+/g, ' ').trim()
  return { ...signal, text: text.length > 400 ? `${text.slice(0, 399)}…` : text || signal.kind, entities: tidyEntities(signal.entities).slice(0, 20) }
}

function tidyLink(link: Link): Link[] {
  const url = URL.parse(link.url)
  return url === null || !/^https?:$/.test(url.protocol) ? [] : [{ title: link.title.slice(0, 200), url: url.href }]
}

/** Runs `work` until it ends, the seconds are over or the caller stops; work that ignores its signal is left behind. */
async function withinTime<T>(seconds: number, caller: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let interrupt: (reason: FailureError) => void = () => undefined
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt = (reason) => {
      reject(reason)
      controller.abort(reason)
    }
  })
  const stop = () => interrupt(new FailureError({ kind: 'stopped', message: 'The investigation was stopped before this call ended.' }))
  const timer = setTimeout(
    () => interrupt(new FailureError({ kind: 'timeout', message: `No complete answer within ${seconds} seconds; ask for less, such as a shorter window or a smaller limit.` })),
    seconds * 1_000,
  )
  caller.addEventListener('abort', stop, { once: true })
  if (caller.aborted) stop()
  try {
    return await Promise.race([interrupted, caller.aborted ? interrupted : work(controller.signal)])
  } finally {
    clearTimeout(timer)
    caller.removeEventListener('abort', stop)
  }
}
