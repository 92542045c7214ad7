import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  /** Reads and writes the same rows, by the same variable. */
  readonly worker: string
  readonly database: string
  readonly table: string
  readonly noun: string
  readonly read: string
  readonly write: string
}

const NAMES: readonly Names[] = [
  { service: 'parcel-api', worker: 'label-worker', database: 'parcels', table: 'shipments', noun: 'shipment', read: 'GET /shipments/:id', write: 'POST /shipments' },
  { service: 'membership-api', worker: 'renewal-worker', database: 'members', table: 'memberships', noun: 'membership', read: 'GET /memberships/:id', write: 'POST /memberships' },
  { service: 'quote-desk', worker: 'quote-mailer', database: 'quotes', table: 'offers', noun: 'offer', read: 'GET /offers/:id', write: 'POST /offers' },
  { service: 'ride-ledger', worker: 'receipt-printer', database: 'rides', table: 'trips', noun: 'trip', read: 'GET /trips/:id', write: 'POST /trips' },
  { service: 'course-api', worker: 'grade-importer', database: 'courses', table: 'enrolments', noun: 'enrolment', read: 'GET /enrolments/:id', write: 'POST /enrolments' },
]

/** Which wrong database: that of staging, a replica that takes no writes, or one on another continent. */
type Where = 'staging' | 'replica' | 'continent'
/** How the edit came to count: by a restart of its own, or with the next deploy, because whoever made it left the restart out. */
type Shape = 'restart' | 'next-deploy'

interface Cast {
  readonly names: Names
  readonly where: Where
  readonly shape: Shape
  readonly service: Service
  readonly worker: Service
  readonly variable: string
  readonly twin: string
  readonly right: string
  readonly wrong: string
  readonly edited: string
  readonly onset: string
  readonly other: Release
}

function filesOf({ table, noun, read, write }: Names, variable: string): Record<string, string> {
  return {
    'src/server.js': `import { find, add } from './rows.js'\n\nserve('${read}', (request, reply) => find(request.params.id, reply))\nserve('${write}', (request, reply) => add(request.body, reply))\n`,
    'src/rows.js': `import { db, within } from './db.js'\n\nexport class NotFoundError extends Error {}\n\nexport async function find(id, reply) {\n  const row = await within(db.query('select * from ${table} where id = $1', [id]))\n  if (!row) throw new NotFoundError('no such ${noun}')\n  return reply.json(row)\n}\n\nexport async function add(body, reply) {\n  await within(db.query('insert into ${table} (body) values ($1)', [body]))\n  return reply.status(201).end()\n}\n`,
    'src/db.js': `import pg from 'pg'\nimport { log } from './log.js'\n\nexport class QueryTimeout extends Error {}\nexport const db = new pg.Pool({ connectionString: process.env.${variable} })\nlog.info(\`database \${db.options.host}\`)\n\nexport const within = (query) => Promise.race([query, late(1500)])\n\nfunction late(ms) {\n  return new Promise((_, reject) => setTimeout(() => reject(new QueryTimeout(\`no answer within \${ms} ms\`)), ms))\n}\n`,
  }
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const [where, shape] = [random.pick(['staging', 'replica', 'continent'] as const), random.pick(['restart', 'next-deploy'] as const)]
  const stem = names.database.toUpperCase()
  const [variable, twin] = random.pick([['DATABASE_URL', 'DATABASE_POOL_MAX'], [`${stem}_DB_URL`, `${stem}_DB_POOL_SIZE`], ['PG_URL', 'PG_STATEMENT_TIMEOUT'], [`${stem}_DSN`, `${stem}_IDLE_TIMEOUT`]] as const)
  const [home, abroad] = random.pick([['eu1', 'us2'], ['fra', 'syd'], ['euw', 'apse']] as const)
  const right = `${names.database}-main.${home}.pgfleet.example`
  const wrong = { staging: `${names.database}-staging.${home}.pgfleet.example`, replica: `${names.database}-ro.${home}.pgfleet.example`, continent: `${names.database}-main.${abroad}.pgfleet.example` }[where]
  const url = (host: string): string => `postgres://app:${random.token(18)}@${host}:5432/${names.database}`
  const onset = builder.ago(`${random.int(20, 80)}m`)
  const service = builder.service({ name: names.service, description: `Looks after each ${names.noun}.`, runs: 'railway', files: filesOf(names, variable), variables: { [variable]: url(wrong), [twin]: String(random.int(8, 40)), LOG_LEVEL: 'info' } })
  const worker = builder.service({ name: names.worker, description: `Works through every new ${names.noun}.`, runs: 'railway', sentry: false, files: filesOf(names, variable), variables: { [variable]: url(right), LOG_LEVEL: 'info' } })
  const live = (of: Service, release: Release, host: string): Release => {
    builder.log(of, { at: after(release.liveAt, '1s'), level: 'info', message: `database ${host}` })
    return release
  }
  const actor = random.pick(builder.people).login
  const edit = (name: string, at: string): void => builder.activity(service, { at, actor, object: 'Variable', payload: { name } })
  live(worker, builder.deploy(worker, { at: builder.daysAgo(random.int(8, 16)) }), right)
  live(service, builder.deploy(service, { at: builder.daysAgo(random.int(8, 16)) }), right)
  const earlier = before(onset, `${random.int(22, 29)}h`)
  edit(twin, earlier)
  live(service, builder.deploy(service, { at: after(earlier, '12s'), reason: 'variables' }), right)
  const edited = before(onset, shape === 'restart' ? '165s' : `${random.int(2, 7)}h${random.int(2, 50)}m`)
  edit(variable, edited)
  if (shape === 'restart') live(service, builder.deploy(service, { at: before(onset, '155s'), reason: 'variables' }), wrong)
  else live(service, builder.innocentDeploy(service, before(onset, '170s')), wrong)
  const other = live(worker, builder.innocentDeploy(worker, before(onset, `${random.int(5, 12)}m`)), right)
  return { names, where, shape, service, worker, variable, twin, right, wrong, edited, onset, other }
}

