import { z } from 'zod'
import type { Call } from '../core/investigation.ts'
import type { FunctionCallOutputItem, Item, OutputItem } from '../core/policy.ts'
import type { JsonSchema, ToolSpec } from '../core/tool.ts'
import { wrapUntrusted } from '../core/untrusted.ts'
import { toolSpecs } from '../core/worker.ts'
import type { AgentSetup, CallOutcome } from './agent.ts'
import { createInputHash } from './input-hash.ts'

export const reportToolName = 'report'

/** What an agent has been shown and has said so far. Append-only: trainers need exactly continuous histories. */
export interface Transcript {
  readonly items: readonly Item[]
  readonly tools: readonly ToolSpec[]
  /** A word from the loop itself to the policy. */
  say(text: string): void
  add(items: readonly (OutputItem | FunctionCallOutputItem)[]): void
  /** The hash of all that the policy was shown: equal hashes mean that a journaled turn still fits. */
  hash(): string
}

/** Opens a transcript with the agent's instructions and its question. */
export function createTranscript(setup: AgentSetup<unknown>): Transcript {
  const { text, entities, window } = setup.input
  const tools = [...toolSpecs(setup.tools), reportSpec(setup.report)]
  const shown = createInputHash()
  for (const part of [setup.policy.name, setup.instructions, text, ...tools.map((tool) => tool.name)]) shown.add(part)
  const items: Item[] = [
    { type: 'message', role: 'developer', content: setup.instructions },
    { type: 'message', role: 'user', content: text, entities: [...entities], window },
  ]
  return {
    items,
    tools,
    say: (content) => {
      items.push({ type: 'message', role: 'user', content })
      shown.add(content)
    },
    add: (more) => {
      items.push(...more)
      for (const item of more) if (item.type === 'function_call_output') shown.add(item.output)
    },
    hash: () => shown.peek(),
  }
}

function reportSpec(report: AgentSetup<unknown>['report']): ToolSpec {
  return {
    name: reportToolName,
    title: 'Report',
    description: report.description,
    parameters: schemaOf(report.schema),
  }
}

const converted = new WeakMap<z.ZodType, JsonSchema>()

/** Every agent of every run has one of the same few report schemas; each is converted once. */
function schemaOf(schema: z.ZodType): JsonSchema {
  const known = converted.get(schema) ?? z.toJSONSchema(schema, { io: 'input' })
  converted.set(schema, known)
  return known
}

/** A call's outcome as an item: text for language models, the same typed for others. */
export function outputItem(policyCallId: string, call: Call, boundary: string): FunctionCallOutputItem {
  return {
    type: 'function_call_output',
    call_id: policyCallId,
    id: call.id,
    output: outputText(call.id, call, boundary),
    ...(call.result && { result: call.result }),
    ...(call.finding && { finding: call.finding }),
    ...(call.failure && { failure: call.failure }),
  }
}

/** What a language model reads of a call: its id to cite, then the data between this run's markers, or our words of why there is none. */
function outputText(callId: string, outcome: CallOutcome, boundary: string): string {
  const { result, finding, failure } = outcome
  if (failure) return `[${callId}] failed (${failure.kind}): ${failure.message}`
  if (finding) {
    const { verdict, answer, culprit, claims } = finding
    return `[${callId}]\n${wrapUntrusted(JSON.stringify({ verdict, answer, culprit, claims }), boundary)}`
  }
  if (!result) return `[${callId}] no result`
  const more = result.cursor === undefined ? '' : ` More with cursor "${result.cursor}".`
  const cut = result.truncated ? `\nTruncated.${more}` : ''
  return `[${callId}]\n${wrapUntrusted(result.text, boundary)}${cut}`
}
