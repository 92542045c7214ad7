import { ConfigurationError } from '../../core/errors.ts'
import type { Policy } from '../../core/policy.ts'
import type { Weights } from './local/head.ts'
import { createLocalPolicy } from './local/local-policy.ts'
import { createChatPolicy } from './openai-chat.ts'
import { createResponsesPolicy } from './openai-responses.ts'

export interface PolicySources {
  /** The weights of a local policy by version (`prior`, `untrained`, a trained one); undefined when there is none. */
  readonly localWeights: (version: string) => Weights | undefined
  readonly localVersions: readonly string[]
  readonly openAiKey?: string | undefined
  readonly openAiBaseUrl?: string | undefined
  readonly chatKey?: string | undefined
  readonly fetch?: typeof fetch | undefined
}

/** `local:<version>`, `openai:<model>` or `chat:<base URL>#<model>` → a policy. Throws `ConfigurationError` that lists what is known. */
export function createPolicy(name: string, sources: PolicySources): Policy {
  const [kind, rest] = splitOnce(name, ':')
  if (kind === 'local') return localPolicy(rest === '' ? 'prior' : rest, sources)
  if (kind === 'openai' && rest !== '') {
    if (sources.openAiKey === undefined) throw new ConfigurationError([`The policy "${name}" needs OPENAI_API_KEY.`])
    return createResponsesPolicy({ apiKey: sources.openAiKey, baseURL: sources.openAiBaseUrl, fetch: sources.fetch }, rest)
  }
  const [baseURL, model] = splitOnce(rest, '#')
  if (kind === 'chat' && model !== '') {
    if (!URL.canParse(baseURL)) throw new ConfigurationError([`The policy "${name}" needs a base URL before "#", such as chat:http://127.0.0.1:11434/v1#llama.`])
    return createChatPolicy({ apiKey: sources.chatKey ?? sources.openAiKey ?? 'none', baseURL, fetch: sources.fetch }, model)
  }
  throw new ConfigurationError([`There is no policy "${name}". Known: ${sources.localVersions.map((version) => `local:${version}`).join(', ')}, openai:<model>, chat:<base URL>#<model>.`])
}

function localPolicy(version: string, sources: PolicySources): Policy {
  const weights = version === 'untrained' ? {} : sources.localWeights(version)
  if (!weights) throw new ConfigurationError([`There is no local policy "${version}". Known: untrained, ${sources.localVersions.join(', ')}.`])
  return createLocalPolicy({ name: `local:${version}`, weights, temperature: version === 'untrained' ? 1 : 0 })
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}
