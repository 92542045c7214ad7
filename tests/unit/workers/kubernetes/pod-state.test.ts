import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../../workers/kubernetes/client.ts'
import { podSignals } from '../../../../workers/kubernetes/pod-signals.ts'
import { podState, podText } from '../../../../workers/kubernetes/pod-state.ts'

function pod(name: string, container: object, more: { status?: object; deletedAt?: Date; node?: string; image?: string } = {}): Pod {
  return {
    metadata: {
      name, namespace: 'shop', creationTimestamp: new Date('2026-03-12T10:00:00Z'), labels: { 'pod-template-hash': '6d9f7c5b8' },
      ...(more.deletedAt === undefined ? {} : { deletionTimestamp: more.deletedAt }),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'checkout-6d9f7c5b8', uid: 'u', controller: true }],
    },
    spec: { containers: [{ name: 'app', image: 'shop/checkout:4', resources: { limits: { memory: '256Mi' } } }], nodeName: more.node ?? 'node-a' },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', image: more.image ?? 'shop/checkout:4', imageID: '', ready: true, restartCount: 0, state: { running: {} }, ...container }], ...more.status },
  }
}

const killed = { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: new Date('2026-03-12T10:24:00Z') } }

describe('the state of a pod', () => {
  test('names the Deployment behind the ReplicaSet, the waiting reason and the last exit', () => {
    const state = podState(pod('checkout-6d9f7c5b8-fghij', { ready: false, restartCount: 12, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: killed }))
    expect(state).toMatchObject({ workload: 'checkout', status: 'CrashLoopBackOff', ready: '0/1', restarts: 12 })
    expect(state.containers[0]?.lastTermination).toEqual({ reason: 'OOMKilled', exitCode: 137, at: '2026-03-12T10:24:00Z', message: null })
    expect(podText(state)).toContain('last ended OOMKilled exit 137 at 2026-03-12 10:24:00Z')
  })

  test('says Terminating while a pod is being deleted', () => {
    expect(podState(pod('checkout-6d9f7c5b8-fghij', {}, { deletedAt: new Date() })).status).toBe('Terminating')
  })
})

describe('signals of pods', () => {
  test('fold the same trouble of one workload into one signal', () => {
    const states = ['fghij', 'klmnp'].map((suffix) => podState(pod(`checkout-6d9f7c5b8-${suffix}`, { ready: false, restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: killed })))
    const [signal, ...others] = podSignals(states, 'namespace shop')
    expect(others).toEqual([])
    expect(signal).toMatchObject({ kind: 'state', severity: 3, count: 10, at: '2026-03-12T10:24:00Z' })
    expect(signal?.text).toContain('2 of 2 pods: container app was OOMKilled (exit 137) at its 256Mi memory limit, now CrashLoopBackOff; 10 restarts')
    expect(signal?.entities).toContainEqual({ kind: 'workload', value: 'checkout' })
  })

  test('carry the name that a failed start complains about', () => {
    const state = podState(pod('checkout-6d9f7c5b8-fghij', { ready: false, state: { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "checkout-setings" not found' } } }))
    expect(podSignals([state], 'namespace shop')[0]?.entities).toContainEqual({ kind: 'config_map', value: 'checkout-setings' })
  })

  test('say why a pod is not scheduled', () => {
    const pending = pod('checkout-6d9f7c5b8-fghij', {}, { status: { phase: 'Pending', containerStatuses: [], conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient memory.' }] } })
    expect(podSignals([podState(pending)], 'all')[0]).toMatchObject({ severity: 3, text: expect.stringContaining('Insufficient memory') })
  })

  test('lead with the Secret that a container waits for, and say since when', () => {
    const state = podState(pod('checkout-6d9f7c5b8-fghij', { ready: false, state: { waiting: { reason: 'CreateContainerConfigError', message: "couldn't find key dsn in Secret shop/provider" } } }))
    expect(podSignals([state], 'all')[0]).toMatchObject({
      at: '2026-03-12T10:00:00Z', text: expect.stringContaining('CreateContainerConfigError: Secret provider has no key dsn since 2026-03-12 10:00:00Z'), entities: expect.arrayContaining([{ kind: 'variable', value: 'dsn' }]),
    })
    expect(podSignals([state], 'all')[0]?.entities[0]).toEqual({ kind: 'credential', value: 'provider' })
  })

  test('are quiet about an end of days ago after which the pod runs', () => {
    const state = podState(pod('checkout-6d9f7c5b8-fghij', { restartCount: 1, lastState: killed }))
    expect(podSignals([state], 'all', new Date('2026-03-12T11:00:00Z'))[0]?.severity).toBe(3)
    expect(podSignals([state], 'all', new Date('2026-03-16T11:00:00Z'))[0]).toMatchObject({ severity: 1, text: expect.stringContaining('4 d ago, and it runs since') })
  })

  test('name two versions of one workload, and which of them is in trouble', () => {
    const states = [podState(pod('checkout-6d9f7c5b8-abcde', {})), podState(pod('checkout-6d9f7c5b8-fghij', { ready: false, state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "shop/checkout:5"' } } }, { image: 'shop/checkout:5' }))]
    const [stuck, mixed] = podSignals(states, 'all')
    expect(stuck).toMatchObject({ text: expect.stringContaining('image shop/checkout:5 cannot be pulled') })
    expect(stuck?.entities[0]).toEqual({ kind: 'image', value: 'shop/checkout:5' })
    expect(mixed).toMatchObject({ severity: 1, text: 'checkout (shop) runs 2 versions: 1 run shop/checkout:4, 1 run shop/checkout:5 (in trouble).' })
  })

  test('point at the node that all troubled pods share', () => {
    const unready = ['fghij', 'klmnp'].map((suffix) => podState(pod(`checkout-6d9f7c5b8-${suffix}`, { ready: false })))
    const well = ['abcde', 'bcdef'].map((suffix) => podState(pod(`checkout-6d9f7c5b8-${suffix}`, {}, { node: 'node-b' })))
    expect(podSignals([...unready, ...well], 'all')[0]).toMatchObject({ kind: 'anomaly', text: 'All 2 pods in trouble (checkout) are on node node-a; 2 pods on other nodes are well.' })
  })

  test('tell evictions of a node as one, led by who used the most', () => {
    const evicted = (name: string, used: string) => podState(pod(name, {}, { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [], message: `The node was low on resource: ephemeral-storage. Threshold quantity: 10726250905, available: 10234492Ki. Container app was using ${used}, request is 0, has larger consumption of ephemeral-storage. ` } }))
    const [together] = podSignals([evicted('checkout-6d9f7c5b8-fghij', '449Ki'), evicted('checkout-6d9f7c5b8-klmnp', '80370760Ki')], 'all')
    expect(together).toMatchObject({ severity: 3, count: 2, text: 'checkout used the most ephemeral-storage of node node-a, 80370760Ki (76.6 GiB) (request 0): 2 pods evicted (checkout ×2).' })
  })

  test('are one healthy statement when every pod runs and is ready', () => {
    expect(podSignals([podState(pod('checkout-6d9f7c5b8-abcde', {}))], 'namespace shop')).toMatchObject([{ kind: 'healthy', severity: 0 }])
  })

  test('do not call a pod that ended well and stays ended a problem', () => {
    const done = pod('report-1-abcde', { ready: false, state: { terminated: { reason: 'Completed', exitCode: 0 } } }, { status: { phase: 'Succeeded' } })
    expect(podSignals([podState(done)], 'all')).toMatchObject([{ kind: 'healthy' }])
  })
})
