import type { Policy } from './policy.ts'
import type { AgentName } from './worker.ts'

/** Who plays a role: its instructions with their version, and the policy that acts on them. */
export interface Role {
  readonly prompt: { readonly version: string; readonly text: string }
  readonly policy: Policy
}

/** The roles of an investigation, as `prompts/active.json` or a trainer assigns them. */
export type Cast = (agent: AgentName) => Role
