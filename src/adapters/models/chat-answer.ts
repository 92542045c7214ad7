import { z } from 'zod'
import { TransientError } from '../../core/errors.ts'
import type { OutputItem, PolicyAnswer } from '../../core/policy.ts'
import { cutOff, filtered, misshapen } from './model-errors.ts'
import { priced, tokenCount } from './prices.ts'

/** Some servers leave the id out, some hand out the arguments as an object. */
const ToolCall = z.object({
  id: z.string().nullish(),
  function: z.object({ name: z.string(), arguments: z.union([z.string(), z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value))]).nullish() }),
})
const tokenIds = z.array(z.number()).optional().catch(undefined)

const Choice = z.object({
  finish_reason: z.string().nullish(),
  message: z.object({ content: z.string().nullish(), refusal: z.string().nullish(), tool_calls: z.array(ToolCall).nullish() }),
  logprobs: z.object({ content: z.array(z.object({ logprob: z.number() })).nullish() }).nullish().catch(undefined),
  token_ids: tokenIds,
})

/** What we read of a chat completion, with what a trainer's gateway puts beside it: token ids and log-probabilities. */
const Completion = z.object({
  model: z.string().optional(),
  choices: z.array(Choice),
  usage: z.object({
    prompt_tokens: tokenCount,
    prompt_tokens_details: z.object({ cached_tokens: tokenCount }).nullish().catch(undefined),
    completion_tokens: tokenCount,
  }).nullish(),
  prompt_token_ids: tokenIds,
})
type Completion = z.infer<typeof Completion>
type Choice = z.infer<typeof Choice>

export interface CompletionContext {
  readonly model: string
  readonly place: string
  /** Any number that no other turn of this run has: it makes call ids where the server gives none. */
  readonly turn: number
}

/** A chat completion as a policy's answer. Throws where it is none, was filtered or stops before its end. */
export function readCompletion(raw: unknown, { model, place, turn }: CompletionContext): PolicyAnswer {
  const parsed = Completion.safeParse(raw)
  if (!parsed.success) throw misshapen(place, parsed.error)
  const { choices, usage } = parsed.data
  const [choice] = choices
  if (!choice) throw new TransientError(`The model server at ${place} answered without a choice.`)
  if (choice.finish_reason === 'length') throw cutOff(place)
  if (choice.finish_reason === 'content_filter') throw filtered(place)
  const tokens = tokenRecord(parsed.data, choice)
  return {
    items: itemsOf(choice, turn),
    usage: priced(model, { inputTokens: usage?.prompt_tokens ?? 0, cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 }),
    ...(parsed.data.model !== undefined && { model: parsed.data.model }),
    ...(tokens && { tokens }),
  }
}

function itemsOf({ message }: Choice, turn: number): OutputItem[] {
  const text = message.content || message.refusal || ''
  const taken = new Set<string>()
  const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }, position): OutputItem => {
    // Outputs find their calls by id, so every call of a turn needs one of its own.
    const own = id && !taken.has(id) ? id : `call_${turn}_${position}`
    taken.add(own)
    return { type: 'function_call', call_id: own, name, arguments: args ?? '' }
  })
  return text === '' ? calls : [{ type: 'message', role: 'assistant', content: text }, ...calls]
}

function tokenRecord({ prompt_token_ids: promptTokenIds }: Completion, { token_ids: completionTokenIds, logprobs: record }: Choice): PolicyAnswer['tokens'] {
  const logprobs = record?.content?.map((token) => token.logprob)
  if (!promptTokenIds && !completionTokenIds && !logprobs) return undefined
  return { ...(promptTokenIds && { promptTokenIds }), ...(completionTokenIds && { completionTokenIds }), ...(logprobs && { logprobs }) }
}
