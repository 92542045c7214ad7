import type { Answer } from '../../src/core/task.ts'
import { fact, id, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks, wholeSecond } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly caller: string
  readonly callee: string
  /** One letter away from the callee. */
  readonly misspelt: string
  readonly variable: string
  /** The route and the job people wait for. */
  readonly job: string
  readonly noun: string
}

const NAMES: readonly Names[] = [
  {
    namespace: 'payments',
    caller: 'refund-worker',
    callee: 'ledger-api',
    misspelt: 'leger-api',
    variable: 'LEDGER_URL',
    job: 'refund',
    noun: 'refunds',
  },
  {
    namespace: 'shipping',
    caller: 'parcel-planner',
    callee: 'carrier-rates',
    misspelt: 'carier-rates',
    variable: 'RATES_URL',
    job: 'plan',
    noun: 'shipping quotes',
  },
  {
    namespace: 'loyalty',
    caller: 'points-worker',
    callee: 'balance-api',
    misspelt: 'balence-api',
    variable: 'BALANCE_URL',
    job: 'credit',
    noun: 'point credits',
  },
  {
    namespace: 'booking',
    caller: 'slot-keeper',
    callee: 'calendar-api',
    misspelt: 'calender-api',
    variable: 'CALENDAR_URL',
    job: 'hold',
    noun: 'slot holds',
  },
]

const files = ({ variable, callee, job }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { ${job} } from './${job}.js'\n\nconst server = createServer()\nserver.post('/v1/${job}', ${job})\nawait server.listen(8080)\n`,
  [`src/${job}.js`]: `import { call } from './call.js'\n\nexport async function ${job}(request, reply) {\n  const entry = await call(process.env.${variable}, request.body)\n  return reply.json({ ok: true, entry: entry.id })\n}\n`,
  'src/call.js':
    "const TRIES = 3\n\nexport async function call(base, body) {\n  for (let left = TRIES; ; left--) {\n    try {\n      const response = await fetch(new URL('/v1/entries', base), { method: 'POST', body: JSON.stringify(body) })\n      return await response.json()\n    } catch (error) {\n      if (left === 1) throw new Error('upstream call failed', { cause: error })\n    }\n  }\n}\n",
  'deploy/README.md': `Settings come from the ConfigMap named in the Deployment. ${callee} is reached inside the cluster, by its Service name.\n`,
})

interface Cast {
  readonly names: Names
  readonly caller: Service
  readonly callee: Service
  readonly configMap: string
  readonly flags: string
  readonly onset: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const onset = builder.ago(`${random.int(24, 47)}m`)
  const configMap = `${names.caller}-env`
  const flags = `${names.caller}-flags`
  const callee = builder.service({
    name: names.callee,
    description: 'Keeps the entries others write.',
    runs: 'kubernetes',
    namespace: names.namespace,
    sentry: false,
    files: { 'src/server.js': "import { createServer } from './http.js'\n\nawait createServer().listen(8080)\n" },
  })
  const caller = builder.service({
    name: names.caller,
    description: `Executes ${names.noun}.`,
    runs: 'kubernetes',
    namespace: names.namespace,
    configMap,
    dependsOn: [names.callee],
    files: files(names),
    sentry: false,
    variables: { [names.variable]: `http://${names.misspelt}.${names.namespace}.svc.cluster.local`, LOG_LEVEL: 'info', BATCH_SIZE: '20' },
  })
  builder.deploy(callee, { at: builder.daysAgo(19) })
  builder.deploy(caller, { at: builder.daysAgo(6) })
  return { names, caller, callee, configMap, flags, onset }
}

/** Somebody edits the ConfigMap by hand and restarts the pods; the repository never hears of it. */
function editByHand(builder: WorldBuilder, { names, caller, configMap, flags, onset }: Cast): void {
  const map = builder.object('ConfigMap', configMap, names.namespace)
  const edited = wholeSecond(before(onset, '95s'))
  const fields = { 'f:data': Object.fromEntries(Object.keys(caller.spec.variables ?? {}).map((key) => [`f:${key}`, {}])) }
  map.metadata['managedFields'] = [
    { manager: 'helm', operation: 'Update', apiVersion: 'v1', time: wholeSecond(caller.createdAt), fieldsType: 'FieldsV1', fieldsV1: fields },
    {
      manager: 'kubectl-edit',
      operation: 'Update',
      apiVersion: 'v1',
      time: edited,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { [`f:${names.variable}`]: {} } },
    },
  ]
  builder.world.kubernetes.objects.push({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: flags,
      namespace: names.namespace,
      uid: builder.random.uuid(),
      creationTimestamp: wholeSecond(builder.daysAgo(80)),
      labels: { app: caller.name },
      managedFields: [
        {
          manager: 'flag-sync',
          operation: 'Update',
          apiVersion: 'v1',
          time: wholeSecond(before(onset, '16m')),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { 'f:flags.json': {} } },
        },
      ],
    },
    data: { 'flags.json': '{"batching":true}' },
  })
  builder.deploy(caller, { at: before(onset, '80s'), reason: 'redeploy' })
}

