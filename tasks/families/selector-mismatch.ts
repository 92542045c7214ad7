import { z } from 'zod'
import type { Answer } from '../../src/core/task.ts'
import type { SentryIssue } from '../../src/core/world/sentry.ts'
import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { callerFiles, callerFrames } from '../../training/lab/world-builder/failing-calls.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { changeForms, type MergedChange } from '../../training/lab/world-builder/merged-change.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly service: string
  readonly caller: string
  readonly route: string
  readonly path: string
  readonly noun: string
  readonly line: string
  /** A label as it was and as it is, key and value. */
  readonly labels: readonly [was: readonly [string, string], is: readonly [string, string]]
  /** A Service that has had nobody behind it since its workload was taken down. */
  readonly leftover: string
}

const NAMES: readonly Names[] = [
  { namespace: 'loyalty', service: 'points-api', caller: 'member-app', route: 'POST /points', path: '/v1/points', noun: 'points', line: 'ledger compacted entries=', labels: [['workload-tier', 'backend'], ['stack-layer', 'backend']], leftover: 'points-legacy' },
  { namespace: 'parking', service: 'slot-finder', caller: 'driver-app', route: 'POST /slots', path: '/v1/slots', noun: 'slots', line: 'sensors read count=', labels: [['app.kubernetes.io/component', 'api'], ['app.kubernetes.io/component', 'http']], leftover: 'slot-import' },
  { namespace: 'library', service: 'loan-desk', caller: 'reader-web', route: 'POST /loans', path: '/v1/loans', noun: 'loans', line: 'reminders planned count=', labels: [['served-by', 'node'], ['runtime-group', 'node']], leftover: 'fines-v1' },
  { namespace: 'harvest', service: 'yield-model', caller: 'farm-portal', route: 'POST /yields', path: '/v1/yields', noun: 'yields', line: 'weather refreshed stations=', labels: [['release-track', 'stable'], ['channel-name', 'stable']], leftover: 'soil-beta' },
  { namespace: 'tickets', service: 'seat-lock', caller: 'box-office', route: 'POST /holds', path: '/v1/holds', noun: 'holds', line: 'expired holds swept count=', labels: [['traffic-role', 'primary'], ['traffic-role', 'serving']], leftover: 'seat-lock-green' },
]

/** What was renamed: the pods' label, with a deploy of its own; the same, but live only with the next deploy; or what the Service asks for. */
type Shape = 'pods' | 'late' | 'front'

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly caller: Service
  readonly onset: string
  readonly guilty: MergedChange
  readonly innocent: string
  /** The label that the Service asks for and no pod bears. */
  readonly asked: readonly [string, string]
  readonly address: string
}

const STATE = 'cluster-state'
const MANIFEST = 'deploy/deployment.yaml'

const deployment = (name: string, [key, value]: readonly [string, string]): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    matchLabels: { app: ${name} }\n  template:\n    metadata:\n      labels:\n        app: ${name}\n        ${key}: ${value}\n    spec:\n      containers:\n        - name: ${name}\n          ports: [{ containerPort: 8080 }]\n`
const front = (name: string, [key, value]: readonly [string, string]): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    app: ${name}\n    ${key}: ${value}\n  ports: [{ name: http, port: 80, targetPort: 8080 }]\n`

const SERVER = "import { createServer } from './http.js'\n\nawait createServer().listen(8080)\n"

function stage(builder: WorldBuilder, names: Names): Pick<Cast, 'service' | 'caller'> {
  const { random } = builder
  const [was] = names.labels
  const service = builder.service({ name: names.service, description: `Keeps the ${names.noun}.`, runs: 'kubernetes', namespace: names.namespace, replicas: random.int(2, 3), sentry: false, files: { 'src/server.js': SERVER, [MANIFEST]: deployment(names.service, was) } })
  const caller = builder.service({ name: names.caller, description: 'What people use.', runs: 'railway', dependsOn: [names.service], variables: { UPSTREAM_URL: `http://${names.service}.${names.namespace}` }, files: callerFiles({ ...names, variable: 'UPSTREAM_URL' }) })
  for (const each of [service, caller]) builder.deploy(each, { at: builder.daysAgo(random.int(11, 21)) })
  builder.repository(STATE, {
    at: builder.daysAgo(280), description: 'Services, ingresses and policies of all namespaces.',
    files: { 'README.md': '# cluster-state\n\nWhat stands in front of workloads and between them. Applied within a minute of a merge. Deployments live beside their code.\n', [`${names.namespace}/${names.service}.yaml`]: front(names.service, was), [`${names.namespace}/${names.leftover}.yaml`]: front(names.leftover, was) },
  })
  leftBehind(builder, names)
  return { service, caller }
}

