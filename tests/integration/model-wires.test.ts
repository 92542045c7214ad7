import { afterEach, describe, expect, it } from 'vitest'
import { ConfigurationError, PermanentError, TransientError } from '../../src/core/errors.ts'
import type { Item, Policy, PolicyAnswer, PolicySettings } from '../../src/core/policy.ts'
import type { ToolSpec } from '../../src/core/tool.ts'
import { startModelServer } from '../fakes/model-server.ts'
import type { Fault, ModelServer, Script } from '../fakes/model-server.ts'
import { wires } from '../fakes/model-wires.ts'

const tools: ToolSpec[] = [{
  name: 'sentry_get_issue', title: 'An issue', description: 'Use when an issue is named.',
  parameters: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { issue: { type: 'string', 'x-entity': 'issue' }, 'x-ray': { type: 'boolean' } }, required: ['issue'] },
}]
const question: Item[] = [{ type: 'message', role: 'developer', content: 'Work.' }, { type: 'message', role: 'user', content: 'What broke?', entities: [{ kind: 'issue', value: '1' }] }]

function settings(more: Partial<PolicySettings> = {}): PolicySettings {
  return { agent: 'sentry', runId: 'sentry.0.0', step: 0, now: new Date(0), stepsLeft: 5, training: false, signal: new AbortController().signal, ...more }
}

