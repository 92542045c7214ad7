import { describe, expect, test } from 'vitest'
import type { ToolResult } from '../../../../src/core/tool.ts'
import { createManualClock } from '../../../../src/core/time.ts'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { KubernetesConnection } from '../../../../workers/kubernetes/client.ts'
import { imageEntities } from '../../../../workers/kubernetes/image-commit.ts'
import { originSignals } from '../../../../workers/kubernetes/log-origins.ts'
import { podState } from '../../../../workers/kubernetes/pod-state.ts'
import { templateSignals } from '../../../../workers/kubernetes/template.ts'
import { changeSeverity } from '../../../../workers/kubernetes/template-diff.ts'
import { kubernetesWorker } from '../../../../workers/kubernetes/worker.ts'

const now = new Date('2026-03-12T10:30:00Z')

/** Calls a tool on a cluster that holds these objects, by the plural in the path, and whose every pod has this log. */
async function call(name: string, objects: Record<string, object[]>, args = {}, log = ''): Promise<ToolResult> {
  const answer = (url: URL): Response => {
    if (url.pathname.endsWith('/log')) return new Response(log, { headers: { 'content-type': 'text/plain' } })
    const wanted = /^metadata\.name=(.+)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1]
    const items = (objects[url.pathname.split('/').at(-1) ?? ''] ?? []).filter((item) => wanted === undefined || JSON.stringify(item).startsWith(`{"metadata":{"name":"${wanted}"`))
    return Response.json({ kind: 'List', apiVersion: 'v1', metadata: {}, items })
  }
  const worker = kubernetesWorker.bind(KubernetesConnection.parse({ url: 'https://cluster.example:6443', token: 't' }), {
    clock: createManualClock(now.toISOString()), fetch: async (input) => answer(new URL(input instanceof Request ? input.url : input)), redactor: createRedactor(),
  })
  const outcome = await worker.tools.find((tool) => tool.name === name)?.invoke(args, { callId: 'kubernetes1.0.0', signal: new AbortController().signal })
  if (outcome?.ok !== true) throw new Error(`no result: ${JSON.stringify(outcome)}`)
  return outcome.result
}

const said = (result: ToolResult): string[] => result.signals.map(({ kind, severity, text }) => `${kind} ${severity} ${text}`)

describe('CronJobs', () => {
  const run = (name: string, startTime: string, status: object) => ({ metadata: { name, namespace: 'shop', ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'sweep', uid: 'u' }] }, spec: { template: { spec: { containers: [] } } }, status: { startTime, ...status } })
  const cron = (status: object, creationTimestamp = '2025-01-01T00:00:00Z') => ({
    metadata: { name: 'sweep', namespace: 'shop', creationTimestamp }, spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: { spec: { containers: [{ name: 'sweep', image: 'shop/sweep:2' }] } } } } }, status,
  })

  test('that fell silent are told with what was usual', async () => {
    const jobs = ['09:00', '09:05', '09:10', '09:15'].map((time, index) => run(`sweep-${index}`, `2026-03-12T${time}:00Z`, { succeeded: 1 }))
    const result = await call('kubernetes_list_cronjobs', { cronjobs: [cron({ lastScheduleTime: '2026-03-12T09:15:00Z' })], jobs })
    expect(said(result)[0]).toBe('absence 2 CronJob sweep (shop, "*/5 * * * *") has not run for 75 min, though it ran every 5 min; last run at 2026-03-12 09:15:00Z.')
  })

  test('that run into themselves, or are new, are told so', async () => {
    const jobs = ['10:20', '10:25'].map((time, index) => run(`sweep-${index}`, `2026-03-12T${time}:00Z`, { active: 1 }))
    const result = await call('kubernetes_list_cronjobs', { cronjobs: [cron({ lastScheduleTime: '2026-03-12T10:25:00Z' }, '2026-03-11T10:00:00Z')], jobs })
    expect(said(result).slice(0, 2)).toEqual([
      'state 2 CronJob sweep (shop, "*/5 * * * *"): 2 runs at once, the oldest since 2026-03-12 10:20:00Z.', 'change 1 CronJob sweep (shop) was created at 2026-03-11 10:00:00Z with schedule "*/5 * * * *".',
    ])
  })
})

