import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KubernetesConnection } from '../../workers/kubernetes/client.ts'
import { kubernetesWorker } from '../../workers/kubernetes/worker.ts'
import { createMcpEndpoint, serveMcpOverHttp } from '../../workers/kit/serve-mcp.ts'
import { startProcess } from '../fixtures/foreman-process.ts'
import { openLabWorker } from './worker-calls.ts'
import type { LabWorker } from './worker-calls.ts'

const root = resolve(import.meta.dirname, '../..')
const task = '0003-misspelt-host'
const modes = ['auto', 'legacy'] as const

function client(mode: (typeof modes)[number]): Client {
  return new Client({ name: 'a client', version: '1.0.0' }, { versionNegotiation: { mode } })
}

function textOf({ content }: Awaited<ReturnType<Client['callTool']>>): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
}

describe('a worker served over HTTP', () => {
  let docked: LabWorker
  let served: Awaited<ReturnType<typeof serveMcpOverHttp>>

  beforeAll(async () => {
    docked = await openLabWorker(kubernetesWorker, ({ services }) => KubernetesConnection.parse({ url: services.kubernetes.url, token: services.kubernetes.token }))
    served = await serveMcpOverHttp(docked.worker, { version: '1.2.3', port: 0 })
  })
  afterAll(async () => {
    await served.close()
    await docked.close()
  })

  async function connected(mode: (typeof modes)[number] = 'auto'): Promise<Client> {
    const asking = client(mode)
    await asking.connect(new StreamableHTTPClientTransport(new URL(served.url)))
    return asking
  }

  test.each(modes)('lists every tool as one that only reads, with both schemas (%s handshake)', async (mode) => {
    const asking = await connected(mode)
    const { tools } = await asking.listTools()
    expect(tools.map(({ name }) => name)).toEqual(docked.worker.tools.map(({ name }) => name))
    for (const tool of tools) {
      expect(tool).toMatchObject({ annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true }, inputSchema: { type: 'object' }, outputSchema: { type: 'object' } })
    }
    expect(asking.getServerVersion()).toMatchObject({ name: 'foreman-kubernetes', version: '1.2.3' })
    await asking.close()
  })

  test.each(modes)('answers with structured content, and the same as text between markers (%s handshake)', async (mode) => {
    const asking = await connected(mode)
    const answer = await asking.callTool({ name: 'kubernetes_list_pods', arguments: { limit: 1 } })
    expect(answer.structuredContent).toMatchObject({ pods: [{ namespace: 'dispatch' }] })
    const [, boundary = 'none'] = /<data-([0-9a-f-]{36})>/.exec(textOf(answer)) ?? []
    expect(asking.getInstructions()).toContain(`<data-${boundary}>`)
    expect(textOf(answer)).toMatch(/^<data-([0-9a-f-]{36})>\n1 pods in all namespaces[^]*<\/data-\1>\nThis is not all of it; cursor for the rest: \S+\.$/)
    await asking.close()
  })

  test('tells wrong arguments and failures as errors of the tool, in our words', async () => {
    const asking = await connected()
    const wrong = await asking.callTool({ name: 'kubernetes_list_pods', arguments: { limit: 0, colour: 'red' } })
    expect([wrong.isError, textOf(wrong)]).toEqual([true, expect.stringContaining('invalid_input: Invalid arguments. limit: must be at least 1; unknown field colour')])
    const missing = await asking.callTool({ name: 'kubernetes_describe_pod', arguments: { pod: 'gone' } })
    expect([missing.isError, textOf(missing)]).toEqual([true, expect.stringContaining('not_found: No pod is called gone')])
    await expect(asking.callTool({ name: 'kubernetes_delete_pod', arguments: {} })).rejects.toThrow('kubernetes_delete_pod')
    await asking.close()
  })

  test.each([
    ['another host', { host: 'evil.example' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin without a name', { origin: 'null' }],
  ])('refuses %s', async (_what, headers) => {
    // In process: the platform's fetch, like a browser, lets nobody set Host.
    const endpoint = createMcpEndpoint(docked.worker, { version: '1' })
    const ask = (more: Record<string, string>) => endpoint.fetch(new Request('http://127.0.0.1/mcp', { method: 'POST', headers: { host: '127.0.0.1', accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...more }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }) }))
    expect((await ask({})).status).toBe(200)
    expect((await ask(headers)).status).toBe(403)
    await endpoint.close()
  })

  test('has one path, and says so on others', async () => {
    expect((await fetch(served.url.replace('/mcp', '/'))).status).toBe(404)
  })

  test('says which port is taken', async () => {
    const port = Number(new URL(served.url).port)
    await expect(serveMcpOverHttp(docked.worker, { version: '1', port })).rejects.toThrow(`127.0.0.1:${port}`)
  })
})

describe('foreman mcp', () => {
  test.each(modes)('serves a task’s world on stdin and stdout (%s handshake)', async (mode) => {
    const asking = client(mode)
    await asking.connect(new StdioClientTransport({ command: process.execPath, args: ['bin/foreman.js', 'mcp', 'docs', '--task', task], cwd: root, stderr: 'ignore' }))
    const answer = await asking.callTool({ name: 'docs_list_sources', arguments: { limit: 2 } })
    expect(answer.structuredContent).toMatchObject({ pages: [{ kind: 'runbook' }, {}] })
    await asking.close()
  })

  test('writes nothing but messages of the protocol to stdout, and ends when stdin does', async () => {
    const child = spawn(process.execPath, ['bin/foreman.js', 'mcp', 'docs', '--task', task], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] })
    const ended = once(child, 'close')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const ask = async (id: number, method: string, params: object): Promise<unknown> => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
      return JSON.parse(String((await lines.next()).value))
    }
    expect(await ask(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'by hand', version: '1' } })).toMatchObject({ jsonrpc: '2.0', id: 1, result: { serverInfo: { name: 'foreman-docs' } } })
    expect(await ask(2, 'tools/call', { name: 'docs_get_page', arguments: { page: 'no such page' } })).toMatchObject({ jsonrpc: '2.0', id: 2, result: { isError: true } })
    child.stdin.end()
    expect(await lines.next()).toMatchObject({ done: true })
    expect(await ended).toEqual([0, null])
  })

  test('serves it by HTTP until it is asked to end', async () => {
    const running = startProcess('bin/foreman.js', ['mcp', 'docs', '--http', '0', '--task', task])
    const url = /http:\S+\/mcp/.exec(await running.says(/http:\S+\/mcp/))?.[0] ?? ''
    const asking = client('auto')
    await asking.connect(new StreamableHTTPClientTransport(new URL(url)))
    expect((await asking.listTools()).tools).toHaveLength(10)
    await asking.close()
    running.kill('SIGTERM')
    expect(await running.ended).toBe(0)
  })

  test.each([
    [['mcp', 'kubernets', '--task', task], 'There is no worker "kubernets". The workers are: sentry,'],
    [['mcp', 'docs'], 'The docs worker is not configured.'],
  ])('ends %j with what to do instead', async (parameters, said) => {
    const running = startProcess('bin/foreman.js', parameters)
    expect(await running.ended).toBe(2)
    expect(running.stderr()).toContain(said)
    expect(running.stdout()).toBe('')
  })
})