describe.each(wires)('a policy on the %s wire', (wire, connect) => {
  const open: ModelServer[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()))
  })
  const serve = async (script: Script): Promise<ModelServer> => {
    const server = await startModelServer(script)
    open.push(server)
    return server
  }
  const ask = (policy: Policy, items: readonly Item[] = question, more: Partial<PolicySettings> = {}): Promise<PolicyAnswer> => policy.next(items, tools, settings(more))
  /** What the policy throws; a server that goes silent is waited for only briefly. */
  const failure = async (script: Script, timeoutSeconds = 20): Promise<unknown> => {
    const server = await serve(script)
    return await ask(connect(server, { timeoutSeconds })).catch((thrown: unknown) => thrown)
  }

  it('reads text, parallel calls in order, the model and what it cost', async () => {
    const server = await serve(() => ({
      text: 'Looking.', calls: [{ name: 'sentry_get_issue', arguments: { issue: '1' } }, { name: 'sentry_get_issue', arguments: { issue: '2' } }],
      usage: { input: 2_000_000, cached: 1_000_000, output: 1_000_000, reasoning: 400_000 },
    }))
    const answer = await ask(connect(server))
    expect(answer.items).toMatchObject([
      { type: 'message', role: 'assistant', content: 'Looking.' },
      { type: 'function_call', name: 'sentry_get_issue', arguments: '{"issue":"1"}' },
      { type: 'function_call', name: 'sentry_get_issue', arguments: '{"issue":"2"}' },
    ])
    expect(answer).toMatchObject({ model: 'gpt-4.1', usage: { inputTokens: 2_000_000, cachedTokens: 1_000_000, outputTokens: 1_000_000, usd: 2 + 0.5 + 8 } })
    expect(server.refusals).toEqual([])
  })

  it('sends the whole history back so that the server accepts it', async () => {
    const server = await serve(({ turn }) => [
      { reasoning: 'Two issues.', text: 'Looking.', calls: [{ name: 'sentry_get_issue', arguments: { issue: '1' } }, { name: 'sentry_get_issue', arguments: '{broken' }] },
      { reasoning: 'Nothing to call.', text: 'It broke.' },
      { calls: [{ name: 'report', arguments: {} }] },
    ][turn] ?? {})
    const policy = connect(server)
    const items = [...question]
    for (const word of ['Go on with a call.', 'This is your last step.', undefined]) {
      const answer = await ask(policy, items)
      items.push(...answer.items)
      for (const item of answer.items) if (item.type === 'function_call') items.push({ type: 'function_call_output', call_id: item.call_id, output: `[${item.call_id}] seen` })
      if (word !== undefined) items.push({ type: 'message', role: 'user', content: word })
    }
    await ask(policy, items)
    expect(server.refusals).toEqual([])
    expect(server.requests.at(-1)).toMatchObject({
      wire, instructions: 'Work.', question: 'What broke?', turn: 3, words: ['Go on with a call.', 'This is your last step.'],
      calls: [{ arguments: '{"issue":"1"}', output: expect.stringContaining('seen') }, { arguments: '{broken', output: expect.stringContaining('seen') }, { name: 'report' }],
    })
  })

  it('tells the server of tools without our own keywords, and keeps our typed values to itself', async () => {
    const server = await serve(() => ({ text: 'ok' }))
    await ask(connect(server), question, { temperature: 0.5, seed: 7 })
    const text = JSON.stringify(server.requests[0]?.body)
    expect(text).toContain('"properties":{"issue":{"type":"string"},"x-ray":{"type":"boolean"}}')
    expect(text).not.toMatch(/x-entity|\$schema|"kind"/)
    expect(server.requests[0]?.body).toMatchObject({ temperature: 0.5 })
  })

  it('takes a refusal for what the model said, and no words for nothing', async () => {
    const refusing = await serve(({ words }) => (words.length === 0 ? { refusal: 'I will not.' } : {}))
    const policy = connect(refusing)
    expect((await ask(policy)).items).toMatchObject([{ type: 'message', role: 'assistant', content: 'I will not.' }])
    expect((await ask(policy, [...question, { type: 'message', role: 'user', content: 'Go on.' }])).items).toEqual([])
  })

  it.each<[string, Fault, new (...args: never[]) => Error, RegExp]>([
    ['never answers', { fault: 'silent' }, TransientError, /did not answer in time/],
    ['answers headers and then hangs', { fault: 'hangs_after_headers' }, TransientError, /did not answer in time/],
    ['breaks off in the middle', { fault: 'breaks_off' }, TransientError, /broke off|cannot be reached/],
    ['resets the connection', { fault: 'resets' }, TransientError, /cannot be reached/],
    ['answers with a page', { fault: 'page' }, ConfigurationError, /not JSON.*base URL/],
    ['answers with nothing', { fault: 'empty_body' }, ConfigurationError, /not JSON/],
    ['answers with half of a document', { fault: 'broken_json' }, TransientError, /not whole JSON/],
    ['answers with another document', { fault: 'body', body: { object: 'list', data: [] } }, TransientError, /not an answer/],
    ['refuses the key', { fault: 'status', status: 401 }, ConfigurationError, /API key \(401\)/],
    ['refuses the model to this key', { fault: 'status', status: 403 }, ConfigurationError, /\(403\)/],
    ['does not know the model', { fault: 'status', status: 404, code: 'model_not_found' }, ConfigurationError, /\(404\).*base URL/],
    ['limits requests', { fault: 'status', status: 429, headers: { 'retry-after': '70' } }, TransientError, /\(429\) and asks to wait 70 s/],
    ['has no quota left', { fault: 'status', status: 429, code: 'insufficient_quota' }, ConfigurationError, /quota is used up/],
    ['fails', { fault: 'status', status: 503 }, TransientError, /failed \(503\)/],
    ['finds the history too long', { fault: 'status', status: 400, code: 'context_length_exceeded' }, PermanentError, /context window/],
    ['refuses a parameter', { fault: 'status', status: 400, code: 'unsupported_value', param: 'temperature' }, PermanentError, /\(400, unsupported_value, temperature\)/],
  ])('says who must act when the server %s', async (_what, fault, kind, words) => {
    const goesSilent = fault.fault === 'silent' || fault.fault === 'hangs_after_headers'
    const error = await failure(() => fault, goesSilent ? 0.3 : undefined)
    expect(error).toBeInstanceOf(kind)
    expect(String(error)).toMatch(words)
    expect(String(error)).not.toMatch(/A sentence of the server|Gateway|Ignore/)
  })

  it.each([['length', /cut off at its length limit/], ['content_filter', /content filter/]] as const)('acts on no answer that ends by %s', async (cut, words) => {
    const error = await failure(() => ({ cut, calls: [{ name: 'sentry_get_issue', arguments: '{"issue": "12' }] }))
    expect(error).toBeInstanceOf(PermanentError)
    expect(String(error)).toMatch(words)
  })

  it('tries again after the pause a limit asks for, and after a failure', async () => {
    const server = await serve((_request, number) => {
      if (number === 1) return { fault: 'status', status: 429, headers: { 'retry-after-ms': '5' } }
      return number === 2 ? { fault: 'status', status: 500, headers: { 'retry-after-ms': '5' } } : { text: 'there' }
    })
    expect((await ask(connect(server, { maxRetries: 2 }))).items).toMatchObject([{ content: 'there' }])
    expect(server.requests).toHaveLength(3)
  })

  it('ends at once when its caller stops it, and asks no second time', async () => {
    const stop = new AbortController()
    const server = await serve(() => {
      stop.abort()
      return { fault: 'silent' }
    })
    await expect(ask(connect(server, { maxRetries: 2 }), question, { signal: stop.signal })).rejects.toThrow(/stopped/)
    expect(server.requests).toHaveLength(1)
  })

  it('says when nothing listens there', async () => {
    const server = await startModelServer(() => ({}))
    await server.close()
    await expect(ask(connect(server))).rejects.toThrow(/127\.0\.0\.1:\d+ cannot be reached/)
  })
})

