import type { Form } from '../../src/core/task.ts'
import { fact, id, pattern, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks, wholeSecond } from '../../training/lab/world-builder/moments.ts'
import { sampled } from '../../training/lab/world-builder/sentry.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly service: string
  readonly route: string
  readonly noun: string
  /** Whom the service asks, outside of the cluster. */
  readonly host: string
  /** Of another team; one of its pods shares the node. */
  readonly neighbour: string
  readonly neighbourNamespace: string
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { namespace: 'payments', service: 'payout-api', route: 'POST /payouts', noun: 'payout', host: 'settle.bankrail.example', neighbour: 'mail-merge', neighbourNamespace: 'crm', complaint: 'payouts fail about one time in three. pressing the button again mostly helps, we cannot see a pattern in customers or amounts' },
  { namespace: 'travel', service: 'fare-search', route: 'POST /fares', noun: 'fares', host: 'gds.airfeed.example', neighbour: 'seat-map', neighbourNamespace: 'booking', complaint: 'fare search is a lottery since a while: every second or third search dies, same query works a moment later' },
  { namespace: 'energy', service: 'meter-intake', route: 'POST /readings', noun: 'readings', host: 'grid.netzdaten.example', neighbour: 'tariff-calc', neighbourNamespace: 'billing', complaint: 'Zählerstände gehen bei einem Teil der Anfragen nicht durch. Wiederholen hilft meistens, wir sehen kein Muster' },
  { namespace: 'library', service: 'loan-desk', route: 'POST /loans', noun: 'loan', host: 'cards.unionpass.example', neighbour: 'cover-scan', neighbourNamespace: 'media', complaint: 'loans at the counter fail on and off, a colleague beside me succeeds with the same card in the same second' },
  { namespace: 'ads', service: 'bid-router', route: 'POST /bids', noun: 'bid', host: 'exchange.adspool.example', neighbour: 'pixel-store', neighbourNamespace: 'tracking', complaint: 'a stable share of our bids errors out, nothing like an outage though. looks random to me' },
]

/** What is wrong with the node, as its kernel says it, and how it feels in a pod. */
interface Sickness {
  readonly condition: string
  readonly reason: string
  readonly kernel: string
  readonly error: readonly [string, string]
  readonly ms: readonly [number, number]
  readonly said: readonly Form[]
}

function sicknesses({ random }: WorldBuilder): readonly Sickness[] {
  const address = `198.51.100.${random.int(3, 250)}:443`
  const queue = random.int(0, 7)
  const task = random.int(210, 990)
  return [
    { condition: 'ConntrackFull', reason: 'ConntrackFull', kernel: 'nf_conntrack: nf_conntrack: table full, dropping packet', error: ['TypeError', `fetch failed: connect ETIMEDOUT ${address}`], ms: [4900, 5100], said: [id('ConntrackFull'), id('nf_conntrack'), pattern('\\bconntrack\\b|connection[- ]tracking')] },
    { condition: 'NetworkCardProblem', reason: 'NetdevTimeout', kernel: `NETDEV WATCHDOG: eth0 (ena): transmit queue ${queue} timed out ${random.int(5050, 5900)} ms`, error: ['TypeError', 'fetch failed: read ECONNRESET'], ms: [90, 2900], said: [id('NetdevTimeout'), words('NETDEV WATCHDOG'), pattern('transmit queue|\\beth0\\b'), id('NetworkCardProblem')] },
    { condition: 'KernelDeadlock', reason: 'TaskHung', kernel: `task jbd2/nvme0n1p1-:${task} blocked for more than 120 seconds.`, error: ['SpoolTimeout', 'write to the spool took longer than 5000 ms'], ms: [5000, 5040], said: [id('TaskHung'), id('KernelDeadlock'), pattern('jbd2|blocked for more than|nvme0n1')] },
  ]
}

interface Cast {
  readonly names: Names
  readonly sick: Sickness
  readonly service: Service
  readonly neighbour: Service
  readonly onset: string
  readonly node: string
  /** A node whose kubelet was restarted lately and warned of nothing that matters. */
  readonly twin: string
  readonly pod: string
  readonly innocent: string
  readonly other: string
}

