import {
  ApiException, AppsV1Api, AutoscalingV2Api, BatchV1Api, CoreV1Api, createConfiguration, CustomObjectsApi, DiscoveryV1Api, KubeConfig, NetworkingV1Api, PolicyV1Api, ResponseContext,
  ServerConfiguration, wrapHttpLibrary,
} from '@kubernetes/client-node'
import type { Cluster, SecurityAuthentication, V1ConfigMap, V1ControllerRevision, V1CronJob, V1Job, V1Namespace, V1Node, V1Pod, V1ReplicaSet, V1Service } from '@kubernetes/client-node'
import type { CoreV1Event, V1Container, V1ContainerStatus, V1DaemonSet, V1Deployment, V1EndpointSlice, V1PodSpec, V1StatefulSet } from '@kubernetes/client-node'
import type { V1Ingress, V1LimitRange, V1NetworkPolicy, V1PersistentVolumeClaim, V1PodDisruptionBudget, V1ResourceQuota, V2HorizontalPodAutoscaler, V2MetricSpec, V2MetricStatus } from '@kubernetes/client-node'
import { z } from 'zod'
import { ConfigurationError, FailureError, fail } from '../../src/core/errors.ts'
import { failureOfStatus } from '../kit/failure-of.ts'
import { createScopes } from './namespaces.ts'
import type { Page, Scope } from './namespaces.ts'

export type {
  CoreV1Event as Event, V1ConfigMap as ConfigMap, V1Container as Container, V1ContainerStatus as ContainerStatus, V1ControllerRevision as ControllerRevision,
  V1CronJob as CronJob, V1DaemonSet as DaemonSet, V1Deployment as Deployment, V1EndpointSlice as EndpointSlice, V1Ingress as Ingress, V1Job as Job,
  V1LimitRange as LimitRange, V1Namespace as Namespace, V1NetworkPolicy as NetworkPolicy, V1Node as Node, V1PersistentVolumeClaim as VolumeClaim, V1Pod as Pod,
  V1PodDisruptionBudget as DisruptionBudget, V1PodSpec as PodSpec, V1ReplicaSet as ReplicaSet, V1ResourceQuota as ResourceQuota, V1Service as Service,
  V1StatefulSet as StatefulSet, V2HorizontalPodAutoscaler as Autoscaler, V2MetricSpec as MetricSpec, V2MetricStatus as MetricStatus,
}

/** How the cluster is reached: an address with a ServiceAccount's token, or a kubeconfig without exec plugins. */
export const KubernetesConnection = z
  .object({
    url: z.url().optional(),
    token: z.string().min(1).optional(),
    /** PEM of the cluster's certificate authority, where it is not publicly trusted. */
    certificateAuthority: z.string().optional(),
    /** The text of a kubeconfig; its current context is used. */
    kubeconfig: z.string().optional(),
    /** Namespaces the worker may look into; all when empty. */
    namespaces: z.array(z.string()).default([]),
    /** A console with `/namespaces/<ns>/<kind>/<name>` pages; without it, results carry no links. */
    webUrl: z.url().optional(),
  })
  .refine((connection) => connection.kubeconfig !== undefined || (connection.url !== undefined && connection.token !== undefined), {
    message: 'Give either a kubeconfig, or url and token.',
  })
export type KubernetesConnection = z.output<typeof KubernetesConnection>

const PodMetrics = z.object({
  items: z.array(z.object({
    metadata: z.object({ name: z.string(), namespace: z.string() }),
    containers: z.array(z.object({ name: z.string(), usage: z.object({ cpu: z.string(), memory: z.string() }) })),
  })),
})
export type PodMetrics = z.infer<typeof PodMetrics>['items'][number]

const NodeMetrics = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }), usage: z.object({ cpu: z.string(), memory: z.string() }) })) })
export type NodeMetrics = z.infer<typeof NodeMetrics>['items'][number]

const PAGE = 500

interface ListOptions {
  readonly scope: Scope
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly pages?: number
}