describe('servers that keep to a wire loosely', () => {
  const [, chat] = wires
  const [responses] = wires
  const answerTo = async (wire: typeof chat, body: unknown): Promise<PolicyAnswer> => {
    const server = await startModelServer(() => ({ fault: 'body', body }))
    try {
      return await (wire?.[1](server) ?? expect.unreachable()).next(question, tools, settings())
    } finally {
      await server.close()
    }
  }
  const choice = (message: object, more: object = {}) => ({ choices: [{ message, ...more }] })

  it('gives every call of a chat turn an id of its own', async () => {
    const calls = [{ function: { name: 'a', arguments: {} } }, { id: 'same', function: { name: 'b' } }, { id: 'same', function: { name: 'c', arguments: '{}' } }]
    const { items } = await answerTo(chat, choice({ content: '', tool_calls: calls }))
    expect(items).toEqual([
      { type: 'function_call', call_id: 'call_2_0', name: 'a', arguments: '{}' },
      { type: 'function_call', call_id: 'same', name: 'b', arguments: '' },
      { type: 'function_call', call_id: 'call_2_2', name: 'c', arguments: '{}' },
    ])
  })

  it('keeps token ids and log-probabilities where a gateway sends them, and does without usage', async () => {
    const answer = await answerTo(chat, { ...choice({ content: 'ok' }, { token_ids: [3, 4], logprobs: { content: [{ logprob: -0.5 }] } }), prompt_token_ids: [1, 2] })
    expect(answer).toMatchObject({ tokens: { promptTokenIds: [1, 2], completionTokenIds: [3, 4], logprobs: [-0.5] }, usage: { inputTokens: 0, usd: 0 } })
  })

  it('passes over items it never asked for', async () => {
    const { items } = await answerTo(responses, { output: [{ type: 'web_search_call', id: 'ws_1' }, { type: 'function_call', call_id: 'c', name: 'a', arguments: '{}' }] })
    expect(items).toEqual([{ type: 'function_call', call_id: 'c', name: 'a', arguments: '{}' }])
  })

  it('tells a failed response from a finished one', async () => {
    await expect(answerTo(responses, { status: 'failed', error: { code: 'server_error', message: 'x' }, output: [] })).rejects.toBeInstanceOf(TransientError)
    await expect(answerTo(responses, { status: 'failed', error: { code: 'invalid_prompt', message: 'x' }, output: [] })).rejects.toBeInstanceOf(PermanentError)
  })

  it('refuses a chat answer without a choice, and half a call', async () => {
    await expect(answerTo(chat, { choices: [] })).rejects.toThrow(/without a choice/)
    await expect(answerTo(responses, { output: [{ type: 'function_call', name: 'a' }] })).rejects.toThrow(/not an answer \(at call_id\)/)
  })
})
