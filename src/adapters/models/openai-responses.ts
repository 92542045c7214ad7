import type OpenAI from 'openai'
import type { Item, OutputItem, Policy, PolicySettings } from '../../core/policy.ts'
import type { ToolSpec } from '../../core/tool.ts'
import { wireDescription, wireParameters } from './function-tools.ts'
import { createModelClient, placeOf } from './model-client.ts'
import type { ModelServer } from './model-client.ts'
import { modelError } from './model-errors.ts'
import { priced } from './prices.ts'

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming

/** A model behind OpenAI's Responses API, stateless: the whole history goes up each time, reasoning items included. */
export function createResponsesPolicy(server: ModelServer, model: string): Policy {
  const client = createModelClient(server)
  const isOpenAi = server.baseURL === undefined
  return {
    name: `openai:${model}`,
    next: async (items, tools, settings) => {
      try {
        const response = await client.responses.create(requestOf(model, items, tools, settings, isOpenAi), { signal: settings.signal })
        return { items: response.output.flatMap(outputItem), usage: usageOf(model, response.usage), model: response.model }
      } catch (error) {
        throw modelError(error, placeOf(server))
      }
    },
  }
}

function requestOf(model: string, items: readonly Item[], tools: readonly ToolSpec[], settings: PolicySettings, isOpenAi: boolean): Params {
  return {
    model,
    input: items.map(inputItem),
    tools: tools.map((tool) => ({ type: 'function' as const, name: tool.name, description: wireDescription(tool), parameters: wireParameters(tool.parameters), strict: false })),
    parallel_tool_calls: true,
    store: false,
    ...(isOpenAi && { include: ['reasoning.encrypted_content' as const] }),
    ...(settings.temperature !== undefined && { temperature: settings.temperature }),
  }
}

function inputItem(item: Item): OpenAI.Responses.ResponseInputItem {
  switch (item.type) {
    case 'message':
      return { role: item.role, content: item.content }
    case 'function_call':
      return { type: 'function_call', call_id: item.call_id, name: item.name, arguments: item.arguments }
    case 'function_call_output':
      return { type: 'function_call_output', call_id: item.call_id, output: item.output }
    case 'reasoning':
      return item.raw as unknown as OpenAI.Responses.ResponseInputItem
  }
}

function outputItem(item: OpenAI.Responses.ResponseOutputItem): OutputItem[] {
  if (item.type === 'function_call') return [{ type: 'function_call', call_id: item.call_id, name: item.name, arguments: item.arguments }]
  if (item.type === 'reasoning') return [{ type: 'reasoning', raw: { ...item } }]
  if (item.type !== 'message') return []
  const content = item.content.map((part) => (part.type === 'output_text' ? part.text : part.refusal)).join('')
  return [{ type: 'message', role: 'assistant', content }]
}

function usageOf(model: string, usage: OpenAI.Responses.ResponseUsage | undefined) {
  return priced(model, {
    inputTokens: usage?.input_tokens ?? 0,
    cachedTokens: usage?.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
  })
}
