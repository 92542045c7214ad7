import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ToolOutcome, ToolResult } from '../../src/core/tool.ts'
import type { Worker } from '../../src/core/worker.ts'
import { createLab, type Lab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { createRedactor } from '../../workers/kit/redact.ts'
import { KubernetesConnection } from '../../workers/kubernetes/client.ts'
import { kubernetesWorker } from '../../workers/kubernetes/worker.ts'
import { invokeTool, resultOf } from './worker-calls.ts'

const crashing = 'dispatch-worker-6d9f7c5b8-fghij'
const defects: unknown[] = []
let lab: Lab

beforeAll(async () => {
  lab = createLab(await loadWorld(join(import.meta.dirname, '../fixtures/world')))
})
afterAll(() => lab.close())

function bind(connection: Partial<Record<keyof KubernetesConnection, unknown>> = {}): Worker {
  const { url, token } = lab.services.kubernetes
  return kubernetesWorker.bind(KubernetesConnection.parse({ url, token, ...connection }), {
    clock: lab.clock, fetch: lab.fetch, redactor: createRedactor(), onDefect: (error) => defects.push(error),
  })
}

async function outcome(tool: string, args: object = {}, worker = bind()): Promise<ToolOutcome> {
  return await invokeTool(worker, `kubernetes_${tool}`, args)
}

async function result(tool: string, args: object = {}): Promise<ToolResult> {
  return resultOf(await outcome(tool, args))
}

describe('the Kubernetes worker on a cluster with a pod that is killed for its memory', () => {
  test('shows the crash, its exit and its restarts first', async () => {
    const { text, signals } = await result('list_pods')
    expect(text.split('\n')[1]).toContain(`${crashing} (dispatch) CrashLoopBackOff`)
    expect(signals[0]).toMatchObject({ kind: 'state', severity: 3, entities: expect.arrayContaining([{ kind: 'workload', value: 'dispatch-worker' }, { kind: 'error_code', value: 'OOMKilled' }]) })
  })

  test('finds a pod by name alone and shows its events and variable names', async () => {
    const { text, entities } = await result('describe_pod', { pod: crashing })
    expect(text).toContain('WARNING BackOff ×12')
    expect(text).toContain('env (names only): BROKER_URL')
    expect(text).not.toContain('amqp://')
    expect(entities).toContainEqual({ kind: 'variable', value: 'BROKER_URL' })
  })

  test('reads what was written before the restart, and how that ended', async () => {
    const { text, signals } = await result('pod_previous_logs', { pod: crashing })
    expect(text).toContain('last ended OOMKilled with exit 137 at 2026-03-12 10:24:00Z')
    expect(text).toContain('Killed')
    expect(signals.some(({ kind }) => kind === 'error')).toBe(true)
  })

  test('reads logs of the window by the world’s clock, of one pod and of all pods of a workload', async () => {
    const one = await result('pod_logs', { pod: crashing, minutes: 10 })
    const all = await result('workload_logs', { workload: 'dispatch-worker', search: 'consuming' })
    expect(one.text).toContain('consuming from broker.dispatch')
    expect(all.text).toContain(`[${crashing}] consuming from broker.dispatch`)
    const before = await result('pod_logs', { pod: crashing, end: '2026-03-12T10:00:00Z', minutes: 30 })
    expect(before.signals).toMatchObject([{ kind: 'absence' }])
  })

  test('compares usage with limits', async () => {
    const { signals } = await result('top_pods', { namespace: 'dispatch' })
    expect(signals[0]).toMatchObject({ severity: 3, text: expect.stringContaining('251Mi of its 256Mi memory limit (98%)') })
  })

  test('raises the alarm for a service without endpoints', async () => {
    const { signals } = await result('service_endpoints')
    expect(signals).toContainEqual(expect.objectContaining({ kind: 'absence', severity: 3, text: 'Service broker (dispatch) has no ready endpoints: its selector app=broker matches no pod.' }))
  })

  test('goes on where the last page ended', async () => {
    const first = await result('list_pods', { limit: 1 })
    expect(first).toMatchObject({ truncated: true, cursor: expect.any(String) })
    const second = await result('list_pods', { limit: 1, cursor: first.cursor })
    expect(second.truncated).toBe(false)
    expect(new Set([first.entities, second.entities].map((entities) => entities.find(({ kind }) => kind === 'pod')?.value))).toEqual(new Set(['dispatch-worker-6d9f7c5b8-abcde', crashing]))
  })

  test.each([
    ['list_workloads', {}, 'ready 1/2'],
    ['describe_workload', { workload: 'dispatch-worker' }, 'rollout: waiting'],
    ['list_events', { minutes: 60 }, 'WARNING BackOff'],
    ['rollout_history', { workload: 'dispatch-worker' }, 'revision 2'],
    ['list_cronjobs', {}, 'No CronJobs'],
    ['get_configmap', { configMap: 'dispatch-settings' }, 'PREFETCH'],
    ['list_nodes', {}, 'node-a Ready'],
  ])('%s answers', async (tool, args, expected) => {
    expect((await result(tool, args)).text).toContain(expected)
  })
})

describe('the Kubernetes worker told something wrong', () => {
  test('lists the workloads there are', async () => {
    expect(await outcome('describe_workload', { workload: 'dispatch-wroker' })).toMatchObject({ ok: false, failure: { kind: 'not_found', message: expect.stringContaining('There are: dispatch-worker') } })
  })

  test('lists pods that begin alike', async () => {
    expect(await outcome('pod_logs', { pod: 'dispatch-worker-6d9f7c5b8-zzzzz' })).toMatchObject({ ok: false, failure: { kind: 'not_found', message: expect.stringContaining(crashing) } })
  })

  test('stays within the namespaces it was given', async () => {
    const worker = bind({ namespaces: ['default'] })
    expect(await outcome('list_pods', { namespace: 'dispatch' }, worker)).toMatchObject({ ok: false, failure: { kind: 'forbidden' } })
    expect(await outcome('list_pods', {}, worker)).toMatchObject({ ok: true, result: { text: expect.stringContaining('namespaces default') } })
  })

  test('says that a token is refused', async () => {
    expect(await outcome('list_pods', {}, bind({ token: 'wrong' }))).toMatchObject({ ok: false, failure: { kind: 'unauthorized', status: 401 } })
  })
})

describe('a connection to Kubernetes', () => {
  test('can be a kubeconfig', async () => {
    const { url, token } = lab.services.kubernetes
    const kubeconfig = JSON.stringify({ 'current-context': 'c', clusters: [{ name: 'k', cluster: { server: url } }], users: [{ name: 'u', user: { token } }], contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }] })
    expect(await outcome('list_nodes', {}, bind({ url: undefined, token: undefined, kubeconfig }))).toMatchObject({ ok: true })
  })

  test('refuses a kubeconfig that would start a program', () => {
    const kubeconfig = JSON.stringify({ 'current-context': 'c', clusters: [{ name: 'k', cluster: { server: 'https://k' } }], users: [{ name: 'u', user: { exec: { command: 'login', apiVersion: 'client.authentication.k8s.io/v1' } } }], contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }] })
    expect(() => bind({ kubeconfig })).toThrow(/starts a program to log in/)
  })
})

test('every tool reads: the lab saw no attempt to write and no unknown route, and nothing was our own mistake', () => {
  expect(defects).toEqual([])
  expect(lab.recorder.requests.length).toBeGreaterThan(20)
  expect([...lab.recorder.writes(), ...lab.recorder.unknownRoutes()]).toEqual([])
})