const filesOf = ({ route, noun, host }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { take } from './take.js'\n\nconst server = createServer()\nserver.post('${route.slice(5)}', take)\nawait server.listen(8080)\n`,
  'src/take.js': `import { spool } from './spool.js'\n\nexport async function take(request, reply) {\n  await spool('${noun}', request.body)\n  const response = await fetch('https://${host}/v2/${noun}', { method: 'POST', body: JSON.stringify(request.body) })\n  return reply.status(response.status).json(await response.json())\n}\n`,
  'src/spool.js': "import { appendFile } from 'node:fs/promises'\n\nexport class SpoolTimeout extends Error {}\nconst PATIENCE_MS = 5000\n\nexport async function spool(kind, body) {\n  const late = setTimeout(() => {}, PATIENCE_MS)\n  const written = appendFile(`/tmp/${kind}.ndjson`, JSON.stringify(body))\n  const first = await Promise.race([written, new Promise((done) => setTimeout(done, PATIENCE_MS, 'late'))])\n  clearTimeout(late)\n  if (first === 'late') throw new SpoolTimeout(`write to the spool took longer than ${PATIENCE_MS} ms`)\n}\n",
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const sick = random.pick(sicknesses(builder))
  const onset = builder.ago(`${random.int(22, 85)}m`)
  const service = builder.service({ name: names.service, namespace: names.namespace, description: `Takes each ${names.noun} and passes it on to ${names.host}.`, runs: 'kubernetes', replicas: 3, files: filesOf(names) })
  const neighbour = builder.service({ name: names.neighbour, namespace: names.neighbourNamespace, description: 'Something else altogether.', runs: 'kubernetes', replicas: 2, sentry: false, files: filesOf({ ...names, noun: 'item' }) })
  builder.deploy(service, { at: builder.daysAgo(random.int(8, 19)) })
  builder.deploy(neighbour, { at: builder.daysAgo(random.int(8, 19)) })
  const other = builder.innocentDeploy(neighbour, before(onset, `${random.int(3, 9)}h`)).sha
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(4, 10)}m`)).sha
  const [node = '', twin = '', third = ''] = random.sample(builder.world.kubernetes.objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name), 3)
  const spread = (of: Service, on: readonly string[]): string[] =>
    (of.releases.at(-1)?.pods ?? []).map((pod, index) => {
      Object.assign(builder.object('Pod', pod, of.namespace)['spec'] ?? {}, { nodeName: on[index] })
      return pod
    })
  const [pod = ''] = spread(service, [node, twin, third])
  spread(neighbour, [node, random.pick([twin, third])])
  return { names, sick, service, neighbour, onset, node, twin, pod, innocent, other }
}

/** What the nodes say: the kernel's complaint again and again on one, what any restarted kubelet says on another. */
function nodesSay(builder: WorldBuilder, { sick, onset, node, twin }: Cast): void {
  const { random } = builder
  const from = { kind: 'Node', namespace: 'default' }
  const lately = before(builder.now, `${random.int(15, 100)}s`)
  builder.event({ ...from, at: lately, firstAt: onset, name: node, type: 'Warning', reason: sick.reason, message: sick.kernel, count: random.int(9, 64) })
  const restarted = builder.ago(`${random.int(14, 50)}m`)
  builder.event({ ...from, at: restarted, name: twin, reason: 'Starting', message: 'Starting kubelet.' })
  builder.event({ ...from, at: after(restarted, '1s'), name: twin, type: 'Warning', reason: 'InvalidDiskCapacity', message: 'invalid capacity 0 on image filesystem' })
  if (random.chance(0.4)) return
  for (const each of builder.world.kubernetes.objects.filter(({ kind }) => kind === 'Node')) {
    const [bad, status] = [each.metadata.name === node, each['status']]
    if (status === null || typeof status !== 'object' || !('conditions' in status) || !Array.isArray(status.conditions)) throw new Error(`node ${each.metadata.name} has no conditions`)
    status.conditions.push({ type: sick.condition, status: bad ? 'True' : 'False', reason: bad ? sick.reason : 'KernelIsQuiet', message: bad ? sick.kernel : '', lastHeartbeatTime: wholeSecond(lately), lastTransitionTime: wholeSecond(bad ? onset : builder.daysAgo(15)) })
  }
}