export type KubernetesClient = ReturnType<typeof createKubernetesClient>

/** The cluster's API over `guarded`. Lists are pages; a service's error becomes a `FailureError` in our words. */
export function createKubernetesClient(connection: KubernetesConnection, guarded: typeof fetch) {
  const configuration = createConfiguration(configurationOf(connection, guarded))
  const core = new CoreV1Api(configuration)
  const apps = new AppsV1Api(configuration)
  const batch = new BatchV1Api(configuration)
  const discovery = new DiscoveryV1Api(configuration)
  const autoscaling = new AutoscalingV2Api(configuration)
  const policy = new PolicyV1Api(configuration)
  const networking = new NetworkingV1Api(configuration)
  const custom = new CustomObjectsApi(configuration)
  const scopes = createScopes(connection.namespaces)
  return {
    webUrl: connection.webUrl,
    scopes,
    pods: lister<V1Pod>((query) => core.listPodForAllNamespaces(query), (query) => core.listNamespacedPod(query)),
    events: lister<CoreV1Event>((query) => core.listEventForAllNamespaces(query), (query) => core.listNamespacedEvent(query)),
    services: lister<V1Service>((query) => core.listServiceForAllNamespaces(query), (query) => core.listNamespacedService(query)),
    configMaps: lister<V1ConfigMap>((query) => core.listConfigMapForAllNamespaces(query), (query) => core.listNamespacedConfigMap(query)),
    endpointSlices: lister<V1EndpointSlice>((query) => discovery.listEndpointSliceForAllNamespaces(query), (query) => discovery.listNamespacedEndpointSlice(query)),
    deployments: lister<V1Deployment>((query) => apps.listDeploymentForAllNamespaces(query), (query) => apps.listNamespacedDeployment(query)),
    statefulSets: lister<V1StatefulSet>((query) => apps.listStatefulSetForAllNamespaces(query), (query) => apps.listNamespacedStatefulSet(query)),
    daemonSets: lister<V1DaemonSet>((query) => apps.listDaemonSetForAllNamespaces(query), (query) => apps.listNamespacedDaemonSet(query)),
    replicaSets: lister<V1ReplicaSet>((query) => apps.listReplicaSetForAllNamespaces(query), (query) => apps.listNamespacedReplicaSet(query)),
    cronJobs: lister<V1CronJob>((query) => batch.listCronJobForAllNamespaces(query), (query) => batch.listNamespacedCronJob(query)),
    jobs: lister<V1Job>((query) => batch.listJobForAllNamespaces(query), (query) => batch.listNamespacedJob(query)),
    controllerRevisions: lister<V1ControllerRevision>((query) => apps.listControllerRevisionForAllNamespaces(query), (query) => apps.listNamespacedControllerRevision(query)),
    autoscalers: lister<V2HorizontalPodAutoscaler>((query) => autoscaling.listHorizontalPodAutoscalerForAllNamespaces(query), (query) => autoscaling.listNamespacedHorizontalPodAutoscaler(query)),
    disruptionBudgets: lister<V1PodDisruptionBudget>((query) => policy.listPodDisruptionBudgetForAllNamespaces(query), (query) => policy.listNamespacedPodDisruptionBudget(query)),
    ingresses: lister<V1Ingress>((query) => networking.listIngressForAllNamespaces(query), (query) => networking.listNamespacedIngress(query)),
    networkPolicies: lister<V1NetworkPolicy>((query) => networking.listNetworkPolicyForAllNamespaces(query), (query) => networking.listNamespacedNetworkPolicy(query)),
    volumeClaims: lister<V1PersistentVolumeClaim>((query) => core.listPersistentVolumeClaimForAllNamespaces(query), (query) => core.listNamespacedPersistentVolumeClaim(query)),
    resourceQuotas: lister<V1ResourceQuota>((query) => core.listResourceQuotaForAllNamespaces(query), (query) => core.listNamespacedResourceQuota(query)),
    limitRanges: lister<V1LimitRange>((query) => core.listLimitRangeForAllNamespaces(query), (query) => core.listNamespacedLimitRange(query)),
    /** Those the worker may look into, whatever the cluster has besides. */
    namespaces: async (): Promise<Page<V1Namespace>> => {
      const { items, ...page } = clusterPage(await readList('namespaces', core.listNamespace({ limit: PAGE })))
      return { ...page, items: items.filter((item) => scopes.sees(item.metadata?.name ?? '')) }
    },
    /** The log's text, each line led by its time; `limitBytes` bounds it at the source. */
    podLog: (namespace: string, name: string, options: { container?: string; previous?: boolean; sinceSeconds?: number; tailLines: number; limitBytes: number }) =>
      read(`logs of pod ${name}`, core.readNamespacedPodLog({ namespace, name, timestamps: true, ...options })),
    nodes: async (): Promise<Page<V1Node>> => clusterPage(await readList('nodes', core.listNode({ limit: PAGE }))),
    /** Undefined when the cluster has no metrics server. */
    podMetrics: (scope: Scope): Promise<PodMetrics[] | undefined> => {
      const api = { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods' }
      return unlessAbsent(async () => {
        const answers = await Promise.all(scope.namespaces.map((namespace) => read('pod metrics', namespace === null ? custom.listCustomObjectForAllNamespaces({ ...api, resourcePlural: 'pods' }) : custom.listNamespacedCustomObject({ ...api, namespace }))))
        return answers.flatMap((answer) => PodMetrics.parse(answer).items)
      })
    },
    /** Undefined when the cluster has no metrics server. */
    nodeMetrics: (): Promise<NodeMetrics[] | undefined> =>
      unlessAbsent(async () => NodeMetrics.parse(await read('node metrics', custom.listClusterCustomObject({ group: 'metrics.k8s.io', version: 'v1beta1', plural: 'nodes' }))).items),
  }
}

/** What `ask` brings, or undefined where that API is not served: 404, or 500 and 503 when its server is registered but away. */
async function unlessAbsent<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof FailureError && (error.failure.kind === 'not_found' || error.failure.kind === 'unavailable')) return undefined
    throw error
  }
}

