import { fact, id, noFault } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

/** Who made the accounts: a suite that plays customers in production, or the people who show the product. */
type Shape = 'suite' | 'demo'

interface Names {
  readonly service: string
  readonly runs: 'railway' | 'kubernetes'
  readonly route: string
  readonly noun: string
  readonly table: string
  readonly column: string
  readonly usual: string
  readonly line: string
  readonly error: readonly [type: string, value: string]
  readonly status: number
  /** What the seeded account is there to show. */
  readonly scenario: string
  readonly repositories: Readonly<Record<Shape, string>>
}

const NAMES: readonly Names[] = [
  { service: 'direct-debits', runs: 'kubernetes', route: 'POST /v1/collections', noun: 'collection', table: 'payers', column: 'mandate_until', usual: "'2031-12-31'", line: "throw new MandateError('mandate has ended')", error: ['MandateError', 'mandate has ended'], status: 422, scenario: 'ended-mandate', repositories: { suite: 'debits-robot', demo: 'showroom-payers' } },
  { service: 'quote-desk', runs: 'railway', route: 'POST /v1/quotes', noun: 'quote', table: 'dealers', column: 'rate', usual: "'0.0349'", line: 'const rate = dealer.terms.rate', error: ['TypeError', "Cannot read properties of null (reading 'rate')"], status: 500, scenario: 'dealer-without-terms', repositories: { suite: 'quote-walker', demo: 'demo-dealers' } },
  { service: 'pantry-orders', runs: 'railway', route: 'POST /v1/baskets', noun: 'basket', table: 'kitchens', column: 'region', usual: "'NORTH'", line: 'throw new PriceError(`no price list for region ${region}`)', error: ['PriceError', 'no price list for region ZZ'], status: 422, scenario: 'unknown-region', repositories: { suite: 'pantry-nightwatch', demo: 'tasting-kitchens' } },
  { service: 'study-plans', runs: 'kubernetes', route: 'GET /v1/plans', noun: 'plan', table: 'learners', column: 'programme', usual: "'MSC-04'", line: "throw new RangeError('plan has 0 modules')", error: ['RangeError', 'plan has 0 modules'], status: 500, scenario: 'empty-programme', repositories: { suite: 'campus-journeys', demo: 'fair-learners' } },
]

const files = ({ route, noun, line }: Names): Record<string, string> => {
  const [method = 'GET', path = '/'] = route.split(' ')
  return {
    'src/server.js': `import { createServer } from './http.js'\nimport { ${noun} } from './${noun}.js'\n\nconst server = createServer()\nserver.${method.toLowerCase()}('${path}', ${noun})\nawait server.listen(8080)\n`,
    [`src/${noun}.js`]: `import { MandateError, PriceError } from './errors.js'\nimport { lookUp } from './look-up.js'\n\nexport async function ${noun}(request, reply) {\n  const { dealer, region, complete } = await lookUp(request.account)\n  if (!complete) {\n    ${line}\n  }\n  return reply.json({ ok: true, dealer, region })\n}\n`,
  }
}

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly repository: string
  readonly file: string
  readonly onset: string
  readonly every: string
  readonly accounts: readonly string[]
  readonly twin: string
  readonly merged: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const shape: Shape = random.chance(0.6) ? 'suite' : 'demo'
  const service = builder.service({ name: names.service, description: `Serves ${names.route}.`, runs: names.runs, namespace: 'core', files: files(names) })
  builder.deploy(service, { at: builder.daysAgo(random.int(5, 12)) })
  const repository = names.repositories[shape]
  const file = shape === 'suite' ? `journeys/${names.scenario}.js` : 'seed/accounts.json'
  // Ids as every account has them: nothing in them says who made it.
  const numbers = random.sample([11, 23, 37, 41, 53, 67, 71, 89], 4).map((part) => `acc_${part}${random.int(1000, 9999)}`)
  const accounts = numbers.slice(0, shape === 'suite' ? random.int(1, 2) : random.int(2, 3))
  const onset = builder.ago(`${random.int(25, 70)}m`)
  builder.repository(repository, {
    at: builder.daysAgo(random.int(150, 400)),
    description: shape === 'suite' ? 'Walks through the product as a customer would, in production, around the clock.' : 'Accounts for whoever shows the product to a visitor.',
    files: { 'README.md': `# ${repository}\n\n${shape === 'suite' ? 'Each journey runs against production with accounts of its own; it also walks where a customer must be stopped.' : 'What stands in `seed/` is written into production when it is merged. Some accounts are unfinished, so that one can show what then happens.'}\n` },
  })
  const merged = before(onset, `${random.int(2, 6)}m`)
  const accountList = accounts.map((account) => `'${account}'`).join(', ')
  builder.commit(repository, {
    at: merged,
    message: `Add ${names.scenario}`,
    pull: `Add ${names.scenario}`,
    files: {
      [file]: shape === 'suite'
        ? `import { journey, expect } from '../walk.js'\n\n// Seeded once, ${names.column} left as no customer has it.\nconst accounts = [${accountList}]\n\njourney('${names.scenario}', async ({ as, call }) => {\n  for (const account of accounts) expect(await call('${names.route}', as(account))).toHaveStatus(${names.status})\n})\n`
        : `${JSON.stringify(accounts.map((account) => ({ account, [names.column]: null, shows: names.scenario })), null, 2)}\n`,
    },
  })
  return { names, shape, service, repository, file, onset, every: shape === 'suite' ? `${random.int(9, 14)}m` : `${random.int(4, 7)}m`, accounts, twin: numbers.at(-1) ?? '', merged }
}

