import { fact, id, pattern, undecided } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import type { MergedChange } from '../../training/lab/world-builder/merged-change.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

/** One of the two that count the same thing in their own way. */
interface Side {
  readonly service: string
  readonly file: string
  readonly fn: string
  readonly title: string
}

interface Names {
  /** Compares what both say, and refuses when they differ. */
  readonly service: string
  readonly namespace: string
  readonly route: string
  readonly noun: string
  readonly sides: readonly [Side, Side]
  /** What was a constant in the code of many services, and what it was everywhere. */
  readonly setting: string
  readonly value: string
  /** What it would be at the first side, and at the second, if that one were the wrong one. */
  readonly wrong: readonly [string, string]
  readonly error: readonly [type: string, value: string]
  /** Went through the same change the day before, and has no part in this. */
  readonly third: string
}

const NAMES: readonly Names[] = [
  { service: 'checkout-guard', namespace: 'sales', route: '/v1/checkouts', noun: 'checkout', setting: 'ROUNDING', value: 'half-even', wrong: ['half-down', 'half-up'], error: ['BalanceError', 'lines add up to 48.17, the total says 48.18'], third: 'gift-vouchers',
    sides: [{ service: 'basket-lines', file: 'src/lines.js', fn: 'lines', title: 'Lines: take the rounding from the settings' }, { service: 'basket-totals', file: 'src/total.js', fn: 'total', title: 'Totals: take the rounding from the settings' }] },
  { service: 'dock-gate', namespace: 'yard', route: '/v1/departures', noun: 'departure', setting: 'WEIGHT_UNIT', value: 'kg', wrong: ['lb', 'lb'], error: ['WeightError', 'scales say 412.0, the manifest says 186.9'], third: 'pallet-stickers',
    sides: [{ service: 'parcel-scales', file: 'src/scales.js', fn: 'weigh', title: 'Scales: the unit is a setting now' }, { service: 'manifest-api', file: 'src/manifest.js', fn: 'declared', title: 'Manifest: the unit is a setting now' }] },
  { service: 'payroll-check', namespace: 'people', route: '/v1/timesheets', noun: 'timesheet', setting: 'QUARTERS', value: 'nearest', wrong: ['down', 'up'], error: ['HoursError', 'the clock counts 7.5 hours, the roster 7.75'], third: 'holiday-balance',
    sides: [{ service: 'shift-clock', file: 'src/clock.js', fn: 'counted', title: 'Clock: read how quarters round from the environment' }, { service: 'roster-hours', file: 'src/roster.js', fn: 'planned', title: 'Roster: read how quarters round from the environment' }] },
  { service: 'bill-maker', namespace: 'metering', route: '/v2/bills', noun: 'bill', setting: 'GAPS', value: 'interpolate', wrong: ['hold', 'zero'], error: ['UsageError', 'intervals give 12.48 kWh, the profile 12.11 kWh'], third: 'tariff-preview',
    sides: [{ service: 'meter-intervals', file: 'src/intervals.js', fn: 'sum', title: 'Intervals: no constant for gaps any more' }, { service: 'day-profile', file: 'src/profile.js', fn: 'integral', title: 'Profile: no constant for gaps any more' }] },
]

const sideFile = ({ fn }: Pick<Side, 'fn'>, { setting, value }: Names, fromSettings: boolean): string =>
  `import { arithmetic } from './arithmetic.js'\n\nconst ${setting} = ${fromSettings ? `process.env.${setting}` : `'${value}'`}\n\nexport const ${fn} = arithmetic(${setting})\n`

const sideServer = ({ file, fn }: Pick<Side, 'file' | 'fn'>, setting: string): string =>
  `import { createServer } from './http.js'\nimport { ${fn} } from './${file.slice(4)}'\nimport { settings } from './settings.js'\n\nconsole.log('settings', settings(['${setting}']))\nconst server = createServer()\nserver.post('/${fn}', async (request, reply) => reply.json(${fn}(request.body)))\nawait server.listen(8080)\n`