interface Query {
  limit: number
  labelSelector?: string
  fieldSelector?: string
  _continue?: string
}
type Answer<T> = Promise<{ items: T[]; metadata?: { _continue?: string } }>

/** The one page that is read of what belongs to no namespace; a cluster seldom has more. */
function clusterPage<T>({ items, metadata }: Awaited<Answer<T>>): Page<T> {
  return { items, truncated: (metadata?._continue ?? '') !== '', cursor: undefined }
}

/**
 * A list over all namespaces or over named ones: `pages` pages of each, one unless given. A cursor comes back where the list was one
 * request after another and more is left.
 */
function lister<T>(inAll: (query: Query) => Answer<T>, inOne: (query: Query & { namespace: string }) => Answer<T>) {
  return async ({ scope, labelSelector, fieldSelector, limit = PAGE, cursor, pages = 1 }: ListOptions): Promise<Page<T>> => {
    const query = { limit, ...(labelSelector === undefined ? {} : { labelSelector }), ...(fieldSelector === undefined ? {} : { fieldSelector }) }
    const listOne = async (namespace: string | null) => {
      const items: T[] = []
      let next = cursor
      for (let page = 0; page < pages && (page === 0 || next !== undefined); page += 1) {
        const from = next === undefined ? query : { ...query, _continue: next }
        // Each page's address is in the one before.
        const answer = await readList('that list', namespace === null ? inAll(from) : inOne({ ...from, namespace }))
        items.push(...answer.items)
        next = answer.metadata?._continue === '' ? undefined : answer.metadata?._continue
      }
      return { items, next }
    }
    const lists = await Promise.all(scope.namespaces.map(listOne))
    const next = lists.map((list) => list.next).find((value) => value !== undefined)
    return { items: lists.flatMap((list) => list.items), truncated: next !== undefined, cursor: lists.length === 1 ? next : undefined }
  }
}

