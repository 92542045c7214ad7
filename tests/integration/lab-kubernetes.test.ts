import { ApiException, AppsV1Api, AuthorizationV1Api, CoreV1Api, DiscoveryV1Api, KubeConfig, Metrics, Watch } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, type Lab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const pod = 'dispatch-worker-6d9f7c5b8-fghij'
const namespace = 'dispatch'
let lab: Lab
let config: KubeConfig

beforeAll(async () => {
  lab = createLab(await loadWorld('tests/fixtures/world'))
  config = new KubeConfig()
  config.loadFromString((await lab.listen()).kubeconfig)
})
afterAll(() => lab.close())

/** The Status a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<{ code: number; reason: string; message: string }> {
  const error: unknown = await call.catch((reason: unknown) => reason)
  if (!(error instanceof ApiException)) throw new Error('The call was not refused.', { cause: error })
  return JSON.parse(String(error.body)) as { code: number; reason: string; message: string }
}

describe('the simulated Kubernetes, asked by Kubernetes\' own client', () => {
  it('lists, selects and pages', async () => {
    const core = config.makeApiClient(CoreV1Api)
    const first = await core.listNamespacedPod({ namespace, labelSelector: 'app in (dispatch-worker),!canary', limit: 1 })
    const token = first.metadata?._continue
    const second = await core.listNamespacedPod({ namespace, labelSelector: 'app in (dispatch-worker),!canary', limit: 1, ...(token !== undefined && { _continue: token }) })
    expect([first, second].flatMap(({ items }) => items.map(({ metadata }) => metadata?.name))).toEqual(['dispatch-worker-6d9f7c5b8-abcde', pod])
    expect(second.metadata?._continue).toBeUndefined()
    expect((await core.listPodForAllNamespaces({ fieldSelector: 'spec.nodeName=node-a,metadata.name!=' + pod })).items).toHaveLength(1)
  })

  it('ties events to their object and replica sets to their deployment by uid', async () => {
    const core = config.makeApiClient(CoreV1Api)
    const { metadata } = await core.readNamespacedPod({ namespace, name: pod })
    const events = await core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.uid=${metadata?.uid ?? ''}` })
    expect(events.items.map(({ reason }) => reason)).toEqual(['BackOff'])
    const apps = config.makeApiClient(AppsV1Api)
    const deployment = await apps.readNamespacedDeployment({ namespace, name: 'dispatch-worker' })
    const sets = await apps.listNamespacedReplicaSet({ namespace })
    expect(sets.items.map((set) => set.metadata?.ownerReferences?.[0]?.uid)).toEqual([deployment.metadata?.uid])
  })

  it('reads the log of a container and of its run before the last restart', async () => {
    const core = config.makeApiClient(CoreV1Api)
    expect(await core.readNamespacedPodLog({ namespace, name: pod })).toBe('consuming from broker.dispatch\n')
    expect(await core.readNamespacedPodLog({ namespace, name: pod, previous: true, timestamps: true })).toBe('2026-03-12T10:23:59.000000000Z Killed\n')
    expect(await core.readNamespacedPodLog({ namespace, name: pod, sinceSeconds: 60 })).toBe('')
    const calm = await refusal(core.readNamespacedPodLog({ namespace, name: 'dispatch-worker-6d9f7c5b8-abcde', previous: true }))
    expect(calm).toMatchObject({ code: 400, message: 'previous terminated container "worker" in pod "dispatch-worker-6d9f7c5b8-abcde" not found' })
  })

  it('derives the endpoints of a service from its pods: none for one that selects nothing', async () => {
    const slices = await config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace, labelSelector: 'kubernetes.io/service-name=broker' })
    expect(slices.items.map(({ endpoints }) => endpoints)).toEqual([[]])
  })

  it('measures pods where there is a metrics server, and has no such API where there is none', async () => {
    const { items } = await new Metrics(config).getPodMetrics(namespace)
    expect(items.map(({ containers }) => containers[0]?.usage)).toEqual([{ cpu: '120000000n', memory: '143360Ki' }, { cpu: '15000000n', memory: '257024Ki' }])
    const world = await loadWorld('tests/fixtures/world')
    const bare = createLab({ ...world, kubernetes: { ...world.kubernetes, metrics: null } })
    const response = await bare.fetch(`${bare.services.kubernetes.url}/apis/metrics.k8s.io/v1beta1/pods`)
    expect([response.status, await response.text()]).toEqual([404, '404 page not found\n'])
  })

  it('watches: first what is there, then nothing until the client leaves', async () => {
    const seen: string[] = []
    const watch = await new Watch(config).watch(`/api/v1/namespaces/${namespace}/pods`, { timeoutSeconds: 20 }, (phase) => seen.push(phase), () => seen.push('done'))
    await expect.poll(() => seen).toEqual(['ADDED', 'ADDED'])
    watch.abort()
    await expect.poll(() => seen).toEqual(['ADDED', 'ADDED', 'done'])
  })

  it('refuses Secrets and every write as RBAC does, and records the writes', async () => {
    const core = config.makeApiClient(CoreV1Api)
    expect(await refusal(core.listNamespacedSecret({ namespace }))).toMatchObject({ code: 403, reason: 'Forbidden' })
    expect(await refusal(core.deleteNamespacedPod({ namespace, name: pod }))).toMatchObject({ code: 403 })
    expect(await refusal(core.connectGetNamespacedPodExec({ namespace, name: pod, command: 'sh' }))).toMatchObject({ code: 403 })
    expect(await refusal(core.connectGetNodeProxy({ name: 'node-a' }))).toMatchObject({ code: 403 })
    expect(lab.recorder.writes().map(({ method, path }) => `${method} ${path.split('/').at(-1) ?? ''}`)).toEqual([`DELETE ${pod}`, 'GET exec', 'GET proxy'])
  })

  it('answers what its user may do', async () => {
    const review = config.makeApiClient(AuthorizationV1Api)
    const may = async (verb: string, resource: string, subresource = ''): Promise<boolean | undefined> => {
      const answer = await review.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { verb, resource, subresource, namespace } } } })
      return answer.status?.allowed
    }
    expect([await may('list', 'pods'), await may('get', 'pods', 'log'), await may('get', 'nodes')]).toEqual([true, true, true])
    expect([await may('get', 'secrets'), await may('delete', 'pods'), await may('create', 'pods', 'exec'), await may('get', 'nodes', 'proxy')]).toEqual([false, false, false, false])
  })

  it('understands a review that comes as protobuf, as Go clients send it', async () => {
    const field = (number: number, content: Uint8Array | string): Uint8Array => {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      return Uint8Array.from([number * 8 + 2, bytes.length, ...bytes])
    }
    const attributes = Uint8Array.from([...field(1, namespace), ...field(2, 'list'), ...field(5, 'pods')])
    const object = field(2, Uint8Array.from(field(2, Uint8Array.from(field(1, attributes)))))
    const { url, token } = lab.services.kubernetes
    const response = await lab.fetch(`${url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.kubernetes.protobuf' },
      body: Uint8Array.from([0x6b, 0x38, 0x73, 0, ...object]),
    })
    expect(await response.json()).toMatchObject({ spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace } }, status: { allowed: true } })
  })
})
