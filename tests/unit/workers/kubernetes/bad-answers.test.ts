import { describe, expect, test } from 'vitest'
import type { ToolOutcome } from '../../../../src/core/tool.ts'
import { createManualClock } from '../../../../src/core/time.ts'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { KubernetesConnection } from '../../../../workers/kubernetes/client.ts'
import { kubernetesWorker } from '../../../../workers/kubernetes/worker.ts'

async function listNodes(answer: () => Response | Promise<Response>): Promise<ToolOutcome> {
  const worker = kubernetesWorker.bind(KubernetesConnection.parse({ url: 'https://cluster.example:6443', token: 't' }), {
    clock: createManualClock('2026-03-12T10:30:00Z'), fetch: async () => answer(), redactor: createRedactor(),
  })
  const tool = worker.tools.find(({ name }) => name === 'kubernetes_list_nodes')
  if (tool === undefined) throw new Error('the tool is there')
  return tool.invoke({}, { callId: 'kubernetes1.0.0', signal: new AbortController().signal })
}

const json = { 'content-type': 'application/json' }

describe('a cluster that answers badly', () => {
  test.each([
    ['a web page', () => new Response('<html>login</html>', { headers: { 'content-type': 'text/html' } }), 'bad_response'],
    ['half an answer', () => new Response('{"items":[{"meta', { headers: json }), 'bad_response'],
    ['a refusal', () => Response.json({ kind: 'Status', message: 'raw text of the service' }, { status: 403 }), 'forbidden'],
    ['a failure of its own', () => new Response('raw text of the service', { status: 500 }), 'unavailable'],
    ['a gateway’s page', () => new Response('<html>raw text of the service</html>', { status: 502, headers: { 'content-type': 'text/html' } }), 'unavailable'],
    ['nothing', () => Promise.reject(new TypeError('fetch failed')), 'unavailable'],
  ])('with %s is a failure in our words', async (_what, answer, kind) => {
    const got = await listNodes(answer)
    expect(got).toMatchObject({ ok: false, failure: { kind } })
    expect(JSON.stringify(got)).not.toContain('raw text')
  })

  test('with an empty list is an answer', async () => {
    expect(await listNodes(() => Response.json({ kind: 'NodeList', apiVersion: 'v1', items: [] }))).toMatchObject({ ok: true, result: { structured: { nodes: [] } } })
  })
})
