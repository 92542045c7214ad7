import type { Answer } from '../../src/core/task.ts'
import type { SentryIssue } from '../../src/core/world/sentry.ts'
import { fact, id, pattern, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { callerFiles, callerFrames } from '../../training/lab/world-builder/failing-calls.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { withCpu } from '../../training/lab/world-builder/kubernetes-cpu.ts'
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
  /** What costs the time, as its code says. */
  readonly work: string
  /** A neighbour whose limit was changed as well, and who has enough. */
  readonly twin: string
}

const NAMES: readonly Names[] = [
  { namespace: 'pricing', service: 'quote-engine', caller: 'broker-web', route: 'POST /quotes', path: '/v1/quote', noun: 'quote', work: 'simulate', twin: 'rate-intake' },
  { namespace: 'documents', service: 'contract-renderer', caller: 'signing-desk', route: 'POST /contracts', path: '/v1/render', noun: 'contract', work: 'typeset', twin: 'stamp-store' },
  { namespace: 'travel', service: 'fare-finder', caller: 'booking-app', route: 'POST /fares', path: '/v1/fares', noun: 'fares', work: 'combine', twin: 'seat-map' },
  { namespace: 'hiring', service: 'talent-matcher', caller: 'jobs-web', route: 'POST /matches', path: '/v1/match', noun: 'matches', work: 'score', twin: 'skill-index' },
  { namespace: 'energy', service: 'load-forecast', caller: 'grid-portal', route: 'POST /forecasts', path: '/v1/forecast', noun: 'forecast', work: 'fit', twin: 'meter-intake' },
]

/** Where the limit stands: beside the code, or in the one repository of all manifests, which the cluster follows by itself. */
type Place = 'own' | 'shared'
/** When it is felt: with the first requests, or only when the day's load comes. */
type Felt = 'at-once' | 'peak'

interface Cast {
  readonly names: Names
  readonly place: Place
  readonly felt: Felt
  readonly service: Service
  readonly caller: Service
  readonly onset: string
  readonly changed: string
  /** CPU limits as manifests write them. */
  readonly limit: { readonly was: string; readonly is: string; readonly millicores: number }
  readonly guilty: MergedChange
  readonly twinChange: MergedChange
  readonly innocent: string
}

const SHARED = 'cluster-values'
const MANIFEST = 'deploy/deployment.yaml'

function fileOf(place: Place, { namespace }: Names, name: string): string {
  return place === 'own' ? MANIFEST : `${namespace}/${name}.yaml`
}

function manifest(place: Place, name: string, cpu: string): string {
  const resources = (indent: string): string => `${indent}resources:\n${indent}  requests: { cpu: 100m, memory: 256Mi }\n${indent}  limits: { cpu: ${cpu}, memory: 512Mi }\n`
  return place === 'shared' ? `name: ${name}\nreplicas: 2\n${resources('')}` : `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  template:\n    spec:\n      containers:\n        - name: ${name}\n${resources('          ')}`
}

function serviceFiles(place: Place, names: Names, cpu: string): Record<string, string> {
  const { noun, work, path, service } = names
  return {
    'src/server.js': `import { createServer } from './http.js'\nimport { ${noun} } from './${noun}.js'\n\nconst server = createServer()\nserver.post('${path}', ${noun})\nawait server.listen(8080)\n`,
    [`src/${noun}.js`]: `import { read } from './store.js'\nimport { ${work} } from './${work}.js'\n\n// The query takes milliseconds; the rest is arithmetic on this thread.\nexport async function ${noun}(request, reply) {\n  const input = await read(request.body)\n  return reply.json(${work}(input))\n}\n`,
    ...(place === 'own' ? { [MANIFEST]: manifest(place, service, cpu) } : {}),
  }
}

