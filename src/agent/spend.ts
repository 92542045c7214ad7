import type { Budget } from '../core/budget.ts'
import type { EndReason } from '../core/investigation.ts'
import { addUsage, noUsage } from '../core/usage.ts'
import type { Usage } from '../core/usage.ts'

/** What one agent run has spent, against what it may. Steps are counted by the loop itself. */
export interface Spend {
  add(usage: Usage): void
  total(): Usage
  elapsedMs(): number
  /** Milliseconds left until the deadline, never below 0. */
  msLeft(): number
  /** The budget that is used up, or null. */
  exceeded(): Extract<EndReason, 'tokens_spent' | 'usd_spent' | 'seconds_spent'> | null
}

/** Counts from now; `alreadyMs` is what earlier attempts of the same run took, so that a restart wins no time. */
export function createSpend(budget: Budget, alreadyMs = 0): Spend {
  const began = performance.now() - alreadyMs
  let usage = noUsage
  const elapsedMs = (): number => performance.now() - began
  return {
    add: (more) => {
      usage = addUsage(usage, more)
    },
    total: () => usage,
    elapsedMs,
    msLeft: () => Math.max(0, budget.seconds * 1000 - elapsedMs()),
    exceeded: () => {
      if (usage.inputTokens + usage.outputTokens > budget.tokens) return 'tokens_spent'
      if (usage.usd > budget.usd) return 'usd_spent'
      if (elapsedMs() > budget.seconds * 1000) return 'seconds_spent'
      return null
    },
  }
}