function background(builder: WorldBuilder, { names, where, service, worker, onset }: Cast): void {
  const { random } = builder
  const request = (route: string, status: number, ms: readonly [number, number]) => ({ method: route.split(' ')[0] ?? 'GET', path: route.split(' ')[1] ?? '/', status, ms })
  builder.http(service, { from: builder.ago('150m'), to: onset, every: '4m', requests: [request(names.read, 200, [4, 22]), request(names.write, 201, [7, 40])] })
  const slow = where === 'continent' ? ([190, 1480] as const) : ([4, 22] as const)
  builder.http(service, { from: after(onset, '10s'), to: builder.now, every: '4m', requests: [where === 'staging' ? request(names.write, 201, [7, 40]) : request(names.read, 200, slow)] })
  for (const at of ticks(builder.ago('150m'), builder.now, '7m', random.next)) builder.log(worker, { at, level: 'info', message: `${random.int(3, 60)} of ${names.table} done, ${random.int(2, 6)} ms each` })
  for (const at of ticks(builder.ago('150m'), builder.now, '11m', random.next)) builder.log(service, { at, level: 'info', message: `pool open=${random.int(2, 9)} idle=${random.int(0, 4)} median=${where === 'continent' && at > onset ? random.int(91, 118) : random.int(2, 4)}ms` })
}

function failing(builder: WorldBuilder, { names, where, service, onset }: Cast): Story['asked'] {
  const { random } = builder
  const shared = { from: after(onset, '8s'), to: builder.now, every: '95s', events: random.int(4, 14), users: 3, tags: { table: names.table } }
  const [, path = '/'] = (where === 'staging' ? names.read : names.write).split(' ')
  const span = (description: string, ms: number, status: string) => () => [{ service, op: 'db', description, ms, status }]
  const select = `select * from ${names.table} where id = $1`
  const insert = `insert into ${names.table} (body) values ($1)`
  if (where === 'staging')
    return builder.failures(service, { ...shared, where: names.read, type: 'NotFoundError', value: `no such ${names.noun}`, answered: { status: 404, path, ms: [4, 20] }, frames: [{ file: 'src/rows.js', line: 'throw new NotFoundError', fn: 'find' }], inside: span(select, 3, 'ok') })
  if (where === 'replica')
    return builder.failures(service, { ...shared, where: names.write, type: 'error', value: 'cannot execute INSERT in a read-only transaction', answered: { status: 500, path, ms: [3, 15] }, frames: [{ file: 'src/rows.js', line: "db.query('insert", fn: 'add' }], inside: span(insert, 2, 'internal_error'), extra: { code: '25006', severity: 'ERROR' } })
  return builder.failures(service, { ...shared, where: names.write, type: 'QueryTimeout', value: 'no answer within 1500 ms', answered: { status: 500, path, ms: [1501, 1530] }, frames: [{ file: 'src/rows.js', line: 'await within(db.query(\'insert', fn: 'add' }, { file: 'src/db.js', line: 'reject(new QueryTimeout', fn: 'late' }], inside: span(insert, 1500, 'deadline_exceeded') })
}

