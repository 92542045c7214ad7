import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KubernetesConnection } from '../../workers/kubernetes/client.ts'
import { kubernetesWorker } from '../../workers/kubernetes/worker.ts'
import { withMoreObjects } from '../fixtures/cluster-objects.ts'
import { named, openLabWorker } from './worker-calls.ts'
import type { LabWorker } from './worker-calls.ts'

let cluster: LabWorker

function open(namespaces: string[] = [], hasMetrics = true): Promise<LabWorker> {
  return openLabWorker(kubernetesWorker, ({ services }) => KubernetesConnection.parse({ url: services.kubernetes.url, token: services.kubernetes.token, namespaces }), (world) => {
    const more = withMoreObjects(world)
    return hasMetrics ? more : { ...more, kubernetes: { ...more.kubernetes, metrics: null } }
  })
}

beforeAll(async () => {
  cluster = await open()
})
afterAll(() => cluster.close())

describe('rollouts', () => {
  test('one that hangs names the pods that hold it up', async () => {
    const { structured, text } = await cluster.call('kubernetes_rollout_status', { workload: 'dispatch-worker' })
    expect(structured).toMatchObject({ phase: 'progressing', strategy: 'RollingUpdate maxSurge 25% maxUnavailable 25%', holdingUp: [{ pod: 'dispatch-worker-6d9f7c5b8-fghij' }] })
    expect(text).toContain('Available=False MinimumReplicasUnavailable since 2026-03-12 10:24:00Z')
  })

  test('one that waits for somebody says so', async () => {
    expect((await cluster.call('kubernetes_rollout_status', { workload: 'ledger' })).text).toContain('only when somebody deletes it')
  })

  test('two revisions differ in images, variables and the hash of a value, never in the value', async () => {
    const { structured, text, signals } = await cluster.call('kubernetes_rollout_diff', { workload: 'dispatch-worker' })
    expect(structured).toMatchObject({
      from: { revision: 1 }, to: { revision: 2 },
      changes: expect.arrayContaining(['image registry.larkspur.example/dispatch-worker:0.9.0 → registry.larkspur.example/dispatch-worker:0.9.1', 'env REGION removed', expect.stringMatching(/^env BROKER_URL: value changed \(#[0-9a-f]{8} → #[0-9a-f]{8}\)$/)]),
    })
    expect(text).not.toContain('amqp://')
    expect(signals.every(({ kind, at }) => kind === 'change' && at === '2026-03-01T08:00:00Z')).toBe(true)
  })

  test('a revision that is not kept is told with those that are', async () => {
    expect((await cluster.fail('kubernetes_rollout_diff', { workload: 'dispatch-worker', from: 7 })).message).toContain('has no revision 7; the cluster keeps: 2, 1')
    expect((await cluster.fail('kubernetes_rollout_diff', { workload: 'ledger' })).message).toContain('no earlier revision')
  })

  test('a StatefulSet has its history in ControllerRevisions', async () => {
    expect((await cluster.call('kubernetes_rollout_history', { workload: 'ledger' })).structured).toMatchObject({ revisions: [{ revision: 1, images: ['registry.larkspur.example/ledger:3.1.0'], replicas: null }] })
  })
})

describe('what is in trouble says why', () => {
  test('routes to a service or a port that does not exist', async () => {
    const { signals, text } = await cluster.call('kubernetes_list_ingresses')
    expect(signals.map(({ text: said }) => said)).toEqual([
      expect.stringContaining('api.larkspur.example/quotes → quotes:80 PROBLEM: namespace dispatch has no Service quotes; it has broker, edge'),
      expect.stringContaining('Service broker has no port 8080; it has 5672'),
    ])
    expect(text).toContain('api.larkspur.example/dispatch → edge:http\n')
  })

  test('a load balancer without an address', async () => {
    const { signals, entities } = await cluster.call('kubernetes_list_services')
    expect(signals).toMatchObject([{ kind: 'state', text: expect.stringContaining('Service edge (dispatch) is a LoadBalancer') }])
    expect(named(entities)).toContain('service:broker')
  })

  test('Jobs that failed stand first, and those of another week are left out', async () => {
    const { structured, signals } = await cluster.call('kubernetes_list_jobs')
    expect(structured).toMatchObject({ jobs: [{ job: 'reindex-1', outcome: 'failed', cronJob: null, command: 'reindex --all' }, { job: 'import-7', outcome: 'active' }] })
    expect(signals.map(({ text }) => text)).toEqual([expect.stringContaining('BackoffLimitExceeded'), expect.stringContaining('running for 10 h')])
    expect((await cluster.call('kubernetes_list_jobs', { end: '2026-03-05T02:00:00Z', minutes: 120 })).structured).toMatchObject({ jobs: [{ job: 'import-6', outcome: 'succeeded' }] })
  })

  test('an autoscaler at its limit', async () => {
    const { signals, text } = await cluster.call('kubernetes_get_hpa', { workload: 'dispatch-worker' })
    expect(text).toContain('cpu 120% / 60%')
    expect(signals).toMatchObject([{ kind: 'state', severity: 2, text: expect.stringContaining('wants more than its 2 replicas allow') }])
    expect((await cluster.call('kubernetes_get_hpa', { workload: 'ledger' })).signals).toMatchObject([{ kind: 'absence' }])
  })

  test('budgets that are broken, or protect nothing', async () => {
    const { signals } = await cluster.call('kubernetes_list_pdbs')
    expect(signals.map(({ text }) => text)).toEqual([expect.stringContaining('only 1 of the 2 pods it needs are healthy'), expect.stringContaining('no pod matches app In (gone)')])
  })

  test('a volume claim that cannot be provisioned, and the pod that waits for it', async () => {
    const { signals, entities } = await cluster.call('kubernetes_list_pvcs')
    expect(signals).toMatchObject([{ severity: 3, text: expect.stringContaining('so ledger-0 cannot start; Warning ProvisioningFailed: storageclass.storage.k8s.io "fast" not found') }])
    expect(named(entities)).toEqual(expect.arrayContaining(['volume:ledger-data', 'pod:ledger-0', 'volume:archive']))
  })

  test('a quota that is used up, and traffic that is denied', async () => {
    const { structured, signals, text } = await cluster.call('kubernetes_list_policies_and_quotas', { namespace: 'dispatch' })
    expect(structured).toMatchObject({ quotas: expect.arrayContaining([expect.objectContaining({ resource: 'pods', used: '3', hard: '3', share: 1 }), expect.objectContaining({ resource: 'requests.cpu', used: '3700m' })]) })
    expect(signals).toMatchObject([{ severity: 3, text: expect.stringContaining('pods: 3 of 3 (100%)') }, { severity: 1, text: expect.stringContaining('denies all ingress of pods everything') }])
    expect(text).toContain('pods app=dns of namespaces team=core on UDP 53')
    expect(text).toContain('LimitRange defaults (dispatch): Container: default memory 256Mi, default request memory 128Mi')
  })

  test('a namespace that is being deleted', async () => {
    expect((await cluster.call('kubernetes_list_namespaces')).signals).toMatchObject([{ text: expect.stringContaining('Namespace retired is being deleted, held up by NamespaceFinalizersRemaining') }])
  })

  test('a node with what its pods ask of it, and what happened to it', async () => {
    const { structured, text, signals } = await cluster.call('kubernetes_describe_node', { node: 'node-a' })
    expect(structured).toMatchObject({ requested: { cpuMillicores: 200, memoryMi: 256 }, pods: [{}, {}] })
    expect(text).toContain('WARNING EvictionThresholdMet ×4')
    expect(signals.length).toBeGreaterThan(1)
    expect((await cluster.fail('kubernetes_describe_node', { node: 'node-b' })).message).toContain('There are: node-a')
  })
})

describe('what the cluster has no answer to', () => {
  test('usage of nodes without a metrics server', async () => {
    expect((await cluster.call('kubernetes_top_nodes')).structured).toEqual({ available: true, nodes: [{ node: 'node-a', cpuMillicores: 640, cpuAllocatable: 4000, memoryMi: 5120, memoryAllocatableMi: 15360 }] })
    const bare = await open([], false)
    expect((await bare.call('kubernetes_top_nodes')).structured).toEqual({ available: false, nodes: [] })
    await bare.close()
  })

  test('namespaces outside of what the worker may read', async () => {
    const fenced = await open(['default'])
    expect((await fenced.call('kubernetes_list_namespaces')).structured).toMatchObject({ namespaces: [{ namespace: 'default' }] })
    expect((await fenced.fail('kubernetes_list_ingresses', { namespace: 'dispatch' })).kind).toBe('forbidden')
    await fenced.close()
  })
})

test.each(['list_services', 'list_jobs', 'list_pdbs', 'list_pvcs'])('%s goes on where its last page ended', async (tool) => {
  const first = await cluster.call(`kubernetes_${tool}`, { limit: 1 })
  expect(first).toMatchObject({ truncated: true, cursor: expect.any(String) })
  expect((await cluster.call(`kubernetes_${tool}`, { limit: 1, cursor: first.cursor })).structured).not.toEqual(first.structured)
})

test('nothing was an attempt to write, and no route was unknown', () => {
  expect([...cluster.lab.recorder.writes(), ...cluster.lab.recorder.unknownRoutes()]).toEqual([])
})