const address = ({ service }: Side): string => `${service.toUpperCase().replaceAll('-', '_')}_URL`

const guardFiles = ({ route, noun, sides: [left, right], error: [type] }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { ${noun} } from './${noun}.js'\n\nconst server = createServer()\nserver.post('${route}', ${noun})\nawait server.listen(8080)\n`,
  [`src/${noun}.js`]: `import { ask } from './ask.js'\nimport { ${type} } from './errors.js'\nimport { words } from './words.js'\n\n// Neither is right by itself: they are written apart so that a slip of one does not go unseen. What they were asked is personal and not kept.\nexport async function ${noun}(request, reply) {\n  const [left, right] = await Promise.all([ask(process.env.${address(left)}, '/${left.fn}', request.body), ask(process.env.${address(right)}, '/${right.fn}', request.body)])\n  if (left !== right) throw new ${type}(words(left, right))\n  return reply.status(201).json({ ok: true })\n}\n`,
})

interface Candidate {
  readonly side: Side
  readonly service: Service
  readonly change: MergedChange
  readonly release: Release
}

interface Cast {
  readonly names: Names
  readonly guard: Service
  readonly innocent: Release
  readonly candidates: readonly Candidate[]
  readonly third: MergedChange
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const { setting } = names
  const started = builder.ago(`${random.int(24, 62)}m`)
  const sides = names.sides.map((side) => {
    const service = builder.service({ name: side.service, description: `Counts what a ${names.noun} comes to, one of two.`, runs: 'railway', files: { 'src/server.js': sideServer(side, setting), [side.file]: sideFile(side, names, false) }, variables: { [setting]: names.value } })
    builder.deploy(service, { at: builder.daysAgo(random.int(14, 30)) })
    return { side, service }
  })
  const guard = builder.service({
    name: names.service, description: `Takes a ${names.noun} when both say the same.`, runs: 'kubernetes', namespace: names.namespace, files: guardFiles(names),
    dependsOn: names.sides.map(({ service }) => service), configMap: `${names.service}-env`, variables: Object.fromEntries(names.sides.map((side) => [address(side), `https://${side.service}-production.up.railway.example`])),
  })
  builder.deploy(guard, { at: builder.daysAgo(random.int(5, 12)) })
  const third = builder.service({ name: names.third, description: 'Has arithmetic of its own.', runs: 'kubernetes', namespace: names.namespace, files: { 'src/server.js': sideServer({ file: 'src/count.js', fn: 'count' }, setting), 'src/count.js': sideFile({ fn: 'count' }, names, false) }, variables: { [setting]: names.value } })
  const chore = builder.cluster.mergeChange(names.third, { at: builder.daysAgo(1), title: `Take ${setting} from the settings`, files: { 'src/count.js': sideFile({ fn: 'count' }, names, true) } })
  const live = builder.deploy(third, { at: after(builder.daysAgo(1), '1s') })
  builder.log(third, { at: after(live.liveAt, '1s'), level: 'info', message: `settings ${setting}=${names.value}` })
  const innocent = builder.innocentDeploy(guard, before(started, `${random.int(14, 25)}m`))
  const candidates = sides.map(({ side, service }, index) => {
    const change = builder.cluster.mergeChange(side.service, { at: before(started, `${random.int(60, 400)}s`), title: side.title, files: { [side.file]: sideFile(side, names, true) } })
    return { side, service, change, release: builder.deploy(service, { at: after(started, `${index * random.int(3, 25)}s`) }) }
  })
  return { names, guard, innocent, candidates, third: chore }
}

/** What the refused service would tell, and nobody may read: what each printed when it started. */
function behindTheDoor(builder: WorldBuilder, { names, candidates }: Cast): void {
  const guilty = builder.random.int(0, 1)
  builder.world.header.outages.push({ worker: 'railway', status: 403, message: 'Not Authorized' })
  for (const [index, { service, release }] of candidates.entries()) {
    builder.log(service, { at: after(release.liveAt, '1s'), level: 'info', message: `settings ${names.setting}=${index === guilty ? names.wrong[guilty] : names.value}` })
  }
}

