import type { Answer } from '../../src/core/task.ts'
import { fact, id, number, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import { migrationForms, type SchemaChange, schemaRepository } from '../../training/lab/world-builder/schema-repository.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly table: string
  /** What the table was called when its sequence was made: a rename leaves the sequence its name. */
  readonly once: string
  readonly item: string
  /** A table whose numbers were brought over as well, and counted on. */
  readonly sibling: string
  /** Where the rows came from. */
  readonly source: string
}

const NAMES: readonly Names[] = [
  { service: 'order-intake', table: 'orders', once: 'purchases', item: 'order', sibling: 'refunds', source: 'graz' },
  { service: 'billing-desk', table: 'invoices', once: 'bills', item: 'invoice', sibling: 'credit_notes', source: 'lindholm' },
  { service: 'club-members', table: 'members', once: 'subscribers', item: 'member', sibling: 'households', source: 'northside' },
  { service: 'shipment-api', table: 'shipments', once: 'parcels', item: 'shipment', sibling: 'pickups', source: 'aveiro' },
  { service: 'table-booking', table: 'bookings', once: 'reservations', item: 'booking', sibling: 'vouchers', source: 'harbour' },
]

/** Rows of another place came in by a migration; or the table was emptied and loaded again by hand. */
type Shape = 'migration' | 'reload'

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly sequence: string
  readonly onset: string
  readonly changed: string
  /** The first number that was taken already, and the last. */
  readonly first: number
  readonly last: number
  /** Where the sibling's sequence stands, as it should. */
  readonly siblingLast: number
  readonly migration: SchemaChange | null
  readonly twin: SchemaChange | null
}

const COLUMNS = 'customer text not null, cents int not null, created_at timestamptz not null default now()'
const insertOf = (table: string): string => `insert into public.${table} (customer, cents) values ($1, $2) returning id`
const refusalOf = (constraint: string): string => `duplicate key value violates unique constraint "${constraint}"`