function failing(builder: WorldBuilder, { names, sick, service, onset, pod }: Cast): Story['asked'] {
  const { random } = builder
  const [type, value] = sick.error
  const { pods = [], liveAt = onset } = service.releases.at(-1) ?? {}
  const good = (at: string, by: string): void => builder.log(service, { at, level: 'info', message: `${names.route} 200 ${random.int(30, 240)}ms`, fields: { pod: by } })
  for (const at of ticks(liveAt, builder.now, '70s', random.next)) {
    const by = random.pick(pods)
    if (by !== pod || at < onset || random.chance(0.2)) good(at, by)
  }
  const failures = ticks(after(onset, '11s'), builder.now, '190s', random.next).map((at) => ({ at, traceId: random.hex(32) }))
  for (const { at, traceId } of failures) builder.log(service, { at, level: 'error', message: `trace=${traceId} ${names.route} failed after ${random.int(...sick.ms)}ms: ${type}: ${value}`, fields: { trace: traceId, pod } })
  for (const { at, traceId } of sampled(failures)) {
    const ms = random.int(...sick.ms)
    const inside = [{ service, op: type === 'SpoolTimeout' ? 'file.write' : 'http.client', description: type === 'SpoolTimeout' ? `/tmp/${names.noun}.ndjson` : `POST https://${names.host}/v2/${names.noun}`, ms, status: 'deadline_exceeded' }]
    builder.trace({ id: traceId, at, root: { service, op: 'http.server', description: names.route, ms: ms + 2, status: 'internal_error', inside } })
  }
  return builder.issue(service, {
    type, value, where: names.route, first: failures[0]?.at ?? onset, last: failures.at(-1)?.at ?? onset, count: failures.length * random.int(14, 35), users: failures.length * 8, priority: 'high',
    frames: type === 'SpoolTimeout' ? [{ file: 'src/take.js', line: 'await spool(', fn: 'take' }, { file: 'src/spool.js', line: 'throw new SpoolTimeout', fn: 'spool' }] : [{ file: 'src/take.js', line: 'await fetch(', fn: 'take' }],
    events: sampled(failures).map(({ at, traceId }) => ({ at, traceId, tags: { server_name: pod }, user: { id: `u_${random.int(1000, 9999)}` } })),
  })
}

/** The neighbour suffers as well, where it shares the node; it has no Sentry to tell of it. */
function nextDoor(builder: WorldBuilder, { sick, neighbour, onset }: Cast): void {
  const { random } = builder
  const [near, far] = neighbour.releases.at(-1)?.pods ?? []
  const line = (at: string, pod: string | undefined, bad: boolean): void => builder.log(neighbour, { at, level: bad ? 'warning' : 'info', message: bad ? `item put back, next try in 60 s: ${sick.error.join(': ')}` : `item done in ${random.int(200, 2400)}ms`, fields: { pod: pod ?? '' } })
  for (const at of ticks(builder.ago('80m'), builder.now, '5m', random.next)) line(at, far, false)
  for (const at of ticks(builder.ago('80m'), builder.now, '6m', random.next)) line(at, near, at > onset && random.chance(0.75))
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, sick, node, twin, pod, innocent, other } = cast
  builder.company({ since: '90m', railway: 1, kubernetes: 1 })
  nodesSay(builder, cast)
  nextDoor(builder, cast)
  const issue = failing(builder, cast)
  builder.page(`runbooks/${names.service}.md`, [`# ${names.service}`, '', `Writes each ${names.noun} to /tmp first, then sends it to ${names.host}. The partner publishes its outages on its status page; it had none this month.`, '', '- All pods do the same. When a share of the calls fails, look who answers them.'])
  builder.page('platform/nodes.md', ['# Nodes', '', 'Three machines of one kind, one in each zone. What the kernel complains of arrives as an event of the node, not of the pods.', '', '- `InvalidDiskCapacity` comes with every start of a kubelet and means nothing.', '- A node that is not well: cordon, drain, let it be replaced. Ask in the platform channel first.', '- Pods are spread over the nodes, so one bad node is a third of the traffic, not all of it.'])
  return {
    asked: builder.random.chance(0.6) ? issue : names.complaint,
    answer: rootCause(
      { kind: 'node', name: node, accepts: [id(node)], within: [id(pod), id(names.service), id(names.neighbour), ...sick.said, pattern('\\b(?:kernel|network|disk|card|table|full|hung|io|i/o|eth0|problem|fault\\w*|dropp\\w*|packets?)\\b')] },
      {
        required: [fact('sickness', 'what its kernel complains of', sick.said), fact('pod', 'the only pod of the service that fails', [id(pod)])],
        forbidden: [
          fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
          fact('earlier-deploy', 'the deploy of the neighbour, hours before', [id(other)]),
          fact('near-twin', 'a node whose kubelet was restarted, and which is well', [id(twin)]),
        ],
      },
    ),
  }
}

/** One node's kernel loses packets or writes; whatever pod stands on it fails, its twins elsewhere do not. */
export const sickNode = defineFamily({
  slug: 'sick-node',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'About a third of the requests fails, whoever asks',
  motivation:
    'A node can be Ready while its connection table is full, its network card resets or its disk hangs; the share of requests that its pods answer fails, and only the kernel log says why, which a node problem detector turns into events (https://kubernetes.io/docs/tasks/debug/debug-cluster/monitor-node-health/).',
  tell,
})
