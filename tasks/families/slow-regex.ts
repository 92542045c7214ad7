import { fact, id, pattern, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { commitCulprit } from '../../training/lab/world-builder/commit-culprit.ts'
import { callerFiles, callerFrames } from '../../training/lab/world-builder/failing-calls.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Rule {
  readonly field: string
  readonly name: string
  readonly pattern: string
}

interface Names {
  readonly service: string
  readonly caller: string
  readonly runs: 'railway' | 'kubernetes'
  /** What is checked when it comes in, and what the caller asks of the same process. */
  readonly path: string
  readonly asked: string
  readonly noun: string
  readonly rule: Rule
  /** The same rule as it was widened, and what the pull request was called. */
  readonly widened: string
  readonly title: string
  /** Another rule, widened harmlessly the week before. */
  readonly other: Rule
  readonly otherTitle: string
  readonly client: string
}

const NAMES: readonly Names[] = [
  { service: 'item-registry', caller: 'shelf-planner', runs: 'kubernetes', path: '/v1/items', asked: '/v1/items/find', noun: 'shelf', client: 'supplier',
    rule: { field: 'tags', name: 'TAGS', pattern: '/^[a-z0-9]+(?:,[a-z0-9]+)*$/' }, widened: '/^(?:[a-z0-9]+,?)+$/', title: 'Accept a comma at the end of tags',
    other: { field: 'colour', name: 'COLOUR', pattern: '/^(?:#[0-9a-f]{6}|[a-z]+)$/' }, otherTitle: 'Colours may be names' },
  { service: 'sender-rules', caller: 'inbox-web', runs: 'railway', path: '/v1/senders', asked: '/v1/senders/match', noun: 'inbox', client: 'tenant',
    rule: { field: 'domain', name: 'DOMAIN', pattern: '/^[\\w-]+(?:\\.[\\w-]+)+$/' }, widened: '/^(?:[\\w-]+\\.?)+$/', title: 'Allow internal hosts without a dot',
    other: { field: 'port', name: 'PORT', pattern: '/^\\d{2,5}$/' }, otherTitle: 'Ports of five digits' },
  { service: 'claim-files', caller: 'adjuster-desk', runs: 'kubernetes', path: '/v2/claims', asked: '/v2/claims/lookup', noun: 'claim', client: 'broker',
    rule: { field: 'reference', name: 'REFERENCE', pattern: '/^[A-Z0-9]+(?: [A-Z0-9]+)*$/' }, widened: '/^(?:[A-Z0-9]+\\s?)+$/', title: 'A space at the end of a reference is no reason to refuse it',
    other: { field: 'plate', name: 'PLATE', pattern: '/^[A-Z]{1,3} ?[A-Z0-9]{2,7}$/' }, otherTitle: 'Number plates without a space' },
  { service: 'freight-notes', caller: 'dock-schedule', runs: 'railway', path: '/v1/notes', asked: '/v1/notes/by-dock', noun: 'dock', client: 'haulier',
    rule: { field: 'weight', name: 'WEIGHT', pattern: '/^\\d+(?:[.,]\\d+)? (?:kg|t)$/' }, widened: '/^(?:\\d+[.,]?)+ (?:kg|t)$/', title: 'Read weights that separate thousands',
    other: { field: 'seal', name: 'SEAL', pattern: '/^[A-Z]{2}\\d{6,8}$/' }, otherTitle: 'Seals of eight digits' },
]

const rulePath = ({ field }: Rule): string => `src/rules/${field}.js`
const ruleFile = ({ field, name }: Rule, expression: string): string => `export const ${name} = ${expression}\n\nexport function valid(${field}) {\n  return ${name}.test(${field})\n}\n`