function build(builder: WorldBuilder, names: Names, place: Place, was: string): Pick<Cast, 'service' | 'caller'> & { twin: Service } {
  const { random } = builder
  const service = builder.service({ name: names.service, description: `Works out each ${names.noun} when it is asked for.`, runs: 'kubernetes', namespace: names.namespace, replicas: random.int(2, 3), files: serviceFiles(place, names, was) })
  const twin = builder.service({ name: names.twin, description: 'Takes in what others send.', runs: 'kubernetes', namespace: names.namespace, replicas: 1, sentry: false, files: { 'src/server.js': "import { createServer } from './http.js'\n\nawait createServer().listen(8080)\n", ...(place === 'own' ? { [MANIFEST]: manifest(place, names.twin, '500m') } : {}) } })
  const caller = builder.service({ name: names.caller, description: 'What people use.', runs: 'railway', dependsOn: [names.service], variables: { UPSTREAM_URL: `http://${names.service}.${names.namespace}` }, files: callerFiles({ ...names, variable: 'UPSTREAM_URL' }) })
  for (const each of [service, twin, caller]) builder.deploy(each, { at: builder.daysAgo(random.int(12, 22)) })
  builder.cluster.changeContainer(service, withCpu('100m', was))
  builder.cluster.changeContainer(twin, withCpu('100m', '500m'))
  if (place === 'shared')
    builder.repository(SHARED, { at: builder.daysAgo(300), description: 'What each workload gets.', files: { 'README.md': '# cluster-values\n\nOne file a workload. The cluster follows main within a minute or two; there is no deploy.\n', ...Object.fromEntries([[names.service, was], [names.twin, '500m']].map(([name = '', cpu = '']) => [fileOf(place, names, name), manifest(place, name, cpu)])) } })
  return { service, caller, twin }
}

/** A change of a limit goes live: with a deploy of the repository it stands in, or by itself. */
function lower(builder: WorldBuilder, act: { names: Names; place: Place; workload: Service; at: string; title: string; cpu: string }): MergedChange {
  const { names, place, workload, at, title, cpu } = act
  const change = builder.cluster.mergeChange(place === 'own' ? workload.name : SHARED, { at: before(at, '80s'), title, files: { [fileOf(place, names, workload.name)]: manifest(place, workload.name, cpu) } })
  builder.deploy(workload, { at, ...(place === 'own' ? {} : { reason: 'variables' as const }) })
  builder.cluster.changeContainer(workload, withCpu('100m', cpu))
  return change
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const place = random.pick<Place>(['own', 'shared'])
  const felt = random.pick<Felt>(['at-once', 'peak'])
  const millicores = random.pick([150, 180, 200, 250, 300, 350])
  const limit = { was: random.pick(['1', '1500m', '2', '1200m']), is: `${millicores}m`, millicores }
  const { service, caller, twin } = build(builder, names, place, limit.was)
  builder.company({ since: '90m', railway: 1, kubernetes: 1 })
  const onset = builder.ago(`${random.int(24, 58)}m`)
  const changed = before(onset, felt === 'peak' ? `${random.int(11, 20)}h${random.int(2, 50)}m` : '4m')
  const [title, twinTitle] = random.sample(['Limits from the capacity review', 'Give back what nobody uses', 'Resources as measured in the holidays', 'Same sizes for everybody in the namespace', 'Fit three pods on a node'], 2)
  const guiltyAct = { names, place, workload: service, at: changed, title: title ?? '', cpu: limit.is }
  const twinAct = { names, place, workload: twin, at: before(changed, `${random.int(2, 6)}h`), title: twinTitle ?? '', cpu: random.pick(['400m', '450m']) }
  const twinChange = lower(builder, twinAct)
  const guilty = lower(builder, guiltyAct)
  const innocent = builder.innocentDeploy(caller, before(onset, `${random.int(150, 200)}s`)).sha
  builder.cluster.burn(service, millicores)
  builder.cluster.burn(twin, random.int(40, 90))
  return { names, place, felt, service, caller, onset, changed, limit, guilty, twinChange, innocent }
}

