import type { Answer } from '../../src/core/task.ts'
import type { SentryIssue } from '../../src/core/world/sentry.ts'
import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { callerFiles, callerFrames } from '../../training/lab/world-builder/failing-calls.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly service: string
  /** The CronJob that brings in what the service serves. */
  readonly job: string
  readonly caller: string
  readonly route: string
  readonly path: string
  readonly noun: string
  /** A Deployment that has no replicas, and a CronJob that does not run, because that is what they are for. */
  readonly standby: string
  readonly audit: string
}

const NAMES: readonly Names[] = [
  { namespace: 'currency', service: 'rate-server', job: 'rate-pull', caller: 'checkout-web', route: 'POST /convert', path: '/v1/rates', noun: 'rates', standby: 'rate-drill', audit: 'rate-audit' },
  { namespace: 'geo', service: 'zone-lookup', job: 'zone-import', caller: 'dispatch-web', route: 'POST /orders', path: '/v1/zones', noun: 'zones', standby: 'zone-replay', audit: 'zone-census' },
  { namespace: 'content', service: 'translator', job: 'term-sync', caller: 'editor-web', route: 'POST /drafts', path: '/v1/terms', noun: 'terms', standby: 'bulk-translate', audit: 'term-report' },
  { namespace: 'risk', service: 'fraud-score', job: 'list-refresh', caller: 'payments-desk', route: 'POST /payouts', path: '/v1/lists', noun: 'lists', standby: 'shadow-score', audit: 'list-yearly' },
  { namespace: 'rivers', service: 'gauge-api', job: 'gauge-import', caller: 'flood-map', route: 'POST /alerts', path: '/v1/gauges', noun: 'gauges', standby: 'gauge-simulator', audit: 'gauge-calibration' },
]

/** What was switched off: the service a moment ago, the service days ago with callers that lived on a copy, or the job that brings the data. */
type Shape = 'minutes' | 'days' | 'job'

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly caller: Service
  readonly onset: string
  /** When it was switched off, and with what. */
  readonly off: { readonly at: string; readonly manager: string }
  /** When the job ran last, in shape `job`. */
  readonly last: string
  readonly hours: number
  readonly innocent: string
}

const SERVER = "import { createServer } from './http.js'\n\nawait createServer().listen(8080)\n"

/** The caller lives on a copy for a while, and looks how old the data is. */
function filesOf(names: Names, hours: number): Record<string, string> {
  const { noun, path } = names
  return {
    ...callerFiles({ ...names, variable: 'UPSTREAM_URL' }),
    [`src/${noun}.js`]: `import { ask } from './ask.js'\nimport { kept } from './copy.js'\nimport { fresh } from './fresh.js'\n\nexport async function ${noun}(request, reply) {\n  const answer = kept() ?? await ask(process.env.UPSTREAM_URL, '${path}', request.body)\n  return reply.json(fresh(answer))\n}\n`,
    'src/copy.js': `// What was answered last, while it is young enough and the other side does not answer.\nconst KEEP_HOURS = ${hours}\nlet last\n\nexport const kept = () => (last && last.refused && last.hours < KEEP_HOURS ? last : undefined)\n`,
    'src/fresh.js': `const MOST_HOURS = ${hours}\n\nexport class StaleDataError extends Error {}\n\nexport function fresh(answer) {\n  if (answer.hours >= MOST_HOURS) throw new StaleDataError('${noun} are ${hours} hours old or more')\n  return answer\n}\n`,
  }
}