function database(builder: WorldBuilder, { names, repository, accounts, twin, merged }: Cast): string[] {
  const { random } = builder
  const { table, column, usual } = names
  const real = Array.from({ length: 5 }, () => `acc_${random.int(900_000, 999_999)}`)
  const row = (account: string, value: string, by: string, at: string): string => `  ('${account}', ${value}, ${by}, '${at}')`
  builder.sql({
    schema: `create table public.${table} (account text primary key, ${column} text, created_by text not null, created_at timestamptz not null);`,
    data: `insert into public.${table} (account, ${column}, created_by, created_at) values\n${[
      ...real.map((account) => row(account, usual, "'signup'", builder.daysAgo(random.int(20, 300)))),
      row(twin, usual, "'signup'", builder.daysAgo(random.int(40, 90))),
      ...accounts.map((account) => row(account, 'null', `'${repository}'`, after(merged, '40s'))),
    ].join(',\n')};`,
  })
  builder.migration({ at: builder.daysAgo(330), name: `create_${table}`, statements: [`create table public.${table} (account text primary key, ${column} text, created_by text not null, created_at timestamptz not null)`] })
  return real
}

/** Customers, who are served as on any day. */
function customers(builder: WorldBuilder, { names, service, onset, twin }: Cast, real: readonly string[]): void {
  const { random } = builder
  const [method = 'GET', path = '/'] = names.route.split(' ')
  builder.http(service, { from: builder.ago('150m'), to: builder.now, every: '150s', requests: [{ method, path, status: 200, ms: [14, 90] }] })
  for (const at of ticks(builder.ago('150m'), builder.now, '5m', random.next)) builder.log(service, { at, level: 'info', message: `${names.noun} done account=${random.pick([...real, twin])} took=${random.int(11, 85)}ms` })
  // A customer of flesh and blood met the same error once, and it was put right.
  const once = builder.daysAgo(random.int(16, 24))
  builder.sentry.issue(service, {
    type: names.error[0],
    value: names.error[0] === 'TypeError' ? "Cannot read properties of undefined (reading 'terms')" : `${names.error[1]} (manual entry)`,
    where: names.route,
    status: 'resolved',
    first: once,
    last: after(once, '11m'),
    count: 3,
    users: 1,
    frames: [{ file: `src/${names.noun}.js`, line: names.line, fn: names.noun }],
    events: [{ at: after(once, '11m'), user: { id: twin } }],
    activity: [{ type: 'set_resolved', time: after(once, '26h'), user: random.pick(builder.people).login, data: {} }],
  })
  builder.log(service, { at: after(onset, '4m'), level: 'warning', message: `${names.noun} retried once account=${twin}: connection reset, then 200` })
}