const files = ({ path, asked, rule, other }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { accept } from './accept.js'\nimport { find } from './find.js'\nimport './loop.js'\n\nconst server = createServer()\nserver.post('${path}', accept)\nserver.post('${asked}', find)\nawait server.listen(8080)\n`,
  'src/accept.js': `import * as ${rule.field} from './rules/${rule.field}.js'\nimport * as ${other.field} from './rules/${other.field}.js'\nimport { RuleError } from './errors.js'\nimport { store } from './store.js'\n\nconst rules = { ${rule.field}, ${other.field} }\n\nexport async function accept(request, reply) {\n  for (const [field, { valid }] of Object.entries(rules)) {\n    if (!valid(request.body[field])) throw new RuleError(field)\n  }\n  return reply.status(201).json(await store(request.body))\n}\n`,
  'src/loop.js': "import { log } from './log.js'\n\nconst EVERY_MS = 500\nlet last = Date.now()\n\nsetInterval(() => {\n  const late = Date.now() - last - EVERY_MS\n  if (late > 1000) log.warning(`event loop was blocked for ${late} ms`)\n  last = Date.now()\n}, EVERY_MS).unref()\n",
  [rulePath(rule)]: ruleFile(rule, rule.pattern),
})

interface Cast {
  readonly names: Names
  readonly service: Service
  readonly caller: Service
  readonly onset: string
  readonly guilty: string
  readonly twin: string
  readonly client: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const { rule, other } = names
  const onset = builder.ago(`${random.int(16, 55)}m`)
  const service = builder.service({ name: names.service, description: `Takes ${names.path} and answers ${names.asked}. One process a replica.`, runs: names.runs, namespace: 'intake', replicas: random.int(1, 2), files: files(names) })
  const variable = `${names.service.toUpperCase().replaceAll('-', '_')}_URL`
  const caller = builder.service({ name: names.caller, description: `Asks ${names.service} for every page.`, runs: 'railway', dependsOn: [names.service], files: callerFiles({ route: `POST /${names.noun}`, variable, path: names.asked, noun: names.noun }), variables: { [variable]: `http://${names.service}.internal:8080` } })
  builder.deploy(caller, { at: builder.daysAgo(random.int(9, 20)) })
  const twin = builder.commit(names.service, { at: builder.daysAgo(random.int(6, 8)), message: names.otherTitle, pull: names.otherTitle, files: { [rulePath(other)]: ruleFile(other, other.pattern) } })
  builder.deploy(service, { at: builder.daysAgo(5) })
  // Live for hours or a day: nobody had sent what it cannot cope with.
  const live = before(onset, `${random.int(190, 1700)}m`)
  const guilty = builder.commit(names.service, { at: before(live, '4m'), message: names.title, pull: names.title, files: { [rulePath(rule)]: ruleFile(rule, names.widened) } })
  builder.deploy(service, { at: live })
  return { names, service, caller, onset, guilty, twin, client: `${names.client.slice(0, 3)}_${random.int(1000, 9899)}` }
}

/** What one refused value does to the process that checks it, again and again. */
function blocked(builder: WorldBuilder, { names, service, onset, client }: Cast): void {
  const { random } = builder
  const { rule, path, asked } = names
  builder.http(service, {
    from: builder.ago('2h'),
    to: builder.now,
    every: '3m',
    requests: [
      { method: 'POST', path, status: 201, ms: [14, 80] },
      { method: 'POST', path: asked, status: 200, ms: [6, 44], weight: 3 },
    ],
  })
  const times = ticks(after(onset, '3s'), builder.ago('30s'), '2m', random.next)
  for (const at of times) {
    const ms = random.int(4200, 19_500)
    const done = after(at, `${Math.ceil(ms / 1000)}s`)
    if (Date.parse(done) > Date.parse(builder.now)) continue
    builder.log(service, { at: done, level: 'warning', message: `event loop was blocked for ${ms - random.int(60, 400)} ms` })
    builder.log(service, { at: done, level: 'info', message: `refused ${path}: RuleError: ${rule.field} (${random.int(30, 32)} characters) ${names.client}=${client} took=${ms}ms` })
    builder.http(service, { from: at, to: after(at, '1s'), every: '1s', requests: [{ method: 'POST', path, status: 422, ms: [ms, ms + 9] }] })
    builder.http(service, { from: after(at, '1s'), to: after(at, '3s'), every: '1s', requests: [{ method: 'POST', path: asked, status: 499, ms: [3000, 3009], weight: 2 }, { method: 'POST', path: asked, status: 200, ms: [1900, 2990] }] })
  }
  const sampledTimes = times.filter((_, index) => index % 3 === 0)
  builder.issue(service, {
    type: 'EventLoopBlocked',
    value: 'Event Loop Blocked for at least 1000 ms',
    where: `valid(${rulePath(rule).replace('.js', '')})`,
    first: sampledTimes[0] ?? onset,
    last: sampledTimes.at(-1) ?? onset,
    count: sampledTimes.length,
    priority: 'medium',
    frames: [
      { file: 'src/accept.js', line: 'if (!valid(', fn: 'accept' },
      { file: rulePath(rule), line: `${rule.name}.test`, fn: 'valid' },
    ],
    events: sampledTimes.slice(-4).map((at) => ({ at, tags: { mechanism: 'ANR', [names.client]: client } })),
  })
  machines(builder, service, onset)
}