function traffic(builder: WorldBuilder, { names, caller, callee, onset }: Cast): void {
  const { random } = builder
  const host = `${names.misspelt}.${names.namespace}.svc.cluster.local`
  for (const at of ticks(after(onset, '45s'), builder.now, '105s', random.next)) {
    const request = random.hex(12)
    for (const attempt of [1, 2, 3])
      builder.log(caller, {
        at: after(at, `${attempt}s`),
        level: 'warning',
        message: `req=${request} call attempt=${attempt}/3 failed: getaddrinfo ENOTFOUND ${attempt === 2 ? `${host.slice(0, 24)}…` : host}`,
      })
    builder.log(caller, { at: after(at, '4s'), level: 'error', message: `req=${request} POST /v1/${names.job} 502 upstream call failed` })
  }
  for (const at of ticks(builder.ago('3h'), builder.now, '6m', random.next)) {
    builder.log(callee, { at, level: 'info', message: `GET /v1/entries 200 ${random.int(2, 20)}ms` })
    if (at < onset) builder.log(callee, { at, level: 'info', message: `POST /v1/entries 201 ${random.int(4, 30)}ms caller=${caller.name}` })
  }
}

/** Another workload cannot find its host either, for months, and nobody minds: its collector was switched off. */
function oldNoise(builder: WorldBuilder): Service {
  const { random } = builder
  const service = builder.service({
    name: 'usage-meter',
    description: 'Counts requests for the bill.',
    runs: 'kubernetes',
    namespace: 'billing',
    replicas: 1,
    sentry: false,
    files: { 'src/server.js': "import { createServer } from './http.js'\n\nawait createServer().listen(8080)\n" },
  })
  builder.deploy(service, { at: builder.daysAgo(31) })
  for (const at of ticks(builder.ago('150m'), builder.now, '7m', random.next))
    builder.log(service, {
      at,
      level: 'warning',
      message: 'metrics export skipped: getaddrinfo ENOTFOUND otel-collector.monitoring.svc.cluster.local',
    })
  return service
}

function answerOf(cast: Cast, innocent: Release, noisy: Service): Answer {
  const { names, caller, configMap, flags } = cast
  const inside = `${names.misspelt}.${names.namespace}`
  const hosts = [id(names.misspelt), id(inside), id(`${inside}.svc`), id(`${inside}.svc.cluster.local`)]
  return rootCause(
    {
      kind: 'config_map',
      name: configMap,
      accepts: [id(configMap), id(names.variable), id(`${configMap}.${names.variable}`), ...hosts],
      within: [id(names.namespace), id(caller.name)],
    },
    {
      required: [fact('misspelt-host', 'the host as it was misspelt', hosts)],
      forbidden: [
        fact('old-noise', 'another host that is not found, long before', [
          id('otel-collector'),
          id('otel-collector.monitoring.svc.cluster.local'),
          id(noisy.name),
        ]),
        fact('near-twin-map', 'the ConfigMap that only holds flags', [id(flags)]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, caller, callee, onset } = cast
  const noisy = oldNoise(builder)
  builder.company({ since: '2h', railway: 2, kubernetes: 1 })
  editByHand(builder, cast)
  const innocent = builder.innocentDeploy(callee, before(onset, '11m'))
  traffic(builder, cast)
  builder.page(`runbooks/${caller.name}.md`, [
    `# ${caller.name}`,
    '',
    `Answers 502 when ${callee.name} cannot be reached. It tries three times, then gives up; nothing is lost, callers try again.`,
    '',
    "- Settings: the ConfigMap in the Deployment's `envFrom`. Pods read it only when they start.",
    '- Hosts inside the cluster are `<service>.<namespace>.svc.cluster.local`; compare with the list of Services.',
  ])
  const [person] = builder.people
  return {
    asked: `hey, ${names.noun} are all failing for maybe half an hour now, support gets 502s for every one of them. ${callee.name} looks up to me? ${person?.name.split(' ')[0] ?? ''} says there was a deploy just before. can you look what is going on with ${caller.name}`,
    answer: answerOf(cast, innocent, noisy),
  }
}

/** A host in a ConfigMap, edited by hand, is one letter away from the Service it means. */
export const misspeltHost = defineFamily({
  slug: 'misspelt-host',
  level: 'orchestrator',
  split: 'validation',
  difficulty: 'medium',
  title: 'Calls inside the cluster fail from one minute to the next',
  motivation:
    'A name typed by hand into a setting fails only when the pods restart, and then looks like the other service is down (Kubernetes: debugging DNS resolution, https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/). The repository shows the right name, so the difference is found only in the cluster.',
  tell,
})