describe('Services', () => {
  const service = { metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8081 }] } }
  const pod = { metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web' } }, spec: { containers: [{ name: 'web', ports: [{ containerPort: 8080 }] }] }, status: {} }
  const slice = (ready: boolean[]) => ({ metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } }, addressType: 'IPv4', endpoints: ready.map((each) => ({ addresses: ['10.0.0.1'], conditions: { ready: each } })) })

  test('whose port leads nowhere, or of whose endpoints a part is not ready, are told so', async () => {
    const result = await call('kubernetes_service_endpoints', { services: [service], endpointslices: [slice([true, false])], pods: [pod] })
    expect(said(result)).toEqual(['state 2 Service web (shop): port 80 leads to 8081, its pods declare 8080.', 'state 1 Service web (shop): 1 of 2 endpoints are not ready.'])
  })

  test('whose pods declare no port are not suspected', async () => {
    const silent = { ...pod, spec: { containers: [{ name: 'web' }] } }
    expect(said(await call('kubernetes_service_endpoints', { services: [service], endpointslices: [slice([true])], pods: [silent] }))).toEqual([expect.stringContaining('healthy 0')])
  })
})

test('a node that joined lately is a change', async () => {
  const nodes = [{ metadata: { name: 'node-c', creationTimestamp: '2026-03-12T09:00:00Z' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }]
  expect(said(await call('kubernetes_list_nodes', { nodes }))).toEqual(['change 1 Node node-c joined the cluster at 2026-03-12 09:00:00Z.', 'healthy 0 All 1 nodes are ready and without pressure.'])
})

test('what changed in a ConfigMap is told with the plain value it has now, and a secret’s value is not', async () => {
  const configmaps = [{
    metadata: { name: 'env', namespace: 'shop', managedFields: [{ manager: 'kubectl-edit', time: '2026-03-12T10:00:00Z', fieldsV1: { 'f:data': { 'f:POOL_SIZE': {}, 'f:API_TOKEN': {} } } }] },
    data: { POOL_SIZE: '200', API_TOKEN: 'canary-5f2b9' },
  }]
  const result = await call('kubernetes_get_configmap', { configmaps }, { configMap: 'env' })
  expect(said(result)).toEqual(['change 1 kubectl-edit changed POOL_SIZE (now 200), API_TOKEN of ConfigMap env (shop) at 2026-03-12 10:00:00Z.'])
  expect(JSON.stringify(result)).not.toContain('canary')
})

test('events of a workload whose name only begins alike are not its own', async () => {
  const deployment = (name: string) => ({ metadata: { name, namespace: 'shop' }, spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: { spec: { containers: [] } } }, status: { readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 } })
  const event = (name: string) => ({ metadata: { name: `${name}.1`, namespace: 'shop' }, involvedObject: { kind: 'Pod', name, namespace: 'shop' }, type: 'Warning', reason: 'Unhealthy', message: 'Readiness probe failed', count: 1, lastTimestamp: '2026-03-12T10:20:00Z' })
  const result = await call('kubernetes_describe_workload', { deployments: [deployment('web'), deployment('web-trial')], events: ['web-trial-7d9f8b6c5d-x2k4z', 'web-7d9f8b6c5d-x2k4z', 'web-0'].map(event) }, { workload: 'web' })
  expect(result.structured).toMatchObject({ events: [{ objects: ['web-7d9f8b6c5d-x2k4z'] }, { objects: ['web-0'] }] })
})

