import { z } from 'zod'
import type { Usage } from '../../core/usage.ts'

/** A count of tokens as a server says it; what is not a count is 0, because a wrong bill must not lose an answer. */
export const tokenCount = z.number().nonnegative().catch(0)

/** Dollars per million tokens, as published on 2025-08-07. */
const prices: Readonly<Record<string, { input: number; cached: number; output: number }>> = {
  'gpt-5': { input: 1.25, cached: 0.125, output: 10 },
  'gpt-5-mini': { input: 0.25, cached: 0.025, output: 2 },
  'gpt-5-nano': { input: 0.05, cached: 0.005, output: 0.4 },
  'gpt-4.1': { input: 2, cached: 0.5, output: 8 },
  'gpt-4.1-mini': { input: 0.4, cached: 0.1, output: 1.6 },
  'gpt-4.1-nano': { input: 0.1, cached: 0.025, output: 0.4 },
  'gpt-4o': { input: 2.5, cached: 1.25, output: 10 },
  'gpt-4o-mini': { input: 0.15, cached: 0.075, output: 0.6 },
  'o4-mini': { input: 1.1, cached: 0.275, output: 4.4 },
}

/** The usage with its price; a model that is not listed costs 0. Dated model names (`gpt-4.1-2025-04-14`) and fine-tunes (`ft:gpt-4.1:…`) cost what their base costs. */
export function priced(model: string, tokens: Omit<Usage, 'usd'>): Usage {
  const base = model.replace(/^ft:/, '').split(':')[0]?.replace(/-\d{4}-\d{2}-\d{2}$/, '') ?? model
  const price = prices[base]
  if (!price) return { ...tokens, usd: 0 }
  const fresh = Math.max(0, tokens.inputTokens - tokens.cachedTokens)
  return { ...tokens, usd: (fresh * price.input + tokens.cachedTokens * price.cached + tokens.outputTokens * price.output) / 1_000_000 }
}
