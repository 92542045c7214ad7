import { createPolicy } from './adapters/models/create-policy.ts'
import type { PolicySources } from './adapters/models/create-policy.ts'
import type { PromptLibrary } from './adapters/prompts/read-prompts.ts'
import type { Cast, Role } from './core/cast.ts'
import type { AgentName } from './core/worker.ts'

export interface CastOptions {
  readonly prompts: PromptLibrary
  readonly models: Omit<PolicySources, 'localWeights' | 'localVersions'>
  /** A policy for every role instead of the one `active.json` names, such as `openai:gpt-5`. */
  readonly policy?: string | undefined
}

/** Who plays which role: `prompts/active.json`, unless one policy is to play all. `local` alone is the local policy that is live. */
export function createCast({ prompts, models, policy }: CastOptions): Cast {
  const sources: PolicySources = { ...models, localWeights: (version) => prompts.localWeights(version), localVersions: prompts.localVersions }
  const roles = new Map<AgentName, Role>()
  return (agent) => {
    const known = roles.get(agent)
    if (known) return known
    const active = prompts.active[agent]
    const named = policy === undefined || policy === 'local' ? liveLocal(active.policy, policy) : policy
    const role = { prompt: { version: active.prompt, text: prompts.prompt(agent, active.prompt) }, policy: createPolicy(named, sources) }
    roles.set(agent, role)
    return role
  }
}

function liveLocal(active: string, asked: string | undefined): string {
  return asked === 'local' && !active.startsWith('local:') ? 'local:prior' : active
}