/** A single thread that computes: one core at its end, and probes nobody answers in time. */
function machines(builder: WorldBuilder, service: Service, onset: string): void {
  const { random } = builder
  if (service.spec.runs === 'railway') {
    builder.metrics(service, () => 0.31)
    const instance = builder.railway().instances.find((each) => each.service === service.name)
    const cpu = instance?.metrics['CPU_USAGE'] ?? []
    if (instance) instance.metrics = { ...instance.metrics, CPU_USAGE: cpu.map(([time]): [string, number] => [time, (Date.parse(time) >= Date.parse(onset) ? random.int(930, 1010) : random.int(60, 140)) / 1000]) }
    return
  }
  builder.cluster.burn(service, 1004)
  for (const pod of service.releases.at(-1)?.pods ?? []) {
    builder.event({
      at: builder.ago(`${random.int(40, 150)}s`),
      firstAt: after(onset, '70s'),
      count: random.int(6, 19),
      kind: 'Pod',
      name: pod,
      namespace: service.namespace,
      type: 'Warning',
      reason: 'Unhealthy',
      message: `Readiness probe failed: Get "http://10.42.${random.int(0, 5)}.${random.int(4, 250)}:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    })
  }
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, caller, onset, guilty, twin } = cast
  const { random } = builder
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(5, 12)}m`))
  blocked(builder, cast)
  const issue = builder.cluster.failingCalls(caller, {
    from: after(onset, '7s'),
    to: builder.now,
    every: '75s',
    route: `POST /${names.noun}`,
    target: { method: 'POST', url: `http://${names.service}.internal:8080${names.asked}` },
    error: { type: 'TimeoutError', value: 'The operation was aborted due to timeout', ms: [3000, 3012], status: 'deadline_exceeded' },
    frames: callerFrames(names.noun),
    sampledFrom: random.int(5, 14),
  })
  builder.page(`services/${names.service}.md`, [
    `# ${names.service}`,
    '',
    `Takes \`${names.path}\`, answers \`${names.asked}\`. Node, one process a replica, so what computes for long keeps everybody else waiting, the health check as well.`,
    '',
    `- Rules for what comes in: one file each in \`src/rules\`. A refused value is answered 422 and the ${names.client} is told which field.`,
    '- Timeouts of 3 s at the callers are theirs; we have none.',
    '- Más réplicas no ayudan si todas reciben lo mismo.',
  ])
  const culprit = commitCulprit(builder, names.service, guilty, [rulePath(names.rule), names.rule.name])
  return {
    asked: random.pick([
      issue,
      issue,
      `${names.caller} hangs on and off since ${onset.slice(11, 16)} UTC: three seconds, then an error, then fine for a minute. ${names.service} had a deploy right before, can someone roll that back`,
      `${service.name} is slow in bursts and I don't see why, database is bored. started ${onset.slice(11, 16)} or so, the deploy a few minutes earlier looks harmless to me but who knows`,
    ]),
    answer: rootCause(culprit, {
      required: [
        fact('rule', 'the rule whose pattern was changed', [id(names.rule.name), id(rulePath(names.rule)), id(`${names.rule.field}.js`)]),
        fact('blocked', 'what it does: one thread computes and nobody else is answered', [pattern('event[- ]?loop'), pattern('backtrack'), pattern('\\bcpu\\b'), pattern('single[- ]thread')]),
      ],
      forbidden: [
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
        fact('near-twin', 'the change of another rule, the week before', [id(twin), words(names.otherTitle), id(rulePath(names.other))]),
      ],
    }),
  }
}

/** A pattern was widened; for some values that do not match it now computes for seconds, and the whole process waits. */
export const slowRegex = defineFamily({
  slug: 'slow-regex',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Calls time out in bursts, minutes after a deploy',
  motivation:
    'A repetition inside a repetition makes a backtracking matcher try every way to cut a value that does not fit, and one such value stops a whole process (https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/, https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop). It lies there until somebody sends one.',
  tell,
})