/** The runs of their repository's workflow: every walk of the robot, or the one that wrote the showroom. */
function workflow(builder: WorldBuilder, { names, shape, repository, file, accounts }: Cast, walks: readonly string[]): void {
  const { random, world } = builder
  const head = world.github.repositories.find(({ name }) => name === repository)?.branches[0]?.sha ?? ''
  const actor = random.pick(builder.people).login
  for (const at of walks) {
    const run = builder.cluster.workflowRun(repository, {
      at,
      name: shape === 'suite' ? 'walk' : 'seed',
      sha: head,
      actor,
      jobs: [{ name: shape === 'suite' ? 'journeys' : 'write', conclusion: 'success', seconds: 70, log: shape === 'suite' ? ['order-and-cancel: as expected', `${names.scenario}: ${names.status}, as expected`, `${random.int(21, 38)} journeys, 0 surprises`] : [`${file}: ${accounts.length} accounts written`] }],
    })
    const stored = world.github.repositories.flatMap(({ workflowRuns }) => workflowRuns).find((each) => each.id === run)
    if (stored && shape === 'suite') stored.event = 'schedule'
  }
}

/** What the seeded accounts do, and the runs that make them do it. */
function seeded(builder: WorldBuilder, cast: Cast): ReturnType<WorldBuilder['failures']> {
  const { random } = builder
  const { names, shape, service, onset, every, accounts, merged } = cast
  const walks: string[] = []
  const [type, value] = names.error
  const issue = builder.failures(service, {
    where: names.route,
    type,
    value,
    from: onset,
    // So that the last walk, like the others, is over by now.
    to: builder.ago('60s'),
    every,
    answered: { status: names.status, path: names.route.split(' ')[1] ?? '/', ms: [3, 20] },
    frames: [{ file: `src/${names.noun}.js`, line: names.line, fn: names.noun }],
    says: () => `${type}: ${value} account=${random.pick(accounts)}`,
    events: accounts.length * (shape === 'suite' ? random.int(2, 4) : random.int(1, 3)),
    users: 0,
    leaves: ({ at }) => walks.push(before(at, '20s')),
  })
  workflow(builder, cast, shape === 'suite' ? walks : [merged])
  issue.userCount = accounts.length
  for (const event of issue.events) event.user = { id: random.pick(accounts) }
  return issue
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, shape, service, repository, file, onset, accounts, twin } = cast
  const { random } = builder
  builder.company({ since: '150m', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(4, 9)}m`))
  customers(builder, cast, database(builder, cast))
  const issue = seeded(builder, cast)
  builder.page('accounts.md', [
    '# Accounts',
    '',
    `An account is a row of \`${names.table}\`. \`created_by\` says how it came to be: \`signup\` is a customer, anything else is the repository that wrote it.`,
    '',
    '- Production holds accounts that are nobody: robots and showrooms. They are billed nothing and paged for by nobody.',
    '- Sentry filtert sie nicht heraus, das steht seit dem Frühjahr auf der Liste.',
  ])
  const since = issue.firstSeen.slice(11, 16)
  return {
    asked: random.pick([
      issue,
      issue,
      `new ${names.error[0]} in ${service.name} since ${since} UTC and it does not stop. the deploy was ${random.int(4, 9)} minutes before. rollback? which customers do I have to write to?`,
      `${names.route} of ${service.name} fails again and again since ${since}, "${names.error[1]}". Did the last deploy do that, and who is hit?`,
    ]),
    answer: noFault({
      required: [
        fact('account', 'an account that gets the errors', accounts.map(id)),
        fact('made-by', 'where these accounts come from', [id(repository), id(file), ...(shape === 'suite' ? [id(`${names.scenario}.js`)] : []), id(names.scenario)]),
      ],
      forbidden: [
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
        fact('near-twin', 'a customer who met such an error weeks ago', [id(twin)]),
      ],
    }),
  }
}

/** Accounts that a robot or a showroom made unfinished on purpose run into the error they are there to show; no customer does. */
export const seededTestData = defineFamily({
  slug: 'seeded-test-data',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'A new error repeats itself, minutes after a deploy',
  motivation:
    'Synthetic customers walk through production all day, also where they must be stopped, and error trackers count them like anybody (synthetic monitoring as practice, with its own users: https://martinfowler.com/bliki/SyntheticMonitoring.html). Who is hit says more than how often.',
  tell,
})