/** The address of the connection's API server. Throws a `ConfigurationError` for a kubeconfig without a current cluster. */
export function serverOf(connection: KubernetesConnection): string {
  return clusterOf(kubeConfigOf(connection)).server
}

/** `answer`, its error told in our words: what was asked for, and what the status means. */
async function read<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiException && typeof error.code === 'number') throw new FailureError(failureOfStatus(error.code, 'Kubernetes', { what }))
    if (error instanceof SyntaxError) fail('bad_response', `Kubernetes answered ${what} with JSON that ends early or is broken.`)
    throw error
  }
}

/** A list that is one: every object of the API has metadata, and the client takes whatever comes for objects. */
async function readList<T>(what: string, asked: Answer<T>): Answer<T> {
  const answer = await read(what, asked)
  const { items }: { items?: unknown } = answer ?? {}
  const isList = Array.isArray(items) && items.every((item: { metadata?: unknown } | null) => typeof item?.metadata === 'object' && item.metadata !== null)
  return isList ? answer : fail('bad_response', `Kubernetes answered ${what} with something that is no list of its objects.`)
}

function configurationOf(connection: KubernetesConnection, guarded: typeof fetch): Parameters<typeof createConfiguration>[0] {
  const config = kubeConfigOf(connection)
  const cluster = clusterOf(config)
  const user = config.getCurrentUser()
  // Certificates and passwords need the vendor's own way of connecting, which refuses plain HTTP; a token alone needs nothing but a header.
  const certificates = cluster.skipTLSVerify || [cluster.caData, cluster.caFile, user?.certData, user?.certFile, user?.username].some((given) => given !== undefined)
  const bearer: SecurityAuthentication = {
    getName: () => 'bearer token',
    applySecurityAuthentication: (request) => {
      if (user?.token !== undefined) request.setHeaderParam('Authorization', `Bearer ${user.token}`)
    },
  }
  return {
    baseServer: new ServerConfiguration(cluster.server.replace(/\/$/, ''), {}),
    authMethods: { default: certificates ? config : bearer },
    httpApi: wrapHttpLibrary({
      async send(request) {
        const body = request.getBody()
        const dispatcher = request.getDispatcher()
        const init = {
          method: request.getHttpMethod(),
          headers: request.getHeaders() as Record<string, string>,
          ...(typeof body === 'string' ? { body } : {}),
          ...(dispatcher === undefined ? {} : { dispatcher }),
        }
        // `dispatcher` is undici’s own option; the platform’s types do not know it.
        const response = await guarded(request.getUrl(), init as object)
        if (response.ok && response.headers.get('content-type')?.includes('html') === true) {
          fail('bad_response', 'Kubernetes answered with a web page instead of JSON: its address may be wrong, or a proxy or login page stands before it.')
        }
        return new ResponseContext(response.status, Object.fromEntries(response.headers), {
          text: () => response.text(),
          binary: async () => Buffer.from(await response.arrayBuffer()),
          stream: () => response.body,
        })
      },
    }),
  }
}

function clusterOf(config: KubeConfig): Cluster {
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new ConfigurationError(['The kubeconfig names no current cluster: set current-context.'])
  return cluster
}

function kubeConfigOf({ url, token, certificateAuthority, kubeconfig }: KubernetesConnection): KubeConfig {
  const config = new KubeConfig()
  if (kubeconfig === undefined) {
    const cluster = { name: 'cluster', server: url ?? '', skipTLSVerify: false, ...(certificateAuthority === undefined ? {} : { caData: Buffer.from(certificateAuthority).toString('base64') }) }
    config.loadFromClusterAndUser(cluster, { name: 'reader', ...(token === undefined ? {} : { token }) })
    return config
  }
  config.loadFromString(kubeconfig)
  const user = config.getCurrentUser()
  if (user?.exec !== undefined || user?.authProvider !== undefined) {
    throw new ConfigurationError([
      'The kubeconfig starts a program to log in, which this worker never does: create the ServiceAccount of deploy/kubernetes/read-only.yaml and use its token.',
    ])
  }
  return config
}