function setUp(builder: WorldBuilder): Cast {
  const { random, cluster } = builder
  const names = random.pick(NAMES)
  const shape = random.pick<Shape>(['minutes', 'days', 'days', 'job'])
  const hours = random.pick([48, 72, 96])
  const service = builder.service({ name: names.service, description: `Answers with ${names.noun}.`, runs: 'kubernetes', namespace: names.namespace, replicas: random.int(2, 3), sentry: false, files: { 'src/server.js': SERVER } })
  const standby = builder.service({ name: names.standby, description: 'Runs only when it is asked to.', runs: 'kubernetes', namespace: names.namespace, replicas: 1, sentry: false, files: { 'src/server.js': SERVER } })
  const caller = builder.service({ name: names.caller, description: 'What people use.', runs: 'railway', dependsOn: [names.service], variables: { UPSTREAM_URL: `http://${names.service}.${names.namespace}` }, files: filesOf(names, hours) })
  for (const each of [service, standby, caller]) builder.deploy(each, { at: builder.daysAgo(random.int(12, 23)) })
  cluster.scaleToZero(standby, { at: builder.daysAgo(11), manager: 'kubectl-client-side-apply' })
  builder.company({ since: '100m', railway: 1, kubernetes: 1 })
  const minute = `${builder.ago(`${random.int(21, 56)}m`).slice(0, 16)}:00.000Z`
  const onset = after(minute, `${random.int(31, 49)}s`)
  const manager = random.pick(['kubectl-edit', 'kubectl-patch', 'rancher', 'headlamp'])
  const span = shape === 'minutes' ? '3s' : `${hours}h`
  const off = { at: shape === 'job' ? after(before(onset, span), `${random.int(3, 9)}h${random.int(1, 50)}m`) : before(onset, span), manager }
  const last = before(minute, shape === 'job' ? `${hours}h` : '24h')
  const innocent = builder.innocentDeploy(caller, before(onset, `${random.int(5, 8)}m`)).sha
  return { names, shape, service, caller, onset, off, last, hours, innocent }
}

function jobs(builder: WorldBuilder, { names, shape, off, last }: Cast): void {
  const { random, cluster } = builder
  const [hour, minute] = [Number(last.slice(11, 13)), Number(last.slice(14, 16))]
  const base = { namespace: names.namespace, seconds: 29, createdAt: builder.daysAgo(190), image: `ghcr.io/${builder.organization.slug}/${names.job}:${random.hex(7)}` }
  const says = (): string => `wrote ${names.noun} rows=${random.int(400, 9000)}`
  cluster.cronJob({ ...base, name: names.job, schedule: `${minute} ${hour} * * *`, command: ['node', 'src/pull.js'], runs: ['48h', '24h'].map((span) => before(last, span)).concat(last), says, ...(shape === 'job' ? { suspended: off } : {}) })
  const audit = builder.daysAgo(120)
  cluster.cronJob({ ...base, name: names.audit, schedule: '0 6 2 1 *', command: ['node', 'src/audit.js'], runs: [], says, suspended: { at: audit, manager: 'kubectl-client-side-apply' } })
}

function quiet(builder: WorldBuilder, { names, shape, service, caller, onset, off, hours }: Cast): void {
  const { random } = builder
  const path = names.route.slice(5)
  builder.http(caller, { from: builder.ago('100m'), to: onset, every: '5m', requests: [{ method: 'POST', path, status: 200, ms: [12, 130] }] })
  builder.http(caller, { from: onset, to: builder.now, every: '3m', requests: [{ method: 'POST', path, status: shape === 'job' ? 503 : 502, ms: [4, 30] }, { method: 'GET', path: '/', status: 200, ms: [4, 30] }] })
  if (shape === 'days')
    for (const at of ticks(builder.ago('100m'), onset, '8m', random.next)) builder.log(caller, { at, level: 'warning', message: `POST ${names.path} refused, answering from the copy (${hours - 1} h old)` })
  if (shape === 'job') for (const at of ticks(builder.ago('100m'), builder.now, '6m', random.next)) builder.log(service, { at, level: 'info', message: `POST ${names.path} 200 ${random.int(3, 30)}ms` })
  else builder.cluster.scaleToZero(service, off)
}

function failing(builder: WorldBuilder, { names, shape, caller, onset, hours }: Cast): SentryIssue {
  const { random } = builder
  if (shape === 'job')
    return builder.failures(caller, {
      where: names.route, type: 'StaleDataError', value: `${names.noun} are ${hours} hours old or more`, from: onset, to: builder.now, every: '120s',
      frames: [{ file: `src/${names.noun}.js`, line: 'fresh(answer)', fn: names.noun }, { file: 'src/fresh.js', line: 'throw new StaleDataError', fn: 'fresh' }], events: random.int(5, 18), users: 4, tags: { upstream: names.service },
    })
  return builder.cluster.failingCalls(caller, {
    from: after(onset, '2s'), to: builder.now, every: '120s', route: names.route, target: { method: 'POST', url: `http://${names.service}.${names.namespace}${names.path}` },
    error: { type: 'TypeError', value: `fetch failed: connect ECONNREFUSED 10.43.${random.int(1, 250)}.${random.int(1, 250)}:80`, ms: [1, 5], status: 'unavailable' },
    frames: callerFrames(names.noun), sampledFrom: random.int(5, 18), tags: { upstream: names.service },
  })
}

