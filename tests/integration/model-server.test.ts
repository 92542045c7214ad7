import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startModelServer } from '../fakes/model-server.ts'
import type { ModelServer } from '../fakes/model-server.ts'

const user = { type: 'message', role: 'user', content: 'What broke?' }
const call = { type: 'function_call', call_id: 'c1', name: 'one', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'c1', output: 'seen' }
const parameters = { type: 'object', properties: {} }
const tools = [{ type: 'function', name: 'one', description: 'One.', parameters, strict: false }]
const chatTools = [{ type: 'function', function: { name: 'one', description: 'One.', parameters } }]
const chatCall = { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'one', arguments: '{}' } }] }
const chatUser = { role: 'user', content: 'What broke?' }
const chatOutput = { role: 'tool', tool_call_id: 'c1', content: 'seen' }

describe('the model server of the tests', () => {
  let server: ModelServer
  beforeAll(async () => {
    server = await startModelServer(() => ({ text: 'ok' }))
  })
  afterAll(() => server.close())
  const post = async (path: string, body: unknown, key = server.key): Promise<{ status: number; message: string }> => {
    const response = await fetch(`${server.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
    const { error } = await response.json() as { error?: { message: string } | null }
    return { status: response.status, message: error?.message ?? '' }
  }

  it.each<[string, object, string]>([
    ['a call without output', { input: [user, call] }, 'No tool output found for function call c1'],
    ['an output without call', { input: [user, output] }, 'No tool call found for function call output'],
    ['a second output', { input: [user, call, output, output] }, 'No tool call found'],
    ['reasoning it never sent', { input: [user, { type: 'reasoning', id: 'rs_9', summary: [] }, call, output] }, 'not found'],
    ['an unknown field', { input: [user], max_tokens: 5 }, 'max_tokens'],
    ['a role of the other wire', { input: [{ ...user, role: 'tool' }] }, 'role'],
    ['tools in the form of the other wire', { input: [user], tools: chatTools }, 'tools'],
    ['parameters that are no object', { input: [user], tools: [{ ...tools[0], parameters: { type: 'string' } }] }, 'type "object"'],
    ['parameters that are no schema', { input: [user], tools: [{ ...tools[0], parameters: { type: 'object', properties: 3 } }] }, 'properties'],
  ])('refuses %s on the Responses wire', async (_what, body, words) => {
    const refused = await post('/responses', { model: 'm', tools, ...body })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(refused.message).toContain(words)
  })

  it.each<[string, object, string]>([
    ['a call without output', { messages: [chatUser, chatCall] }, 'must be followed by tool messages'],
    ['another message between call and output', { messages: [chatUser, chatCall, chatUser, chatOutput] }, 'must be followed by tool messages'],
    ['an output without call', { messages: [chatUser, chatOutput] }, 'must be a response to a preceding message'],
    ['an empty assistant message', { messages: [chatUser, { role: 'assistant', content: '' }] }, 'content'],
    ['a role of the other wire', { messages: [{ role: 'developer', content: 'x' }] }, 'role'],
    ['tools in the form of the other wire', { messages: [chatUser], tools }, 'tools'],
  ])('refuses %s on the Chat wire', async (_what, body, words) => {
    const refused = await post('/chat/completions', { model: 'm', tools: chatTools, ...body })
    expect(refused).toEqual({ status: 400, message: expect.stringContaining(words) })
  })

  it('takes sound histories, and knows its key', async () => {
    expect(await post('/responses', { model: 'm', tools, input: [user, call, output] })).toEqual({ status: 200, message: '' })
    expect(await post('/chat/completions', { model: 'm', tools: chatTools, messages: [chatUser, chatCall, chatOutput] })).toEqual({ status: 200, message: '' })
    expect((await post('/responses', {}, 'other')).status).toBe(401)
  })
})
