import type OpenAI from 'openai'

/** What a model says in one turn. Arguments that are a string go out as they are: broken JSON is written that way. */
export interface Said {
  readonly text?: string
  readonly refusal?: string
  /** A summary of its reasoning; only the Responses wire shows it. */
  readonly reasoning?: string
  readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[]
  /** Why it stopped, where that is not its own end. */
  readonly cut?: 'length' | 'content_filter'
  readonly usage?: Partial<Usage>
}

export interface Usage {
  readonly input: number
  readonly cached: number
  readonly output: number
  readonly reasoning: number
}

/** A reply's place among all: it makes ids and times. */
export interface Numbered {
  readonly model: string
  readonly number: number
}

type Response = Omit<OpenAI.Responses.Response, 'output_text' | 'access_programs'>

/** What `said` is on the Responses wire. */
export function responseObject(said: Said, { model, number }: Numbered): Response {
  const usage = usageOf(said)
  return {
    id: `resp_${number}`, object: 'response', created_at: 1_700_000_000 + number, model, output: outputItems(said, number),
    status: said.cut ? 'incomplete' : 'completed', error: null,
    incomplete_details: said.cut ? { reason: said.cut === 'length' ? 'max_output_tokens' : 'content_filter' } : null,
    instructions: null, metadata: {}, parallel_tool_calls: true, temperature: 1, tool_choice: 'auto', tools: [], top_p: 1,
    usage: {
      input_tokens: usage.input, input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
      output_tokens: usage.output, output_tokens_details: { reasoning_tokens: usage.reasoning }, total_tokens: usage.input + usage.output,
    },
  }
}

function outputItems({ text, refusal, reasoning, calls = [], cut }: Said, number: number): OpenAI.Responses.ResponseOutputItem[] {
  const status = cut ? 'incomplete' : 'completed'
  const content = [
    ...(text === undefined ? [] : [{ type: 'output_text' as const, text, annotations: [] }]),
    ...(refusal === undefined ? [] : [{ type: 'refusal' as const, refusal }]),
  ]
  return [
    ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, id: `rs_${number}`, summary: [{ type: 'summary_text' as const, text: reasoning }], encrypted_content: `sealed:${reasoning}` }]),
    ...(content.length === 0 ? [] : [{ type: 'message' as const, id: `msg_${number}`, role: 'assistant' as const, status: status as 'completed', content, phase: 'commentary' as const }]),
    ...calls.map((call, position) => ({ type: 'function_call' as const, id: `fc_${number}_${position}`, call_id: callId(number, position), name: call.name, arguments: argumentsText(call.arguments), status: status as 'completed' })),
  ]
}

/** What `said` is on the Chat Completions wire; reasoning has no place there. */
export function completionObject(said: Said, { model, number }: Numbered): OpenAI.Chat.Completions.ChatCompletion {
  const { text, refusal, calls = [], cut } = said
  const usage = usageOf(said)
  return {
    id: `chatcmpl-${number}`, object: 'chat.completion', created: 1_700_000_000 + number, model,
    choices: [{
      index: 0, finish_reason: cut ?? (calls.length > 0 ? 'tool_calls' : 'stop'), logprobs: null,
      message: {
        role: 'assistant', content: text ?? null, refusal: refusal ?? null,
        ...(calls.length > 0 && { tool_calls: calls.map((call, position) => ({ id: callId(number, position), type: 'function' as const, function: { name: call.name, arguments: argumentsText(call.arguments) } })) }),
      },
    }],
    usage: {
      prompt_tokens: usage.input, prompt_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 }, completion_tokens: usage.output,
      completion_tokens_details: { reasoning_tokens: usage.reasoning }, total_tokens: usage.input + usage.output,
    },
  }
}

function usageOf({ usage }: Said): Usage {
  return { input: 1000, cached: 0, output: 50, reasoning: 0, ...usage }
}

function callId(number: number, position: number): string {
  return `call_${String(number).padStart(6, '0')}${position}`
}

function argumentsText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