/** The Service of a workload that is gone: no endpoints either, and nobody calls it. */
function leftBehind(builder: WorldBuilder, { namespace, leftover, labels: [[key, value]] }: Names): void {
  builder.world.kubernetes.objects.push({
    apiVersion: 'v1', kind: 'Service',
    metadata: { name: leftover, namespace, uid: builder.random.uuid(), creationTimestamp: `${builder.daysAgo(240).slice(0, 19)}Z`, labels: { app: leftover } },
    spec: { type: 'ClusterIP', clusterIP: `10.43.${builder.random.int(1, 250)}.${builder.random.int(1, 250)}`, selector: { app: leftover, [key]: value }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
    status: { loadBalancer: {} },
  })
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const shape = random.pick<Shape>(['pods', 'late', 'front'])
  const [was, is] = names.labels
  const { service, caller } = stage(builder, names)
  builder.company({ since: '100m', railway: 1, kubernetes: 1 })
  const changed = builder.ago(`${random.int(22, 55)}m`)
  const title = random.pick(['Name labels as the platform guide does', 'One vocabulary for labels', 'Labels: follow-up of the naming round', 'Tidy up metadata'])
  const hours = `${random.int(4, 27)}h${random.int(1, 50)}m`
  const guilty = builder.cluster.mergeChange(shape === 'front' ? STATE : names.service, {
    at: before(changed, shape === 'late' ? hours : '70s'), title,
    files: shape === 'front' ? { [`${names.namespace}/${names.service}.yaml`]: front(names.service, is) } : { [MANIFEST]: deployment(names.service, is) },
  })
  const beside = builder.innocentDeploy(shape === 'late' ? service : caller, shape === 'pods' ? after(changed, '6s') : shape === 'late' ? changed : before(changed, `${random.int(3, 5)}m`))
  const release = shape === 'pods' ? builder.deploy(service, { at: changed, sha: guilty.sha }) : beside
  const onset = shape === 'front' ? changed : after(release.liveAt > beside.liveAt ? release.liveAt : beside.liveAt, '4s')
  builder.cluster.labelPods(service, Object.fromEntries([shape === 'front' ? was : is]))
  const asked = shape === 'front' ? is : was
  builder.cluster.selectPods(service, Object.fromEntries([asked]))
  const { clusterIP } = z.looseObject({ clusterIP: z.string() }).parse(builder.object('Service', names.service, names.namespace)['spec'])
  return { names, shape, service, caller, onset, guilty, innocent: beside.sha, asked, address: clusterIP }
}

/** Pods that are well and that nobody reaches any more. */
function silence(builder: WorldBuilder, { names, service, onset }: Cast): void {
  const { random } = builder
  builder.http(service, { from: builder.ago('100m'), to: onset, every: '4m', requests: [{ method: 'POST', path: names.path, status: 200, ms: [6, 80] }] })
  for (const at of ticks(builder.ago('100m'), builder.now, '7m', random.next)) builder.log(service, { at, level: 'info', message: `${names.line}${random.int(20, 900)}` })
  for (const at of ticks(after(onset, '3m'), builder.now, '5m', random.next)) builder.log(service, { at, level: 'info', message: 'GET /healthz 200 1ms kube-probe/1.31' })
}

function refusals(builder: WorldBuilder, { names, caller, onset, address }: Cast): SentryIssue {
  const { random } = builder
  const path = names.route.slice(5)
  builder.http(caller, { from: builder.ago('100m'), to: onset, every: '5m', requests: [{ method: 'POST', path, status: 200, ms: [20, 140] }] })
  builder.http(caller, { from: onset, to: builder.now, every: '3m', requests: [{ method: 'POST', path, status: 502, ms: [4, 14] }, { method: 'GET', path: '/', status: 200, ms: [4, 30] }] })
  return builder.cluster.failingCalls(caller, {
    from: after(onset, '5s'), to: builder.now, every: '110s', route: names.route, target: { method: 'POST', url: `http://${names.service}.${names.namespace}${names.path}` },
    error: { type: 'TypeError', value: `fetch failed: connect ECONNREFUSED ${address}:80`, ms: [1, 6], status: 'unavailable' },
    frames: callerFrames(names.noun), sampledFrom: random.int(6, 24), tags: { upstream: names.service },
  })
}

function answerOf({ names, shape, guilty, innocent, asked: [key, value] }: Cast): Answer {
  const file = shape === 'front' ? `${names.namespace}/${names.service}.yaml` : MANIFEST
  // Where only the value changed the key alone would say nothing.
  const label = names.labels[0][0] === names.labels[1][0] ? [pattern(`${key.replaceAll('.', '\\.')}.{1,40}\\b${value}\\b`)] : [id(key)]
  return rootCause(
    { kind: 'commit', name: guilty.sha, accepts: changeForms(guilty), within: [id(names.service), id(guilty.repository), id(file), id(names.namespace), id(key)] },
    {
      required: [
        fact('label', 'the label that the Service asks for and no pod bears', label),
        fact('empty', 'the Service has nobody behind it', [pattern('\\b(?:no|zero|0|without)(?: \\w+)? endpoints?\\b'), pattern('(?:match|select)\\w* (?:no|zero|0|none)\\b'), pattern('\\bno(?: \\w+)? pods?\\b')]),
      ],
      forbidden: [
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
        fact('near-twin', 'a Service that has been empty for long', [id(names.leftover)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, onset } = cast
  silence(builder, cast)
  const issue = refusals(builder, cast)
  builder.page('platform/services.md', [
    '# Services in the cluster', '', 'A Service finds its pods by labels: all pairs of its selector must stand on the pod, in the same namespace.', '',
    '- What a Deployment selects by cannot be changed afterwards; other labels of its pods can.', '- Deployments live beside their code, Services in `cluster-state`. A change under `deploy/` alone starts no deploy; it goes out with the next one.', '- A Service with no endpoints refuses connections at once; one whose pods hang lets callers wait.', `- ${names.leftover}: the workload was taken down last spring, the Service stayed for a firewall rule.`,
  ])
  builder.page(`runbooks/${names.service}.md`, [`# ${names.service}`, '', `Owns the ${names.noun}; has no cache in front of it.`, '', '- Health: `/healthz` on each pod. Traffic: `POST` lines in its log, a few a minute at any hour.'])
  const hour = onset.slice(11, 16)
  const asked = builder.random.chance(0.6) ? issue : builder.random.pick([
    `${names.route} in ${names.caller} fails at once with ECONNREFUSED since ${hour} UTC, every single time. the pods on the other side are up and happy?!`,
    `nobody can use ${names.noun} any more, connection refused. Restarting ${names.caller} did not help. who knows?`,
    `Bonjour, ${names.caller} refuse toutes les demandes ${names.noun} depuis ${hour} UTC (ECONNREFUSED). Quelqu'un peut regarder ?`,
  ])
  return { asked, answer: answerOf(cast) }
}

/** Labels are renamed on one side only: a Service selects no pod any more, and every pod is well. */
export const selectorMismatch = defineFamily({
  slug: 'selector-mismatch',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Connections are refused though all pods are ready',
  motivation:
    'A Service finds its pods by labels and nothing checks that it finds any: after a rename on one side its endpoints are empty, pods stay green, callers are refused (Kubernetes: debug services, https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpoints). The manifests stand in two repositories, and the deploy that makes it felt may be another one.',
  tell,
})
