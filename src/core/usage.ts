import { z } from 'zod'

/** Tokens and dollars. Cached tokens are inside `inputTokens`; reasoning tokens are inside `outputTokens`. */
export const Usage = z.object({
  inputTokens: z.number().nonnegative(),
  cachedTokens: z.number().nonnegative(),
  outputTokens: z.number().nonnegative(),
  usd: z.number().nonnegative(),
})
export type Usage = z.infer<typeof Usage>

export const noUsage: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, usd: 0 }

/** The sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    usd: a.usd + b.usd,
  }
}
