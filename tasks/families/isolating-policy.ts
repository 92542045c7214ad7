import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { callerFiles, callerFrames } from '../../training/lab/world-builder/failing-calls.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly service: string
  readonly path: string
  /** Another service of the namespace, which has a policy of its own that is well. */
  readonly sibling: string
  readonly caller: string
  readonly callerNamespace: string
  readonly route: string
  readonly noun: string
  /** A second caller, which still gets through. */
  readonly friend: string
  readonly friendNamespace: string
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { namespace: 'pricing', service: 'discount-engine', path: '/v1/discounts', sibling: 'margin-report', caller: 'basket-api', callerNamespace: 'shopping', route: 'POST /basket', noun: 'discounts', friend: 'till-bridge', friendNamespace: 'pos', complaint: 'the basket hangs for a few seconds and then errors out. Tills in the stores are fine, so discounts cannot be dead' },
  { namespace: 'identity', service: 'consent-store', path: '/v1/consents', sibling: 'audit-trail', caller: 'newsletter-web', callerNamespace: 'marketing', route: 'POST /subscribe', noun: 'consents', friend: 'account-desk', friendNamespace: 'helpdesk', complaint: 'nobody can subscribe any more, the page spins and then says sorry. support sees consents all right in their own tool' },
  { namespace: 'fleet', service: 'position-index', path: '/v1/positions', sibling: 'trip-archive', caller: 'eta-api', callerNamespace: 'customer', route: 'POST /eta', noun: 'positions', friend: 'dispatch-board', friendNamespace: 'operations', complaint: 'Ankunftszeiten kommen nicht mehr, die Anfrage hängt und bricht dann ab. Die Disposition sieht alle Wagen ganz normal' },
  { namespace: 'catalogue', service: 'asset-lookup', path: '/v1/assets', sibling: 'label-writer', caller: 'page-renderer', callerNamespace: 'web', route: 'POST /render', noun: 'assets', friend: 'print-studio', friendNamespace: 'print', complaint: 'product pages time out while rendering, all of them. print-studio uses the same assets and has no trouble??' },
  { namespace: 'clinic', service: 'slot-finder', path: '/v1/slots', sibling: 'recall-letters', caller: 'booking-web', callerNamespace: 'portal', route: 'POST /bookings', noun: 'slots', friend: 'reception-desk', friendNamespace: 'frontdesk', complaint: 'online booking: every request for slots runs into a timeout. reception books away happily as if nothing was' },
]

/** What it lets in: pods of one other namespace, pods with a label, or nobody whom no other policy lets in. */
type Shape = 'namespace' | 'label' | 'nobody'

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly sibling: Service
  readonly caller: Service
  readonly friend: Service
  readonly onset: string
  readonly policy: string
  readonly label: { readonly key: string; readonly value: string }
  readonly innocent: string
  readonly other: string
}

const SERVER = "import { createServer } from './http.js'\nimport { answer } from './answer.js'\n\nconst server = createServer()\nserver.get('/healthz', () => ({ ok: true }))\nserver.post('/*', answer)\nawait server.listen(8080)\n"

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const shape = random.pick(['namespace', 'label', 'nobody'] as const)
  const onset = builder.ago(`${random.int(18, 75)}m`)
  const quiet = (name: string, namespace: string, description: string): Service => builder.service({ name, namespace, description, runs: 'kubernetes', replicas: 2, sentry: false, files: { 'src/server.js': SERVER } })
  const service = quiet(names.service, names.namespace, `Answers POST ${names.path} for several teams.`)
  const sibling = quiet(names.sibling, names.namespace, `Works on ${names.noun} in the background.`)
  const friend = quiet(names.friend, names.friendNamespace, `Asks ${names.service} as well.`)
  const caller = builder.service({
    name: names.caller, namespace: names.callerNamespace, description: 'What customers use.', runs: 'kubernetes', replicas: 2, dependsOn: [names.service],
    files: callerFiles({ ...names, variable: 'LOOKUP_URL' }), variables: { LOOKUP_URL: `http://${names.service}.${names.namespace}` },
  })
  for (const each of [service, sibling, friend, caller]) builder.deploy(each, { at: builder.daysAgo(random.int(9, 24)) })
  const other = builder.innocentDeploy(service, before(onset, `${random.int(2, 5)}h${random.int(1, 50)}m`)).sha
  const innocent = builder.innocentDeploy(caller, before(onset, `${random.int(4, 9)}m`)).sha
  const policy = random.pick([`${names.service}-lockdown`, 'ingress-baseline', `restrict-${names.service}`, `zero-trust-${names.namespace}`, 'only-known-callers'])
  return { names, shape, service, sibling, caller, friend, onset, policy, label: random.pick([{ key: 'access', value: names.noun }, { key: 'network-tier', value: 'trusted' }, { key: `may-call-${names.service}`, value: 'yes' }]), innocent, other }
}

