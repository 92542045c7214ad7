import { fact, id, noFault, number } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { changeForms, type MergedChange } from '../../training/lab/world-builder/merged-change.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly runs: 'railway' | 'kubernetes'
  readonly route: string
  /** What it asks; goes live with something harmless shortly before the warning. */
  readonly upstream: string
  /** Got another line the day before, in the same place. */
  readonly neighbour: string
  readonly old: number
  readonly line: number
  readonly title: string
  readonly neighbourTitle: string
}

const NAMES: readonly Names[] = [
  { service: 'seat-finder', runs: 'kubernetes', route: 'GET /v1/seats', upstream: 'hall-plans', neighbour: 'voucher-check', old: 650, line: 380, title: 'Seats: try a closer line', neighbourTitle: 'Vouchers: another line' },
  { service: 'quote-engine', runs: 'railway', route: 'POST /v2/quotes', upstream: 'rate-tables', neighbour: 'document-vault', old: 1200, line: 750, title: 'Quotes: the line we might promise', neighbourTitle: 'Documents: follow the new promise' },
  { service: 'recipe-search', runs: 'railway', route: 'GET /v1/recipes', upstream: 'taste-ranking', neighbour: 'pantry-lists', old: 540, line: 300, title: 'Search: measure against three tenths', neighbourTitle: 'Lists: measure against half a second' },
  { service: 'route-advice', runs: 'kubernetes', route: 'POST /v1/advice', upstream: 'road-graph', neighbour: 'toll-table', old: 930, line: 620, title: 'Advice: a tighter line for the trial', neighbourTitle: 'Tolls: a tighter line' },
]

/** Where the line is drawn: in the service's own code, or in a repository of settings that every service reads anew each minute. */
type Shape = 'code' | 'settings'

const SETTINGS = 'watch-settings'
const minutes = (value: number): string => `${value}m`

const watchFile = (line: number): string => `// p95 of ten minutes above this: one warning to Sentry.\nexport const LINE_MS = ${line}\n`
const settingsFile = (service: string, line: number): string => `service: ${service}\nwindow: 10m\nmeasure: p95\nline_ms: ${line}\nto: sentry\n`

