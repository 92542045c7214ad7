import { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createManualClock } from '../../../../src/core/time.ts'
import { bindTool } from '../../../../workers/kit/bind-tool.ts'
import { defineTool } from '../../../../workers/kit/define-tool.ts'
import type { ToolReturn } from '../../../../workers/kit/define-tool.ts'
import { createJsonClient } from '../../../../workers/kit/http-json.ts'
import type { JsonClient } from '../../../../workers/kit/http-json.ts'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { entityField, limitField } from '../../../../workers/kit/window.ts'

type Answer = ToolReturn<{ name: string; password?: string | undefined }>
const secret = ['ghp_', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('')

describe('bindTool', () => {
  let defects: unknown[]
  const app = new Hono()
    .get('/things/:id', (c) => c.json({ name: c.req.param('id') }))
    .get('/page/:id', (c) => c.html('<!doctype html><title>Sign in</title>'))
    .get('/cut/:id', (c) => c.body('{"name": "thi', 200, { 'content-type': 'application/json' }))
    .get('/odd/:id', (c) => c.json({ title: 'no name' }))
    .all('*', (c) => c.text('a secret detail of the service', Number(c.req.path.split('/').at(-1)) as 404))

  const fetchApp = (async (input: string | URL | Request, init?: RequestInit) => app.fetch(new Request(input, init))) as typeof fetch
  const controller = () => new AbortController()

  function tool(run: (args: { id: string; limit: number }, client: JsonClient, signal: AbortSignal) => Promise<Answer>, fetchImpl: typeof fetch = fetchApp, timeoutSeconds = 20) {
    const definition = defineTool<JsonClient>()({
      name: 'shop_get_thing', title: 'Get a thing', useWhen: 'Use when you have its id.',
      input: z.object({ id: entityField('identifier', 'Its id'), limit: limitField(5, 10) }),
      output: z.object({ name: z.string(), password: z.string().optional() }),
      operations: [{ type: 'http', method: 'GET', path: '/{kind}/{id}' }],
      timeoutSeconds,
      run: (args, { client, signal }) => run(args, client, signal),
    })
    return bindTool(definition, (guarded) => createJsonClient({ service: 'Shop', baseUrl: 'http://shop.test', headers: {}, fetch: guarded }), {
      service: 'Shop', clock: createManualClock('2026-05-04T14:00:00Z'), fetch: fetchImpl, redactor: createRedactor(), baseUrls: ['http://shop.test'], onDefect: (error) => defects.push(error),
    })
  }

  const reading = (kind: string) => tool(async ({ id }, client) => {
    const { data } = await client.get(`/${kind}/${id}`, z.object({ name: z.string() }))
    return { structured: data, text: data.name, entities: [], signals: [] }
  })

  const invoke = async (bound: ReturnType<typeof tool>, args: unknown, signal = controller().signal) => bound.invoke(args, { callId: 'shop.1.0', signal })

  async function failure(bound: ReturnType<typeof tool>, args: unknown = { id: 'x' }, signal?: AbortSignal) {
    const outcome = await invoke(bound, args, signal)
    if (outcome.ok) throw new Error('The call succeeded.')
    return outcome.failure
  }

  beforeEach(() => {
    defects = []
  })

  it('brings back what the handler returned', async () => {
    expect(await invoke(reading('things'), { id: 'lamp' })).toEqual({
      ok: true, result: { structured: { name: 'lamp' }, text: 'lamp', entities: [], signals: [], links: [], truncated: false },
    })
  })

  it('keeps entity kinds, defaults and descriptions in its JSON Schema', () => {
    const { parameters } = reading('things')
    expect(parameters).toMatchObject({
      type: 'object', required: ['id'], additionalProperties: false,
      properties: { id: { type: 'string', 'x-entity': 'identifier', description: 'Its id' }, limit: { type: 'integer', default: 5, maximum: 10 } },
    })
  })

  it('takes null for a field that was left out', async () => {
    expect((await invoke(reading('things'), { id: 'lamp', limit: null })).ok).toBe(true)
  })

  it.each([
    [{}, 'id:'],
    [{ id: 'x', limit: 99 }, 'limit: must be at most 10'],
    [{ id: 'x', colour: 'red' }, 'unknown field colour (fields: id, limit)'],
    ['x', 'arguments:'],
  ])('names each field that is wrong in %j', async (args, message) => {
    const { kind, message: said } = await failure(reading('things'), args)
    expect(kind).toBe('invalid_input')
    expect(said).toContain(message)
  })

  it.each([
    ['401', 'unauthorized'], ['403', 'forbidden'], ['404', 'not_found'], ['409', 'conflict'], ['410', 'gone'], ['429', 'rate_limited'], ['500', 'unavailable'], ['503', 'unavailable'], ['504', 'timeout'],
  ])('says what a %s means in our own words', async (status, kind) => {
    const said = await failure(reading('errors'), { id: status })
    expect(said).toMatchObject({ kind, status: Number(status) })
    expect(said.message).not.toContain('secret detail')
  })

  it.each([['page', 'web page'], ['cut', 'ends early'], ['odd', 'unknown shape']])('calls a bad answer bad (%s)', async (kind, message) => {
    const said = await failure(reading(kind))
    expect(said.kind).toBe('bad_response')
    expect(said.message).toContain(message)
  })

  it('reports a request that is not its operation as refused', async () => {
    const writing = tool(async (_args, client) => {
      await client.post('/things/lamp', z.unknown(), {})
      return { structured: { name: 'x' }, text: '', entities: [], signals: [] }
    })
    expect((await failure(writing)).kind).toBe('refused_write')
  })

  it.each(['\0', 'x\uD800y', '\uDC00'])('refuses text that can be sent nowhere, before anything is sent (%j)', async (id) => {
    expect(await failure(reading('things'), { id })).toMatchObject({ kind: 'invalid_input', message: expect.stringContaining('id: holds') })
  })

  it('refuses an argument that would change the path', async () => {
    expect((await failure(reading('things'), { id: '../admin' })).kind).toBe('refused_write')
  })

  it('ends when its time is over, whatever the service does', async () => {
    const hanging = tool(() => new Promise<never>(() => undefined), fetchApp, 0.02)
    expect((await failure(hanging)).kind).toBe('timeout')
  })

  it('ends when the caller stops, and tells the service', async () => {
    const caller = controller()
    let told = false
    const waiting = tool((_args, _client, signal) => new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        told = true
        reject(new Error('aborted'))
      })
      caller.abort()
    }))
    expect((await failure(waiting, { id: 'x' }, caller.signal)).kind).toBe('stopped')
    expect(told).toBe(true)
  })

  it('never starts when the caller has stopped already', async () => {
    let started = false
    const bound = tool(async () => {
      started = true
      return { structured: { name: 'x' }, text: '', entities: [], signals: [] }
    })
    expect((await failure(bound, { id: 'x' }, AbortSignal.abort())).kind).toBe('stopped')
    expect(started).toBe(false)
  })

  it('says that a service cannot be reached', async () => {
    const down = tool(async (_args, client) => {
      await client.get('/things/x', z.unknown())
      return { structured: { name: 'x' }, text: '', entities: [], signals: [] }
    }, async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })
    })
    expect((await failure(down)).kind).toBe('unavailable')
  })

  it('tells a mistake of ours to the log and not to the agent', async () => {
    const broken = tool(async () => {
      throw new Error('reading x of undefined at /home/dev')
    })
    const said = await failure(broken)
    expect(said.kind).toBe('defect')
    expect(said.message).not.toContain('/home')
    expect(defects).toHaveLength(1)
  })

  it('calls a result that breaks its own schema a defect', async () => {
    const wrong = tool(async () => ({ structured: { name: 7 as unknown as string }, text: '', entities: [], signals: [] }))
    const said = await failure(wrong)
    expect(said).toMatchObject({ kind: 'defect' })
    expect(said.message).toContain('name')
  })

  it('lets no secret out in any part of a result', async () => {
    const leaky = tool(async () => ({
      structured: { name: secret, password: 'abcd1234' }, text: `token ${secret}`,
      entities: [{ kind: 'credential', value: secret, label: `for ${secret}` }],
      signals: [{ kind: 'error', text: `used ${secret}`, severity: 3, entities: [{ kind: 'credential', value: secret }] }],
      links: [{ title: secret, url: `https://shop.test/?token=${secret}` }],
    }))
    const outcome = await invoke(leaky, { id: 'x' })
    expect(outcome.ok).toBe(true)
    expect(JSON.stringify(outcome)).not.toContain('abcdefghijklmnop')
    expect(JSON.stringify(outcome)).not.toContain('abcd1234')
    expect(JSON.stringify(outcome)).toContain('[secret:github_token:1]')
  })

  it('brings entities, signals and links into the shape of the record', async () => {
    const untidy = tool(async () => ({
      structured: { name: 'x' }, text: 'x',
      entities: [{ kind: 'trace', value: 'abc' }, { kind: 'identifier', value: 'ABC' }, { kind: 'trace', value: 'abc' }, { kind: 'host', value: ' ' }, { kind: 'host', value: 'h'.repeat(900) }],
      signals: [{ kind: 'error', text: `two\nlines ${'x'.repeat(900)}`, severity: 1, entities: [] }],
      links: [{ title: 'bad', url: 'javascript:alert(1)' }, { title: 'good', url: 'https://shop.test/' }],
    }))
    const outcome = await invoke(untidy, { id: 'x' })
    if (!outcome.ok) throw new Error(outcome.failure.message)
    expect(outcome.result.entities.map(({ kind, value }) => [kind, value.length])).toEqual([['trace', 3], ['host', 400]])
    expect(outcome.result.signals[0]?.text).toMatch(/^two lines x+…$/)
    expect(outcome.result.signals[0]?.text).toHaveLength(400)
    expect(outcome.result.links).toEqual([{ title: 'good', url: 'https://shop.test/' }])
  })

  it('says that it was cut when the text is longer than the budget', async () => {
    const long = tool(async () => ({ structured: { name: 'x' }, text: Array.from({ length: 4_000 }, (_, index) => `line ${'ab'.repeat(index % 9)} ${String.fromCodePoint(97 + (index % 26))}`).join('\n'), entities: [], signals: [] }))
    const outcome = await invoke(long, { id: 'x' })
    expect(outcome).toMatchObject({ ok: true, result: { truncated: true } })
  })
})
