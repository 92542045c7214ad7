import type OpenAI from 'openai'
import { TransientError } from '../../core/errors.ts'
import type { Item, OutputItem, Policy, PolicyAnswer } from '../../core/policy.ts'
import { wireDescription, wireParameters } from './function-tools.ts'
import { createModelClient, placeOf } from './model-client.ts'
import type { ModelServer } from './model-client.ts'
import { modelError } from './model-errors.ts'
import { priced } from './prices.ts'

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam
type Completion = OpenAI.Chat.Completions.ChatCompletion

/** A model behind Chat Completions: the wire every compatible server and every trainer's gateway speaks. */
export function createChatPolicy(server: ModelServer, model: string): Policy {
  const client = createModelClient(server)
  return {
    name: `chat:${server.baseURL ?? 'https://api.openai.com/v1'}#${model}`,
    next: async (items, tools, settings) => {
      try {
        const completion = await client.chat.completions.create({
          model,
          messages: chatMessages(items),
          tools: tools.map((tool) => ({ type: 'function' as const, function: { name: tool.name, description: wireDescription(tool), parameters: wireParameters(tool.parameters) } })),
          ...(settings.temperature !== undefined && { temperature: settings.temperature }),
        }, { signal: settings.signal })
        return answerOf(completion, model)
      } catch (error) {
        throw modelError(error, placeOf(server))
      }
    },
  }
}

/** The history as chat messages: the calls of one turn belong to one assistant message. Reasoning has no place on this wire. */
export function chatMessages(items: readonly Item[]): Message[] {
  const messages: Message[] = []
  for (const item of items) {
    if (item.type === 'function_call_output') messages.push({ role: 'tool', tool_call_id: item.call_id, content: item.output })
    else if (item.type === 'message' && item.role === 'assistant') messages.push({ role: 'assistant', content: item.content })
    else if (item.type === 'message') messages.push({ role: item.role === 'developer' ? 'system' : 'user', content: item.content })
    else if (item.type === 'function_call') addCall(messages, { id: item.call_id, type: 'function', function: { name: item.name, arguments: item.arguments } })
  }
  return messages
}

function addCall(messages: Message[], call: OpenAI.Chat.Completions.ChatCompletionMessageFunctionToolCall): void {
  const last = messages.at(-1)
  if (last?.role === 'assistant') last.tool_calls = [...(last.tool_calls ?? []), call]
  else messages.push({ role: 'assistant', content: null, tool_calls: [call] })
}

function answerOf(completion: Completion, model: string): PolicyAnswer {
  const choice = completion.choices?.[0]
  if (!choice) throw new TransientError('The model server answered without a choice.')
  const { content, tool_calls: calls, refusal } = choice.message
  const items: OutputItem[] = []
  const text = content ?? refusal ?? ''
  if (text !== '') items.push({ type: 'message', role: 'assistant', content: text })
  for (const call of calls ?? []) if (call.type === 'function') items.push({ type: 'function_call', call_id: call.id, name: call.function.name, arguments: call.function.arguments })
  const tokens = tokenRecord(completion)
  return { items, usage: usageOf(completion, model), model: completion.model, ...(tokens && { tokens }) }
}

function usageOf({ usage }: Completion, model: string) {
  return priced(model, {
    inputTokens: usage?.prompt_tokens ?? 0,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  })
}

/** Token ids and log-probabilities, where a trainer's gateway returns them beside the standard fields. */
function tokenRecord(completion: Completion): PolicyAnswer['tokens'] {
  const extra = completion as unknown as { prompt_token_ids?: unknown; choices: { token_ids?: unknown; logprobs?: { content?: { logprob: number }[] | null } | null }[] }
  const choice = extra.choices[0]
  const promptTokenIds = numbers(extra.prompt_token_ids)
  const completionTokenIds = numbers(choice?.token_ids)
  const logprobs = choice?.logprobs?.content?.map((token) => token.logprob)
  if (!promptTokenIds && !completionTokenIds && !logprobs) return undefined
  return { ...(promptTokenIds && { promptTokenIds }), ...(completionTokenIds && { completionTokenIds }), ...(logprobs && { logprobs }) }
}

function numbers(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'number') ? value : undefined
}