/** The same work, slower: its own lines, its timings, the probes that wait for the same thread. */
function slow(builder: WorldBuilder, { names, service, onset }: Cast): void {
  const { random } = builder
  const took = (from: string, to: string, every: string, ms: readonly [number, number]): void => builder.http(service, { from, to, every, requests: [{ method: 'POST', path: names.path, status: 200, ms }] })
  took(builder.ago('90m'), onset, '5m', [90, 420])
  took(onset, builder.now, '3m', [2100, 9800])
  for (const at of ticks(after(onset, '40s'), builder.now, '4m', random.next)) builder.log(service, { at, level: 'warning', message: `event loop delay p50=${random.int(60, 98)}ms p99=${random.int(900, 2600)}ms` })
  const inside = (ms: number) => [{ service, op: 'db', description: `select * from ${names.noun}_inputs where id = $1`, ms: 4 + (ms % 7) }, { service, op: 'function', description: names.work, ms: Math.round(ms * 0.96) - 12 }]
  const timings = (from: string, to: string, span: readonly [number, number]): void => {
    builder.sentry.timings(service, { description: `POST ${names.path}`, from, to, ms: Array.from({ length: 5 }, () => random.int(span[0], span[1])), data: { 'http.request.method': 'POST' }, inside })
  }
  timings(builder.ago('90m'), onset, [110, 430])
  timings(after(onset, '20s'), before(builder.now, '15s'), [2300, 9400])
  for (const pod of service.releases.at(-1)?.pods ?? [])
    builder.event({
      at: before(builder.now, `${random.int(20, 190)}s`), firstAt: after(onset, `${random.int(60, 150)}s`), kind: 'Pod', name: pod, namespace: names.namespace, type: 'Warning', reason: 'Unhealthy', count: random.int(3, 12),
      message: `Readiness probe failed: Get "http://10.42.${random.int(0, 3)}.${random.int(2, 250)}:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    })
}

function timeouts(builder: WorldBuilder, { names, caller, onset }: Cast): SentryIssue {
  const { random } = builder
  const path = names.route.slice(5)
  builder.http(caller, { from: builder.ago('90m'), to: onset, every: '6m', requests: [{ method: 'POST', path, status: 200, ms: [120, 480] }] })
  builder.http(caller, { from: onset, to: builder.now, every: '2m', requests: [{ method: 'POST', path, status: 200, ms: [1900, 2990] }, { method: 'POST', path, status: 504, ms: [3001, 3040], weight: 2 }] })
  return builder.cluster.failingCalls(caller, {
    from: after(onset, '30s'), to: builder.now, every: '130s', route: names.route, target: { method: 'POST', url: `http://${names.service}.${names.namespace}${names.path}` },
    error: { type: 'TimeoutError', value: 'The operation was aborted due to timeout', ms: [3000, 3014], status: 'deadline_exceeded' },
    frames: callerFrames(names.noun), sampledFrom: random.int(4, 14), tags: { upstream: names.service },
  })
}

function answerOf({ names, place, limit, guilty, twinChange, innocent }: Cast): Answer {
  const cores = String(limit.millicores / 1000).slice(1).replace('.', '\\.')
  return rootCause(
    { kind: 'commit', name: guilty.sha, accepts: changeForms(guilty), within: [id(names.service), id(guilty.repository), id(fileOf(place, names, names.service)), id(names.namespace)] },
    {
      required: [
        fact('limit', 'the CPU limit as it is now', [id(limit.is), pattern(`(?<![\\d.])0?${cores}0* ?(?:v?cpus?|cores?|of a)`)]),
        fact('throttled', 'what the pods have too little of', [pattern('\\bcpu\\b'), pattern('throttl')]),
      ],
      forbidden: [
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
        fact('near-twin', "the change of a neighbour's limit", [id(twinChange.sha), words(twinChange.title)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, felt } = cast
  slow(builder, cast)
  const issue = timeouts(builder, cast)
  builder.page(`runbooks/${names.service}.md`, [
    `# ${names.service}`, '', `Reads a few rows, then works on them. One ${names.noun} costs about ${builder.random.pick([80, 110, 140])} ms of processor time; at the busiest hour each pod does ${builder.random.pick([5, 6, 7])} of them a second.`, '',
    '- There is no queue: what is not done in time is given up by the caller after 3 s, and the work goes on for nobody.', '- The health check is answered by the same thread.',
  ])
  const hour = cast.onset.slice(11, 16)
  const asked = builder.random.chance(0.55) ? issue : builder.random.pick([
    `${names.route} in ${names.caller} runs into timeouts since about ${hour} UTC. Nothing is down as far as I can see, all pods green?`,
    `everything around ${names.noun} got sooo slow, half of the requests time out. ${felt === 'peak' ? 'was fine all night' : 'was fine an hour ago'}, database looks bored`,
    `Hallo, ${names.caller} hängt seit ${hour} UTC bei ${names.route}, viele Abbrüche nach 3 Sekunden. Datenbank ist unauffällig. Wer kann schauen?`,
  ])
  return { asked, answer: answerOf(cast) }
}

/** A lower CPU limit makes a service slow instead of broken: pods are green, callers give up. */
export const cpuThrottling = defineFamily({
  slug: 'cpu-throttling',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Callers time out at a service whose pods are all green',
  motivation:
    'A container above its CPU limit is not killed but throttled: it waits for the rest of each period, so latency rises while nothing restarts (Kubernetes: resource management, https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run). A limit lowered in a quiet hour is felt when the load comes.',
  tell,
})
