import { createChatPolicy } from '../../src/adapters/models/openai-chat.ts'
import { createResponsesPolicy } from '../../src/adapters/models/openai-responses.ts'
import type { ModelServer as Address } from '../../src/adapters/models/model-client.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { ModelServer } from './model-server.ts'

type Limits = Pick<Address, 'maxRetries' | 'timeoutSeconds'>

/** Both ways to a model, as policies on one server; without retries unless `limits` says so. */
export const wires: readonly (readonly [name: 'responses' | 'chat', connect: (server: Pick<ModelServer, 'url' | 'key'>, limits?: Limits) => Policy])[] = [
  ['responses', ({ url, key }, limits) => createResponsesPolicy({ apiKey: key, baseURL: url, maxRetries: 0, ...limits }, 'gpt-4.1')],
  ['chat', ({ url, key }, limits) => createChatPolicy({ apiKey: key, baseURL: url, maxRetries: 0, ...limits }, 'gpt-4.1')],
]