const files = (shape: Shape, { route, old }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { answer } from './answer.js'\nimport { watch } from './watch.js'\n\nconst server = createServer()\nserver.on('${route}', answer)\nwatch(server, '${route}')\nawait server.listen(8080)\n`,
  'src/watch.js': `import { line } from './line.js'\nimport { log } from './log.js'\nimport { report } from './sentry.js'\n\nclass SlowWindow extends Error {}\n\nexport function watch(server, route) {\n  server.every('10m', ({ p95 }) => {\n    log.info(\`window \${route} p95=\${p95}ms line=\${line()}ms\`)\n    if (p95 > line()) report(new SlowWindow(\`p95 of \${route} above \${line()} ms\`), 'warning')\n  })\n}\n`,
  ...(shape === 'code' ? { 'src/limits.js': watchFile(old), 'src/line.js': "import { LINE_MS } from './limits.js'\n\nexport const line = () => LINE_MS\n" } : { 'src/line.js': `import { setting } from './settings.js'\n\n// From ${SETTINGS}, read anew every minute.\nexport const line = () => setting('line_ms')\n` }),
})

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly upstream: Service
  readonly change: MergedChange
  readonly twin: MergedChange
  /** From here on the new line is in force. */
  readonly inForce: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const shape = random.pick<Shape>(['code', 'settings'])
  const upstream = builder.service({ name: names.upstream, description: `Answers ${names.service}.`, runs: 'railway', files: { 'src/server.js': "import { createServer } from './http.js'\nimport { answer } from './answer.js'\n\nawait createServer().post('/', answer).listen(8080)\n" } })
  const service = builder.service({ name: names.service, description: `Serves ${names.route}.`, runs: names.runs, namespace: 'front', replicas: 2, dependsOn: [names.upstream], files: files(shape, names) })
  builder.deploy(upstream, { at: builder.daysAgo(random.int(12, 25)) })
  builder.deploy(service, { at: builder.daysAgo(random.int(5, 11)) })
  builder.repository(SETTINGS, {
    at: builder.daysAgo(280), description: 'What each service is measured against.',
    files: { 'README.md': '# watch-settings\n\nOne file a service. Merged is in force within a minute.\n', [`watch/${names.service}.yaml`]: settingsFile(names.service, shape === 'code' ? 5000 : names.old), [`watch/${names.neighbour}.yaml`]: settingsFile(names.neighbour, names.old + 350) },
  })
  const twin = builder.cluster.mergeChange(SETTINGS, { at: builder.daysAgo(1), title: names.neighbourTitle, files: { [`watch/${names.neighbour}.yaml`]: settingsFile(names.neighbour, names.old - 20) } })
  const merged = builder.ago(minutes(random.int(62, 110)))
  const message = `${names.title}\n\n${random.pick([
    'Nothing got slower. For two weeks we count how often an ordinary day would cross the line that sales would like to promise; it will, several times an hour. Nobody needs to do anything about it until we have talked about the numbers.',
    'This will ring on ordinary days, that is what it is for: we want to see how far we are from it before we promise it. Back to the old line on the first of the month. Please do not tune anything because of it.',
  ])}`
  const act = { at: merged, title: names.title, message }
  const change = shape === 'code' ? builder.cluster.mergeChange(names.service, { ...act, files: { 'src/limits.js': watchFile(names.line) } }) : builder.cluster.mergeChange(SETTINGS, { ...act, files: { [`watch/${names.service}.yaml`]: settingsFile(names.service, names.line) } })
  const inForce = shape === 'code' ? builder.deploy(service, { at: after(merged, '40s') }).liveAt : after(merged, '50s')
  return { names, shape, service, upstream, change, twin, inForce }
}

/** The same milliseconds before and since: only the line they are held against moved. */
function windows(builder: WorldBuilder, { names, service, upstream, inForce }: Cast): string[] {
  const { random } = builder
  const [method = 'GET', path = '/'] = names.route.split(' ')
  const usual = Math.round((names.line + names.old) / 2) - random.int(10, 60)
  const above: string[] = []
  for (const at of ticks(builder.ago('5h'), builder.now, '10m')) {
    const since = Date.parse(at) >= Date.parse(inForce)
    const p95 = usual + random.int(-18, 18)
    const line = since ? names.line : names.old
    const said = { at, level: p95 > line ? 'warning' as const : 'info' as const, message: `window ${names.route} p95=${p95}ms line=${line}ms requests=${random.int(2100, 2400)} failed=0` }
    builder.log(service, said)
    // A pod's lines go with the pod; Sentry keeps a copy of these.
    if (names.runs === 'kubernetes') builder.sentry.log(service, said)
    if (p95 > line) above.push(at)
  }
  builder.http(service, { from: builder.ago('170m'), to: builder.now, every: '150s', requests: [{ method, path, status: 200, ms: [Math.round(usual * 0.3), usual] }] })
  builder.http(upstream, { from: builder.ago('170m'), to: builder.now, every: '4m', requests: [{ method: 'POST', path: '/', status: 200, ms: [20, 90] }] })
  builder.metrics(upstream, () => 0.34)
  return above
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, upstream, change, twin, inForce } = cast
  const { random } = builder
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(upstream, before(inForce, `${random.int(1, 4)}m`))
  const above = windows(builder, cast)
  const [first = builder.now] = above
  const issue = builder.issue(service, {
    type: 'SlowWindow',
    value: `p95 of ${names.route} above ${names.line} ms`,
    where: 'watch',
    level: 'warning',
    priority: 'high',
    first,
    last: above.at(-1) ?? first,
    count: above.length,
    frames: [{ file: 'src/watch.js', line: 'report(new SlowWindow', fn: 'watch' }],
    events: above.slice(-5).map((at) => ({ at, tags: { route: names.route } })),
  })
  builder.sentry.alert(service, { name: `${names.service} is slow`, type: 'issue', condition: 'SlowWindow, any level' })
  builder.page('runbooks/slow-window.md', [
    '# SlowWindow',
    '',
    '`watch` compares the p95 of ten minutes with a line and warns above it. The line is a number that people choose.',
    '',
    '- First look: did the milliseconds change, or the line? `window` in the log of the service has both, every ten minutes.',
    '- Milliseconds went up: the services it asks, the database, the machines, what went live.',
    `- Die Linie steht je nach Dienst im Code oder in ${SETTINGS}.`,
  ])
  const since = first.slice(11, 16)
  return {
    asked: random.pick([
      issue,
      issue,
      `${service.name} got slow, pager since ${since} UTC. ${upstream.name} was deployed just before, is it that? Customers complain? (I have seen none yet)`,
      `${service.name} warns about its p95 every ten minutes since ${since}. who slowed it down and what do we do`,
    ]),
    answer: noFault({
      required: [fact('change', 'the change that moved the line, on purpose', changeForms(change)), fact('old-line', 'where the line was before (ms)', [number(names.old)])],
      forbidden: [fact('innocent-deploy', 'the deploy of the upstream minutes before', [id(innocent.sha)]), fact('near-twin', 'another service got another line the day before', [id(twin.sha), id(names.neighbour)])],
    }),
  }
}

/** Somebody tries a lower line for a fortnight and says so; ordinary days cross it, and nothing is slower than it was. */
export const trialWarning = defineFamily({
  slug: 'trial-warning',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'A warning about slowness repeats every ten minutes',
  motivation:
    'An alert compares a measurement with a number that somebody chose, and either can move (how such lines are drawn, tried and drawn anew: https://sre.google/workbook/alerting-on-slos/).',
  tell,
})