/** A day as people write it: 2026-10-03, 3 Oct, October 3rd, 3.10. */
function day(time: string): string {
  const date = new Date(time)
  const [number, month] = [date.getUTCDate(), date.toLocaleString('en', { month: 'short', timeZone: 'UTC' }).toLowerCase()]
  return `${time.slice(0, 10)}|\\b0?${number}(?:st|nd|rd|th|\\.)? ${month}|\\b${month}\\w*\\.? 0?${number}\\b|\\b0?${number}\\.0?${date.getUTCMonth() + 1}\\.`
}

function answerOf({ names, shape, off, last, innocent }: Cast): Answer {
  const forbidden = [
    fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
    fact('standby', 'a Deployment that has no replicas on purpose', [id(names.standby)]),
    fact('audit', 'a CronJob that does not run on purpose', [id(names.audit)]),
  ]
  const within = [id(names.namespace), id(names.caller)]
  if (shape === 'job')
    return rootCause(
      { kind: 'cronjob', name: names.job, accepts: [id(names.job), id(`${names.namespace}/${names.job}`), id(`cronjob/${names.job}`)], within: [...within, id(names.service)] },
      { required: [fact('suspended', 'it is switched off', [pattern('suspend')]), fact('last', 'its last run, by its day or its name', [pattern(day(last)), id(`${names.job}-${Math.floor(Date.parse(last) / 60_000)}`)])], forbidden },
    )
  const minute = pattern(`(?<!\\d)${off.at.slice(11, 16)}(?!\\d)`)
  return rootCause(
    { kind: 'workload', name: names.service, accepts: [id(names.service), id(`${names.namespace}/${names.service}`), id(`deployment/${names.service}`)], within },
    {
      required: [
        fact('zero', 'it has no replicas', [pattern('\\b(?:0|zero|no) replicas?\\b|scaled?\\b.{0,50}\\b(?:0|zero)\\b|replicas?\\W{1,4}(?:to )?(?:0|zero)\\b')]),
        fact('edit', 'the edit by hand, by its tool or its time', [id(off.manager), shape === 'minutes' ? minute : pattern(day(off.at))]),
      ],
      forbidden,
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, shape, off } = cast
  jobs(builder, cast)
  const issue = failing(builder, cast)
  quiet(builder, cast)
  const [one, other] = builder.random.sample(builder.people, 2)
  builder.page('platform/by-hand.md', [
    '# Done by hand', '', 'Whoever touches the cluster without a pull request writes it down here, before.', '', '| Day | Who | Where | What for | Until |', '| --- | --- | --- | --- | --- |',
    `| ${builder.daysAgo(33).slice(0, 10)} | ${other?.login ?? ''} | messaging | sizes for the load test | evening |`, `| ${off.at.slice(0, 10)} | ${one?.login ?? ''} | ${names.namespace} | quiet for the store's reindex | same day |`, '',
    'Manifests say no number of replicas, so that a deploy does not undo what was set by hand.', '', `- ${names.standby}: none, unless there is a drill.`, `- ${names.audit}: switched on in January.`,
  ])
  builder.page(`runbooks/${names.caller}.md`, [`# ${names.caller}`, '', `Needs ${names.noun} for ${names.route}. They come in once a day and are served in the cluster, namespace ${names.namespace}.`, '', `- ${cast.hours} h without the other side are bridged with what was answered last.`, `- ${cast.hours} h is also what we promise for the age of ${names.noun}.`])
  const asked = builder.random.chance(0.55) ? issue : builder.random.pick([
    `${names.route} in ${names.caller} fails for everybody. ${shape === 'minutes' ? 'came out of nowhere' : 'nobody touched anything in days as far as I know'}, please have a look`,
    `customers of ${names.caller} get errors on ${names.route}. there was a tiny deploy right before, rolled back in my head already but can you confirm??`,
    `${names.caller}: ${names.route} geht nicht mehr, seit gut einer halben Stunde. Wer hat was geändert?`,
  ])
  return { asked, answer: answerOf(cast) }
}

/** Somebody switched a workload off by hand and forgot it; what depends on it fails at once, or days later. */
export const scaledToZero = defineFamily({
  slug: 'scaled-to-zero',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'It fails for everybody, and nothing was released',
  motivation:
    'What is scaled by hand stands in no pull request; where manifests name no replicas nothing puts it back, and after an hour no event tells of it. The API keeps which program set a field last, and when, but no person (Kubernetes: field management, https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management). Caches and copies let days pass before anybody feels it.',
  tell,
})