function pages(builder: WorldBuilder, { names, right, variable }: Cast): void {
  const [owner, other] = builder.random.sample(builder.people, 2)
  builder.page('databases.md', [
    '# Databases', '', 'Postgres is rented from pgfleet. A name says what it is: `<database>-<role>.<place>.pgfleet.example`.', '', '- `main` takes reads and writes, `ro` follows it and takes reads only, `staging` has rows that were made up on the first of the month.', '- The same name in another place is the copy that is kept for restores. Nobody else should talk to it.', '- All of them have the same users and passwords rules, so a wrong one lets you in.', '',
    '| Database | Used by | Owner |', '| --- | --- | --- |', `| ${names.database} | ${names.service}, ${names.worker} | ${owner?.login ?? ''} |`, `| vouchers | nobody since May | ${other?.login ?? ''} |`,
  ])
  builder.page('platform/variables.md', ['# Variables on Railway', '', 'They are set in the dashboard or by the command line. Not from the repository, so no review sees them.', '', '- Set with `--skip-deploys` they count from the next start of the service, whoever starts it.', `- A service prints at its start which database it has, e.g. \`database ${right.replace(names.database, 'vouchers')}\`.`, `- Services that share a database should take ${variable.includes('URL') ? 'its URL' : 'its address'} from the shared variables. Not all do yet.`])
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, where, shape, service, worker, variable, twin, right, wrong, other } = cast
  builder.company({ since: '150m', railway: 1, kubernetes: 1 })
  background(builder, cast)
  const issue = failing(builder, cast)
  pages(builder, cast)
  const words = {
    staging: `customers get "not found" for things they made this morning in ${names.service}. The worker has them, so they exist somewhere`,
    replica: `${names.service}: nothing new can be saved, looking things up works. ${names.worker} writes happily`,
    continent: `${names.service} ist plötzlich zäh wie Kaugummi und bricht beim Speichern oft ab. ${names.worker} merkt nichts davon`,
  }[where]
  const host = (name: string, meaning: string, value: string) => fact(name, meaning, [id(value), id(`${value}:5432`), id(value.split('.').slice(0, 2).join('.'))])
  return {
    asked: builder.random.chance(0.6) ? issue : words,
    answer: rootCause(
      { kind: 'variable', name: variable, accepts: [id(variable)], within: [id(service.name), id(worker.name), id(wrong), id(right), id(`${wrong}:5432`), pattern('\\b(?:points?|pointing|database|host|staging|replica|read-only|region|edited|wrong)\\b')] },
      {
        required: [host('wrong-host', 'the database it leads to now', wrong)],
        forbidden: [
          fact('near-twin', 'another variable of the service, edited the day before', [id(twin)]),
          fact('innocent-deploy', `the newest deploy of ${worker.name}, minutes before`, [id(other.sha)]),
          ...(shape === 'restart' ? [] : [fact('settings-deploy', 'an older start with new variables, that of the other one', [id(service.releases[1]?.deployment ?? '')])]),
        ],
      },
    ),
  }
}

/** A variable is edited by hand and leads to another database that works: staging's, a replica, or the copy on another continent. */
export const foreignDatabase = defineFamily({
  slug: 'foreign-database',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'One service goes wrong with data that another handles well',
  motivation:
    'Nothing refuses a connection to the wrong database when names and passwords fit; the symptom is missing rows, refused writes or slowness, and on a platform that applies variables with the next deployment it begins with somebody else\'s deploy (Railway: variables, https://docs.railway.com/guides/variables; Postgres error 25006: https://www.postgresql.org/docs/current/errcodes-appendix.html).',
  tell,
})