const files = ({ table, item }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { take } from './${table}.js'\n\nconst server = createServer()\nserver.post('/v1/${table}', take)\nawait server.listen(8080)\n`,
  [`src/${table}.js`]: `import { pool } from './pool.js'\n\nconst INSERT = '${insertOf(table)}'\n\nexport async function take(request, reply) {\n  const { customer, cents } = request.body\n  const { rows } = await pool.query(INSERT, [customer, cents])\n  console.log(\`${item} \${rows[0].id} taken\`)\n  return reply.code(201).json(rows[0])\n}\n`,
  'src/pool.js': "import pg from 'pg'\n\nexport const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8 })\n",
})

/** The table's first migrations: made under its old name, renamed later. */
function oldMigrations(builder: WorldBuilder, { table, once, sibling }: Names): void {
  const make = (name: string): string[] => [`create sequence public.${name}_id_seq`, `create table public.${name} (id bigint primary key default nextval('public.${name}_id_seq'), ${COLUMNS})`]
  builder.database.change({ at: builder.daysAgo(190), name: `create_${once}`, title: `A table for ${once}`, statements: make(once) })
  builder.database.change({ at: builder.daysAgo(150), name: `create_${sibling}`, title: `A table for ${sibling.replaceAll('_', ' ')}`, statements: make(sibling) })
  builder.database.change({ at: builder.daysAgo(71), name: `call_them_${table}`, title: `Say ${table}, as everybody does`, statements: [`alter table public.${once} rename to ${table}`, `alter index public.${once}_pkey rename to ${table}_pkey`] })
}

/** Rows of another place, with the numbers they had there; for the sibling the sequence is moved on, for the table it is not. */
function bringOver(builder: WorldBuilder, names: Names, act: { changed: string; twinFirst: boolean }): { migration: SchemaChange; twin: SchemaChange } {
  const { source, table, sibling } = names
  const copy = (name: string): string => `insert into public.${name} (id, customer, cents, created_at) select number, customer, cents, entered_on from ${source}.${name}`
  const moved = (at: string): SchemaChange =>
    builder.database.change({ at, name: `${source}_${sibling}`, title: `The ${sibling.replaceAll('_', ' ')} of ${source} move over`, statements: [copy(sibling), `select setval('public.${sibling}_id_seq', (select max(id) from public.${sibling}))`] })
  const early = act.twinFirst ? moved(before(act.changed, '9m')) : undefined
  const migration = builder.database.change({ at: act.changed, name: `${source}_${table}`, title: `The ${table} of ${source} move over`, statements: [copy(table)] })
  return { migration, twin: early ?? moved(after(act.changed, '7m')) }
}

/** Both tables emptied and filled from last night's copy, as the runbook says: the database's log and a page know of it. */
function reload(builder: WorldBuilder, { table, sibling }: Names, { changed, last, siblingLast }: Pick<Cast, 'changed' | 'last' | 'siblingLast'>): null {
  const { random } = builder
  const who = random.pick(builder.people).login
  const say = (at: string, message: string): void => builder.postgresLog({ at, severity: 'LOG', user: 'postgres', application: 'psql', message: `statement: ${message}` })
  const copy = (name: string): string => `COPY public.${name} (id, customer, cents, created_at) FROM stdin;`
  say(before(changed, '95s'), `TRUNCATE public.${sibling} RESTART IDENTITY;`)
  say(before(changed, '93s'), copy(sibling))
  say(before(changed, '90s'), `SELECT pg_catalog.setval('public.${sibling}_id_seq', ${siblingLast}, true);`)
  say(before(changed, '12s'), `TRUNCATE public.${table} RESTART IDENTITY;`)
  say(before(changed, '10s'), copy(table))
  builder.page('database/reloads.md', [
    '# Reloads',
    '',
    'When rows were spoilt: empty the table, load the copy of the night, tell the team. Who did it writes it down.',
    '',
    '| When (UTC) | Who | Table | Rows | Last id |',
    '| --- | --- | --- | --- | --- |',
    `| ${changed.slice(0, 10)} ${before(changed, '90s').slice(11, 16)} | ${who} | ${sibling} | ${siblingLast - random.int(3, 40)} | ${siblingLast} |`,
    `| ${changed.slice(0, 10)} ${changed.slice(11, 16)} | ${who} | ${table} | ${last - random.int(20, 300)} | ${last} |`,
  ])
  return null
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const shape: Shape = random.chance(0.6) ? 'migration' : 'reload'
  const onset = builder.ago(`${random.int(14, 41)}m`)
  const changed = before(onset, shape === 'migration' ? `${random.int(16, 44)}m` : `${random.int(8, 30)}s`)
  const service = builder.service({
    name: names.service,
    description: `Takes new ${names.table}.`,
    runs: random.chance(0.5) ? 'railway' : 'kubernetes',
    namespace: 'core',
    files: files(names),
    variables: { DATABASE_URL: 'postgres://app@db/postgres' },
  })
  builder.database.repository({ at: builder.daysAgo(230), readme: '# database\n\nThe workflow `migrate` applies what reaches main. Large imports go through it as well, so that they are reviewed.\n' })
  builder.deploy(service, { at: builder.daysAgo(8) })
  oldMigrations(builder, names)
  const first = shape === 'migration' ? random.int(41_000, 88_000) : 1
  const last = shape === 'migration' ? first + random.int(1900, 5200) : random.int(9000, 19_000)
  const siblingLast = random.int(300, 900)
  const { migration, twin } = shape === 'migration' ? bringOver(builder, names, { changed, twinFirst: random.chance(0.5) }) : { migration: reload(builder, names, { changed, last, siblingLast }), twin: null }
  return { names, shape, service, sequence: `${names.once}_id_seq`, onset, changed, first, last, siblingLast, migration, twin }
}

/** Lines and requests of rows that could be taken until their numbers were taken already; then the failures, each of which uses up a number. */
function intake(builder: WorldBuilder, { names, shape, service, sequence, onset, changed, first, last }: Cast): ReturnType<WorldBuilder['issue']> {
  const { random } = builder
  const { table, item } = names
  const path = `/v1/${table}`
  const good = ticks(builder.ago('115m'), shape === 'reload' ? before(changed, '20s') : onset, '4m', random.next)
  for (const [index, at] of good.entries())
    builder.log(service, { at, level: 'info', message: `${item} ${(shape === 'migration' ? first : last + 1) - (good.length - index) * 3} taken` })
  if (service.spec.runs === 'railway') builder.http(service, { from: builder.ago('115m'), to: onset, every: '5m', requests: [{ method: 'POST', path, status: 201, ms: [9, 60] }] })
  const events = random.int(3, 5)
  let next = first
  const issue = builder.failures(service, {
    where: `POST ${path}`,
    type: 'error',
    value: refusalOf(`${table}_pkey`),
    from: after(onset, '4s'),
    to: builder.ago('9s'),
    every: '95s',
    ...(service.spec.runs === 'railway' ? { answered: { status: 500, path, ms: [8, 40] as const } } : {}),
    frames: [
      { file: `src/${table}.js`, line: 'pool.query(INSERT', fn: 'take' },
      { library: 'node_modules/pg-protocol/dist/parser.js', fn: 'Parser.parseErrorMessage', at: 285 },
    ],
    inside: () => [{ service, op: 'db', description: insertOf(table), ms: 3, status: 'already_exists' }],
    tags: { sqlstate: '23505' },
    extra: { severity: 'ERROR', schema: 'public', table, constraint: `${table}_pkey`, routine: '_bt_check_unique' },
    leaves: ({ at }) => {
      builder.postgresLog({ at: before(at, '1s'), severity: 'ERROR', state: '23505', message: refusalOf(`${table}_pkey`), detail: `Key (id)=(${next}) already exists.`, query: insertOf(table), user: 'app', application: service.name })
      next += events
    },
    events,
    users: 2,
  })
  builder.sql({ data: `select setval('public.${sequence}', ${first + issue.count - 1});` })
  return issue
}

/** Rows with these ids, a few numbers missing, three minutes apart and the last of them at `time`. */
function series(table: string, [from, to]: readonly [number, number], time: string): string {
  return `insert into public.${table} (id, customer, cents, created_at) select i, 'c_' || (i * 37 % 9000), 900 + i * 71 % 20000, timestamptz '${time}' - (${to} - i) * interval '3 min' from generate_series(${from}, ${to}) i where i % 61 <> 17 or i in (${from}, ${to});`
}

function database(builder: WorldBuilder, { names, shape, sequence, onset, changed, first, last, siblingLast }: Cast): void {
  const { random } = builder
  const { table, sibling, source } = names
  builder.sql({
    schema: [
      ...[[table, sequence], [sibling, `${sibling}_id_seq`]].map(([name, counter]) => `create sequence public.${counter};\ncreate table public.${name} (id bigint primary key default nextval('public.${counter}'), ${COLUMNS});`),
      ...(shape === 'migration' ? [`create schema ${source};`] : []),
    ].join('\n'),
    data: [
      ...(shape === 'migration' ? [series(table, [first - 400, first - 1], before(onset, '50s')), series(table, [first, last], builder.daysAgo(19))] : [series(table, [1, last], before(changed, '9h'))]),
      series(sibling, [1, siblingLast], builder.daysAgo(2)),
      `select setval('public.${sibling}_id_seq', ${siblingLast});`,
    ].join('\n'),
  })
  builder.database.ordinaryLoad(builder.daysAgo(10))
  builder.database.counters({ table, liveRows: last - random.int(20, 300), inserts: random.int(3000, 9000), lastAutovacuum: builder.ago('6h'), indexes: { [`${table}_pkey`]: random.int(9e4, 4e5) } })
  builder.database.statement({ query: insertOf(table), calls: random.int(3000, 9000), meanMs: 0.7 })
  // People who sign up twice: the same SQLSTATE, every day.
  for (const at of ticks(builder.ago('110m'), builder.now, '27m', random.next))
    builder.postgresLog({ at, severity: 'ERROR', state: '23505', message: refusalOf('accounts_email'), detail: `Key (lower(email))=(${random.letters(6)}@customer.example) already exists.`, user: 'app', application: 'postgrest' })
}

function answerOf({ names, sequence, last, migration, twin }: Cast, innocent: Release): Answer {
  const forms = [id(sequence), id(`public.${sequence}`)]
  const within = [id(names.table), id(`public.${names.table}`), id(schemaRepository), id(names.source), id('id'), words('sequence'), id('setval')]
  return rootCause(
    migration === null
      ? { kind: 'identifier', name: sequence, accepts: forms, within }
      : { kind: 'migration', name: `${migration.version}_${migration.name}`, accepts: [...migrationForms(migration), ...forms], within },
    {
      required: [
        migration === null ? fact('last', 'the highest number in the table', [number(last)]) : fact('sequence', 'the sequence that was not moved on', forms),
      ],
      forbidden: [
        fact('near-twin', 'the sibling table, whose sequence was moved on', [id(`${names.sibling}_id_seq`), id(`public.${names.sibling}_id_seq`), ...(twin === null ? [] : migrationForms(twin).slice(0, 6))]),
        fact('other-constraint', 'another constraint that is violated every day', [id('accounts_email')]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { shape, service, onset, changed } = cast
  builder.company({ since: '110m', railway: 2, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(shape === 'reload' ? changed : onset, '5m'))
  database(builder, cast)
  return { asked: intake(builder, cast), answer: answerOf(cast, innocent) }
}

/** Rows come in with numbers of their own, and the sequence that numbers new ones does not know. */
export const sequenceBehind = defineFamily({
  slug: 'sequence-behind',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Nothing new can be saved: the number is taken already',
  motivation:
    'Rows that bring their ids do not move the sequence behind the column, and once it reaches them each insert violates the primary key (the official advice is to set it after a load: https://wiki.postgresql.org/wiki/Fixing_Sequences; nextval and setval: https://www.postgresql.org/docs/current/functions-sequence.html). The import may be half an hour older than the first failure, and the newest deploy lies between them.',
  tell,
})
