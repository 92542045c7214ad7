import { describe, expect, it } from 'vitest'
import { createPolicy } from '../../../src/adapters/models/create-policy.ts'
import type { PolicySources } from '../../../src/adapters/models/create-policy.ts'

/** Sources whose network tells only which host was asked with which key. */
function sources(more: Partial<PolicySources> = {}): PolicySources & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    localWeights: (version) => (version === 'prior' ? {} : undefined), localVersions: ['prior'], asked,
    fetch: async (input, init) => {
      asked.push(`${new Request(input).url} ${new Headers(init?.headers).get('authorization')}`)
      return new Response('{}', { status: 401 })
    },
    ...more,
  }
}

async function askedOf(name: string, more: Partial<PolicySources> = {}): Promise<string> {
  const from = sources(more)
  const policy = createPolicy(name, from)
  const tools = [{ name: 'report', title: 'Report', description: 'Ends.', parameters: { type: 'object' } }]
  await policy.next([], tools, { agent: 'sentry', runId: 'sentry.0.0', step: 0, now: new Date(0), stepsLeft: 1, training: false, signal: new AbortController().signal }).catch(() => {})
  return from.asked.join()
}

describe('a policy\'s name', () => {
  it.each([
    ['local', 'local:prior'], ['local:prior', 'local:prior'], ['local:untrained', 'local:untrained'], ['openai:gpt-5', 'openai:gpt-5'],
    ['chat:http://127.0.0.1:11434/v1#qwen3:8b', 'chat:http://127.0.0.1:11434/v1#qwen3:8b'],
    ['chat:https://me:secret@models.example/v1#m', 'chat:https://models.example/v1#m'],
  ])('%s makes %s', (name, made) => {
    expect(createPolicy(name, sources({ openAiKey: 'k' })).name).toBe(made)
  })

  it.each([
    ['nonsense', /Known: local:prior, openai:<model>, chat:<base URL>#<model>, replay:<file>/],
    ['local:v9', /no local policy "v9". Known: untrained, prior/],
    ['openai:gpt-5', /needs OPENAI_API_KEY/],
    ['openai:', /There is no policy/],
    ['chat:models.example#m', /needs a base URL, "#" and a model/],
    ['chat:http://models.example/v1', /needs a base URL, "#" and a model/],
    ['replay:/nowhere.json', /cannot be read/],
  ])('%s is refused with what would be right', (name, words) => {
    expect(() => createPolicy(name, sources())).toThrow(words)
  })
})

describe('a key', () => {
  it('goes to OpenAI when it is OpenAI\'s, wherever that is configured to be', async () => {
    expect(await askedOf('openai:gpt-5', { openAiKey: 'mine' })).toBe('https://api.openai.com/v1/responses Bearer mine')
    expect(await askedOf('openai:gpt-5', { openAiKey: 'mine', openAiBaseUrl: 'https://eu.api.openai.com/v1' })).toBe('https://eu.api.openai.com/v1/responses Bearer mine')
    expect(await askedOf('chat:https://api.openai.com/v1#gpt-4.1', { openAiKey: 'mine' })).toBe('https://api.openai.com/v1/chat/completions Bearer mine')
  })

  it('of OpenAI goes to no other server, which gets its own or none', async () => {
    expect(await askedOf('chat:https://models.example/v1#m', { openAiKey: 'mine' })).toBe('https://models.example/v1/chat/completions Bearer none')
    expect(await askedOf('chat:https://models.example/v1#m', { openAiKey: 'mine', chatKey: 'theirs' })).toBe('https://models.example/v1/chat/completions Bearer theirs')
  })
})