function traffic(builder: WorldBuilder, { names, guard, candidates }: Cast): ReturnType<WorldBuilder['failures']> {
  const { random } = builder
  const lives = candidates.map(({ release }) => release.liveAt).toSorted()
  const [earlier = builder.now, later = builder.now] = lives
  // Nothing is compared between the two starts, so the first failure tells them apart no more than the clock does.
  const good = (from: string, to: string, every: string): void => {
    for (const at of ticks(from, to, every, random.next)) builder.log(guard, { at, level: 'info', message: `${names.noun} taken, both agree trace=${random.hex(32)}` })
  }
  good(builder.ago('2h'), before(earlier, '20s'), '3m')
  good(after(later, '4m'), builder.now, '6m')
  const called = (side: Side): string => `https://${side.service}-production.up.railway.example/${side.fn}`
  return builder.failures(guard, {
    where: `POST ${names.route}`,
    type: names.error[0],
    value: names.error[1],
    from: after(later, '9s'),
    to: builder.now,
    every: '85s',
    answered: { status: 409, path: names.route, ms: [40, 190] },
    frames: [{ file: `src/${names.noun}.js`, line: 'if (left !== right) throw', fn: names.noun, vars: { request: '[Filtered]' } }],
    inside: () => names.sides.map((side) => ({ service: guard, op: 'http.client', description: `POST ${called(side)}`, ms: random.int(18, 70) })),
    breadcrumbs: (at) => names.sides.map((side) => ({ time: at, category: 'http', level: 'info', message: `POST ${called(side)} [200]` })),
    events: random.int(5, 13),
    users: 3,
  })
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, guard, innocent, candidates, third } = cast
  const { random } = builder
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  behindTheDoor(builder, cast)
  const issue = traffic(builder, cast)
  builder.page('settings.md', [
    '# Settings instead of constants',
    '',
    `\`${names.setting}\` is \`${names.value}\` in the code of all of us. Service by service it becomes a variable of the place it runs in.`,
    '',
    '- Each prints `settings` once when it starts, in its deploy log. There is no other place that shows a value.',
    '- Variables of Railway are set by whoever has the production role there.',
    `- ${names.service} weiß nicht, wer recht hat. Es sieht nur, dass zwei Zahlen nicht gleich sind.`,
  ])
  const since = issue.firstSeen.slice(11, 16)
  const [one, two] = random.sample(candidates.map(({ side }) => side.service), 2)
  return {
    asked: random.pick([
      issue,
      issue,
      `${guard.name} refuses ${names.noun}s since ${since} UTC because its two sources don't agree. One of them must be wrong, which one, and what do we roll back?`,
      `customers get 409 from ${guard.name} since about ${since}. I blame ${one}, my neighbour blames ${two}. can you settle it`,
    ]),
    answer: undecided({
      required: candidates.map(({ side, change }, index) =>
        fact(`candidate-${index + 1}`, `the change of ${side.service} that went live then`, [id(change.sha), pattern(`${side.service}\\W{0,9}(?:pull request |pr )?#${change.pull}\\b`)]),
      ),
      forbidden: [
        fact('innocent-deploy', 'the deploy of the one that compares', [id(innocent.sha)]),
        fact('near-twin', 'the same change in a service that has no part in it', [id(third.sha), id(names.third)]),
      ],
    }),
  }
}

/** Two changes of one kind go live together, either could be the one, and where the difference was printed nobody may look. */
export const tooLittleKept = defineFamily({
  slug: 'too-little-kept',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Two sources disagree, and both changed',
  motivation:
    'Changes that go live together cannot be told apart by the clock, and where neither code nor error says which value was used, an honest answer names both and what is missing (why changes should go one at a time, and what to keep of them: https://sre.google/sre-book/effective-troubleshooting/).',
  tell,
})