describe('errors of a workload’s pods', () => {
  const pods = ['a', 'b'].map((name) => podState({ metadata: { name, namespace: 'shop' }, spec: { containers: [], nodeName: `node-${name}` } }))
  const lines = (origin: string, level: 'error' | 'info', count: number) => Array.from({ length: count }, (_, index) => ({ at: `2026-03-12T10:0${index % 10}:00Z`, level, message: 'x', origin }))

  test('that are all of one pod name its node first', () => {
    const [signal] = originSignals([...lines('a', 'error', 8), ...lines('a', 'info', 5), ...lines('b', 'info', 5)], pods)
    expect(signal).toMatchObject({ kind: 'anomaly', severity: 2, text: 'All 8 errors are of pod a on node node-a; its 1 sibling wrote none.', entities: [{ kind: 'node', value: 'node-a' }, { kind: 'pod', value: 'a' }, { kind: 'namespace', value: 'shop' }] })
  })

  test('that are of several pods, or of the one that does all the work, say nothing', () => {
    expect(originSignals([...lines('a', 'error', 6), ...lines('b', 'error', 4)], pods)).toEqual([])
    expect(originSignals([...lines('a', 'error', 8), ...lines('a', 'info', 50), ...lines('b', 'info', 1)], pods)).toEqual([])
  })
})

describe('logs of a pod', () => {
  const pod = (name: string, node: string, more = {}) => ({
    metadata: { name, namespace: 'shop', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: name.slice(0, -6), uid: 'u', controller: true }] },
    spec: { nodeName: node, containers: [{ name: 'app' }] }, status: { phase: 'Running', ...more },
  })

  test('that share the name of another pod say on which node that one is', async () => {
    const log = Array.from({ length: 6 }, (_, index) => `2026-03-12T10:2${index}:00Z ERROR refused by=signer-7d9f8b6c5d-x2k4z`).join('\n')
    const pods = [pod('web-6d9f7c5b8-bcdfg', 'node-a'), pod('signer-7d9f8b6c5d-x2k4z', 'node-b'), pod('signer-7d9f8b6c5d-b9d7m', 'node-c')]
    const [shared] = (await call('kubernetes_pod_logs', { pods }, { pod: 'web-6d9f7c5b8-bcdfg', namespace: 'shop' }, log)).signals
    expect(shared).toMatchObject({ severity: 2, text: 'All 6 errors have by=signer-7d9f8b6c5d-x2k4z: that pod of signer is on node node-b, and its sibling is not named.' })
    expect(shared?.entities.slice(0, 2)).toMatchObject([{ kind: 'node', value: 'node-b' }, { kind: 'pod', value: 'signer-7d9f8b6c5d-x2k4z' }])
  })

  test('before its end hold its last line of work', async () => {
    const ended = { containerStatuses: [{ name: 'app', image: 'shop/web:1', imageID: '', ready: true, restartCount: 1, state: { running: {} }, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-03-12T10:20:00Z' } } }] }
    const result = await call('kubernetes_pod_previous_logs', { pods: [pod('web-6d9f7c5b8-bcdfg', 'node-a', ended)] }, { pod: 'web-6d9f7c5b8-bcdfg' }, '2026-03-12T10:19:00Z read lines=55498')
    expect(said(result)).toContain('state 1 Pod web-6d9f7c5b8-bcdfg’s last line of work before it ended: read lines=55498')
  })
})

test('a tag that is a commit is one', () => {
  expect(imageEntities('shop/web:sha-3f2b9c1').map(({ kind, value }) => `${kind}:${value}`)).toEqual(['image:shop/web:sha-3f2b9c1', 'commit:3f2b9c1'])
  expect(imageEntities('shop/web:20260312').map(({ kind }) => kind)).toEqual(['image'])
})

test.each([[['cpu limit 1 → 250m'], '2026-03-12T10:00:00Z', 2], [['memory limit 256Mi → 512Mi'], '2026-03-12T10:00:00Z', 1], [['memory limit 512Mi → 256Mi'], '2026-01-01T10:00:00Z', 0]])('the change %j at %s is as loud as %i', (changes, at, severity) => {
  expect(changeSeverity(changes, at, now)).toBe(severity)
})

test('a template’s bounds are context', () => {
  const container = { name: 'web', image: 'shop/web:1', command: [], env: [], envFrom: [], limits: { memory: '256Mi' }, requests: {}, probes: ['liveness GET /healthz port 8080, timeout 1 s, 3 failures'] }
  expect(templateSignals([container], 'Deployment web (shop)', [{ kind: 'workload', value: 'web' }])).toMatchObject([{ severity: 0, text: 'Deployment web (shop), container web: limits memory 256Mi; liveness GET /healthz port 8080, timeout 1 s, 3 failures.' }])
})
