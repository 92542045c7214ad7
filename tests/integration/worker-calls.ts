import { loadWorld } from '../../training/lab/world/load-world.ts'
import { createLab } from '../../training/lab/lab.ts'
import type { Lab } from '../../training/lab/lab.ts'
import type { Failure } from '../../src/core/errors.ts'
import type { ToolOutcome, ToolResult } from '../../src/core/tool.ts'
import type { World } from '../../src/core/world/world.ts'
import type { Worker } from '../../src/core/worker.ts'
import type { WorkerDefinition } from '../../workers/kit/define-worker.ts'
import { createRedactor } from '../../workers/kit/redact.ts'

/** A worker bound to a lab over the fixture world, with what its calls did. */
export interface LabWorker {
  readonly lab: Lab
  readonly worker: Worker
  /** The result of a call that must succeed. */
  call(tool: string, args?: Readonly<Record<string, unknown>>): Promise<ToolResult>
  /** The failure of a call that must fail. */
  fail(tool: string, args?: Readonly<Record<string, unknown>>): Promise<Failure>
  close(): Promise<void>
}

/** Binds `definition` to a fresh lab; `connect` makes its connection from the lab's addresses, `change` another world of the fixture. Mistakes of ours throw. */
export async function openLabWorker<Connection>(
  definition: WorkerDefinition<Connection>, connect: (lab: Lab) => Connection, change: (world: World) => World = (world) => world,
): Promise<LabWorker> {
  const lab = createLab(change(await loadWorld(new URL('../fixtures/world', import.meta.url).pathname)))
  const defects: unknown[] = []
  const worker = definition.bind(connect(lab), { clock: lab.clock, fetch: lab.fetch, redactor: createRedactor(), onDefect: (error) => defects.push(error) })
  const invoke = async (name: string, args: Readonly<Record<string, unknown>>) => {
    const outcome = await invokeTool(worker, name, args)
    if (defects.length > 0) throw defects[0]
    return outcome
  }
  return {
    lab,
    worker,
    call: async (name, args = {}) => {
      const outcome = await invoke(name, args)
      if (!outcome.ok) throw new Error(`${name} failed: ${outcome.failure.message}`)
      return outcome.result
    },
    fail: async (name, args = {}) => {
      const outcome = await invoke(name, args)
      if (outcome.ok) throw new Error(`${name} succeeded.`)
      return outcome.failure
    },
    close: () => lab.close(),
  }
}

/** Entities as `kind:value`, for reading in assertions. */
export function named(entities: ToolResult['entities']): string[] {
  return entities.map(({ kind, value }) => `${kind}:${value}`)
}

/** Calls a bound worker's tool by name; one that is not there throws. */
export async function invokeTool(worker: Worker, name: string, args: object): Promise<ToolOutcome> {
  const tool = worker.tools.find((candidate) => candidate.name === name)
  if (tool === undefined) throw new Error(`There is no tool ${name}.`)
  return await tool.invoke(args, { callId: `${worker.name}1.0.0`, signal: new AbortController().signal })
}

/** The result of a call that must have succeeded. */
export function resultOf(outcome: ToolOutcome): ToolResult {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure))
  return outcome.result
}
