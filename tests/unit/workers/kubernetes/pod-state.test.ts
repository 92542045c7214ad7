import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../../workers/kubernetes/client.ts'
import { podSignals, podState, podText } from '../../../../workers/kubernetes/pod-state.ts'

function pod(name: string, container: object, more: { status?: object; deletedAt?: Date } = {}): Pod {
  return {
    metadata: {
      name, namespace: 'shop', creationTimestamp: new Date('2026-03-12T10:00:00Z'), labels: { 'pod-template-hash': '6d9f7c5b8' },
      ...(more.deletedAt === undefined ? {} : { deletionTimestamp: more.deletedAt }),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'checkout-6d9f7c5b8', uid: 'u', controller: true }],
    },
    spec: { containers: [{ name: 'app', image: 'shop/checkout:4' }], nodeName: 'node-a' },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', image: 'shop/checkout:4', imageID: '', ready: true, restartCount: 0, state: { running: {} }, ...container }], ...more.status },
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
    expect(signal?.text).toContain('2 of 2 pods: container app was OOMKilled (exit 137), now CrashLoopBackOff')
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

  test('are one healthy statement when every pod runs and is ready', () => {
    expect(podSignals([podState(pod('checkout-6d9f7c5b8-abcde', {}))], 'namespace shop')).toMatchObject([{ kind: 'healthy', severity: 0 }])
  })

  test('do not call a pod that ended well and stays ended a problem', () => {
    const done = pod('report-1-abcde', { ready: false, state: { terminated: { reason: 'Completed', exitCode: 0 } } }, { status: { phase: 'Succeeded' } })
    expect(podSignals([podState(done)], 'all')).toMatchObject([{ kind: 'healthy' }])
  })
})