const namespaced = (name: string): object => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } })
const onPort = (...from: readonly object[]): object => ({ from, ports: [{ protocol: 'TCP', port: 8080 }] })

/** The guilty one among policies of the neighbours, all of which let through what they must. */
function policies(builder: WorldBuilder, { names, shape, sibling, friend, onset, policy, label }: Cast): void {
  const { cluster, random } = builder
  const old = (): string => builder.daysAgo(random.int(60, 150))
  cluster.networkPolicy({ name: `${names.sibling}-callers`, namespace: names.namespace, at: old(), pods: { app: sibling.name }, ingress: [onPort(namespaced(names.callerNamespace), namespaced(names.friendNamespace))] })
  cluster.networkPolicy({ name: `${names.callerNamespace}-egress`, namespace: names.callerNamespace, at: old(), egress: [{ to: [{ namespaceSelector: {} }] }, { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }], ports: [{ protocol: 'TCP', port: 443 }] }] })
  const guilty = { name: policy, namespace: names.namespace, at: onset }
  if (shape === 'namespace') cluster.networkPolicy({ ...guilty, pods: { app: names.service }, ingress: [onPort(namespaced(names.friendNamespace))] })
  if (shape === 'label') {
    cluster.labelPods(friend, { [label.key]: label.value })
    cluster.networkPolicy({ ...guilty, pods: { app: names.service }, ingress: [onPort({ namespaceSelector: {}, podSelector: { matchLabels: { [label.key]: label.value } } })] })
  }
  if (shape === 'nobody') {
    cluster.networkPolicy({ name: `${names.friend}-may-ask`, namespace: names.namespace, at: old(), pods: { app: names.service }, ingress: [onPort(namespaced(names.friendNamespace))] })
    cluster.networkPolicy({ ...guilty, ingress: [] })
  }
}

function traffic(builder: WorldBuilder, { names, service, sibling, caller, friend, onset }: Cast): Story['asked'] {
  const { random } = builder
  const path = names.route.slice(5)
  const start = builder.ago('110m')
  for (const at of ticks(start, onset, '5m', random.next)) builder.log(service, { at, level: 'info', message: `POST ${names.path} 200 ${random.int(3, 28)}ms from=${caller.name}` })
  for (const at of ticks(start, builder.now, '6m', random.next)) builder.log(service, { at, level: 'info', message: `POST ${names.path} 200 ${random.int(3, 28)}ms from=${friend.name}` })
  for (const at of ticks(start, builder.now, '7m', random.next)) builder.log(friend, { at, level: 'info', message: `asked ${names.service}: 200 in ${random.int(5, 33)}ms` })
  for (const at of ticks(start, builder.now, '14m', random.next)) builder.log(sibling, { at, level: 'info', message: `batch of ${random.int(12, 90)} ${names.noun} done` })
  builder.http(caller, { from: start, to: onset, every: '5m', requests: [{ method: 'POST', path, status: 200, ms: [20, 140] }] })
  builder.http(caller, { from: after(onset, '20s'), to: builder.now, every: '4m', requests: [{ method: 'POST', path, status: 504, ms: [3001, 3040] }, { method: 'GET', path: '/healthz', status: 200, ms: [1, 4] }] })
  const [type, value] = random.pick([['TimeoutError', 'The operation was aborted due to timeout'], ['TypeError', `fetch failed: connect ETIMEDOUT ${addressOf(builder, service)}:80`]] as const)
  return builder.cluster.failingCalls(caller, {
    from: after(onset, '4s'), to: builder.now, every: '100s', route: names.route, target: { method: 'POST', url: `http://${names.service}.${names.namespace}${names.path}` },
    error: { type, value, ms: [3000, 3006], status: 'deadline_exceeded' }, frames: callerFrames(names.noun), sampledFrom: random.int(6, 20), tags: { upstream: names.service },
  })
}

function addressOf(builder: WorldBuilder, { name, namespace }: Service): string {
  const spec = builder.object('Service', name, namespace)['spec']
  return spec !== null && typeof spec === 'object' && 'clusterIP' in spec ? String(spec.clusterIP) : ''
}

function pages(builder: WorldBuilder, { names }: Cast): void {
  const [one, two] = builder.random.sample(builder.people, 2)
  builder.page('platform/traffic-inside.md', [
    '# Traffic inside the cluster', '', 'Pods may talk to pods, unless a NetworkPolicy selects the one that is called: from then on only what some policy lists gets in. Packets that nobody lists are dropped, not refused.', '',
    '| Policy | Namespace | Owner |', '| --- | --- | --- |', `| ${names.sibling}-callers | ${names.namespace} | ${one?.login ?? ''} |`, `| ${names.callerNamespace}-egress | ${names.callerNamespace} | ${two?.login ?? ''} |`, '',
    '- New ones come by pull request to the platform team. Ask every caller before, see the catalogue.', '- Probes of the kubelet get in whatever a policy says, so pods stay ready.',
  ])
  builder.page(`runbooks/${names.service}.md`, [`# ${names.service}`, '', `Asked by ${names.caller} (namespace ${names.callerNamespace}) and ${names.friend} (namespace ${names.friendNamespace}). Answers within 30 ms or is in trouble.`, '', '- Slow: look at its own lines first; it prints each request with the caller.'])
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, shape, policy, label, innocent, other } = cast
  builder.company({ since: '110m', railway: 1, kubernetes: 1 })
  const issue = traffic(builder, cast)
  policies(builder, cast)
  pages(builder, cast)
  const inside = {
    namespace: fact('let-in', 'the one namespace whose pods it lets in', [id(names.friendNamespace)]),
    label: fact('let-in', 'the label it asks of callers', [id(label.key), id(`${label.key}=${label.value}`)]),
    nobody: fact('let-in', 'the older policy, or namespace, by which the other caller still gets in', [id(`${names.friend}-may-ask`), id(names.friendNamespace)]),
  }[shape]
  return {
    asked: builder.random.chance(0.6) ? issue : names.complaint,
    answer: rootCause(
      { kind: 'policy', name: policy, accepts: [id(policy), id(`${names.namespace}/${policy}`)], within: [id(names.namespace), id(names.service), id(names.caller), pattern('\\b(?:networkpolicy|ingress|calls?|traffic|pods?)\\b')] },
      {
        required: [inside, fact('shut-out', 'from which namespace the caller that is cut off asks', [id(names.callerNamespace)])],
        forbidden: [
          fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
          fact('earlier-deploy', 'a deploy of the other side, hours before', [id(other)]),
          fact('near-twin', 'the policy of another service of that namespace', [id(`${names.sibling}-callers`)]),
        ],
      },
    ),
  }
}

/** A NetworkPolicy made by hand forgets one of the callers; its packets vanish while everything looks healthy. */
export const isolatingPolicy = defineFamily({
  slug: 'isolating-policy',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'One caller waits in vain, the other is served',
  motivation:
    'As soon as one policy selects a pod, everything that no policy lists is dropped without an answer, while probes and other callers go on; no event and no log tells of it (Kubernetes: network policies, https://kubernetes.io/docs/concepts/services-networking/network-policies/).',
  tell,
})
