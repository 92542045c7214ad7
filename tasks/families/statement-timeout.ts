import type { Answer } from '../../src/core/task.ts'
import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import { migrationForms, type SchemaChange, schemaRepository } from '../../training/lab/world-builder/schema-repository.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  /** The role it logs in as, and that of another service, which is limited too, but in nothing that matters here. */
  readonly role: string
  readonly twinRole: string
  readonly noun: string
  readonly route: string
  readonly table: string
  readonly columns: string
  readonly query: string
}

const NAMES: readonly Names[] = [
  { service: 'settlement-reports', role: 'settlement_reader', twinRole: 'settlement_writer', noun: 'statement', route: 'GET /v1/periods/:id/statement', table: 'settlement_lines',
    columns: 'period_id bigint not null, account_id bigint not null, cents bigint not null',
    query: 'select account_id, sum(cents) as cents from public.settlement_lines where period_id = $1 group by account_id order by cents desc' },
  { service: 'fleet-insights', role: 'insights_ro', twinRole: 'tracker_rw', noun: 'usage', route: 'GET /v1/fleets/:id/usage', table: 'trip_points',
    columns: 'fleet_id bigint not null, vehicle text not null, metres int not null, at timestamptz not null',
    query: "select vehicle, date_trunc('day', at) as day, sum(metres) from public.trip_points where fleet_id = $1 group by 1, 2" },
  { service: 'audit-exports', role: 'audit_export', twinRole: 'audit_intake', noun: 'export', route: 'POST /v1/exports', table: 'audit_events',
    columns: 'tenant_id bigint not null, actor text, action text not null, at timestamptz not null',
    query: 'select at, actor, action from public.audit_events where tenant_id = $1 order by at' },
  { service: 'stock-forecast', role: 'forecast_batch', twinRole: 'stock_desk', noun: 'forecast', route: 'POST /v1/forecasts', table: 'stock_movements',
    columns: 'site_id bigint not null, sku text not null, moved int not null, week int not null',
    query: 'select sku, week, sum(moved) over (partition by sku order by week rows 12 preceding) from public.stock_movements where site_id = $1' },
  { service: 'course-figures', role: 'figures_ro', twinRole: 'enrolment_rw', noun: 'figure', route: 'GET /v1/courses/:id/figures', table: 'attempts',
    columns: 'course_id bigint not null, learner_id bigint not null, score numeric, took interval',
    query: 'select learner_id, percentile_cont(0.5) within group (order by score) from public.attempts where course_id = $1 group by learner_id' },
]

/** Where the limit was set: for the role, for the whole database, or for the role by hand. */
type Shape = 'role' | 'database' | 'hand'

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly changed: string
  readonly onset: string
  /** Seconds. */
  readonly limit: number
  readonly migration: SchemaChange | null
  readonly twin: SchemaChange | null
}

const CANCELLED = 'canceling statement due to statement timeout'

/** A settings statement for `role`, or for the database that everybody uses. */
const setting = (role: string | null, name: string, value: string): string =>
  `alter ${role === null ? 'database postgres' : `role ${role}`} set ${name} = '${value}'`

const files = ({ noun, route, query, role }: Names): Record<string, string> => {
  const [method = 'GET', path = '/'] = route.split(' ')
  return {
    'src/server.js': `import { createServer } from './http.js'\nimport { build } from './${noun}.js'\n\nconst server = createServer()\nserver.${method.toLowerCase()}('${path}', build)\nawait server.listen(8080)\n`,
    [`src/${noun}.js`]: `import { pool } from './pool.js'\n\nconst ROWS = \`${query}\`\n\nexport async function build(request, reply) {\n  const started = Date.now()\n  const { rows } = await pool.query(ROWS, [request.params.id ?? request.body.id])\n  console.log(\`${noun} ready: \${rows.length} rows in \${Date.now() - started}ms\`)\n  return reply.json(rows)\n}\n`,
    'src/pool.js': `import pg from 'pg'\n\n// The largest customers take half a minute; nobody waits longer than two.\nexport const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, user: '${role}', max: 6, maxLifetimeSeconds: 240, query_timeout: 120_000 })\n`,
  }
}

const JOURNAL = 'database/by-hand.md'

/** What a person ran in the dashboard's editor: the database's own log has it, and the page where such things are written down. */
function byHand(builder: WorldBuilder, at: string, statement: string): null {
  const { docs } = builder.world
  const who = builder.random.pick(builder.people).login
  builder.postgresLog({ at, severity: 'LOG', user: 'postgres', application: 'dashboard', message: `statement: ${statement}` })
  docs[JOURNAL] = `${docs[JOURNAL] ?? '# Changes by hand\n\nWhat is no migration. Newest last, UTC.\n\n'}- ${at.slice(0, 16).replace('T', ' ')} ${who}: \`${statement}\`\n`
  return null
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const drawn = random.pick(NAMES)
  const names: Names = { ...drawn, role: `${drawn.role}${random.pick(['', '_prod', '_eu', '_v2', '_2026'])}` }
  const shape = random.pick(['role', 'database', 'hand'] as const)
  const onset = builder.ago(`${random.int(19, 49)}m`)
  // Settings reach new sessions only; the pool renews its connections every four minutes.
  const changed = before(onset, `${random.int(25, 220)}s`)
  const limit = random.pick([3, 4, 6, 7, 9, 11, 13])
  const service = builder.service({
    name: names.service,
    description: `Builds ${names.noun}s out of ${names.table}.`,
    runs: random.chance(0.5) ? 'railway' : 'kubernetes',
    namespace: 'reporting',
    files: files(names),
    variables: { DATABASE_URL: `postgres://${names.role}@db/postgres` },
  })
  builder.database.repository({ at: builder.daysAgo(260), readme: '# database\n\nTables, roles and their settings. The workflow `migrate` applies what reaches main.\n' })
  builder.deploy(service, { at: builder.daysAgo(6) })
  builder.database.change({
    at: builder.daysAgo(140),
    name: `role_${names.role}`,
    title: `A login of its own for ${names.service}`,
    statements: [`create role ${names.role} login`, `grant select on public.${names.table} to ${names.role}`, ...(shape === 'database' ? [] : [setting(names.role, 'statement_timeout', '3min')])],
  })
  byHand(builder, builder.daysAgo(random.int(3, 9)), setting('dashboard_user', 'search_path', 'public, extensions'))
  const twinAt = before(changed, `${random.int(9, 21)}m`)
  const twinStatement = setting(names.twinRole, random.pick(['idle_in_transaction_session_timeout', 'lock_timeout']), `${random.int(11, 19)}s`)
  const twin =
    shape === 'hand'
      ? byHand(builder, twinAt, twinStatement)
      : builder.database.change({ at: twinAt, name: `limits_${names.twinRole}`, title: `${names.twinRole} must not wait for ever`, statements: [twinStatement] })
  const statement = setting(shape === 'database' ? null : names.role, 'statement_timeout', `${limit}s`)
  const migration =
    shape === 'hand'
      ? byHand(builder, changed, statement)
      : builder.database.change({
          at: changed,
          name: random.pick(['tame_runaway_queries', 'guard_rails', 'protect_the_primary']),
          title: random.pick(['No query may hold up the others', 'Guard rails after the review', 'Keep the database responsive']),
          statements: [statement],
        })
  return { names, shape, service, changed, onset, limit, migration, twin }
}

function database(builder: WorldBuilder, { names, shape, limit }: Cast): void {
  const { random } = builder
  const { role, twinRole, table, query } = names
  builder.sql({
    schema: [
      `create table public.${table} (id bigint primary key, ${names.columns});`,
      ...[role, twinRole].map((each) => `create role ${each} login;`),
      `grant select on public.${table} to ${role};`,
      `${setting(shape === 'database' ? null : role, 'statement_timeout', `${limit}s`)};`,
      ...(shape === 'database' ? [`${setting(twinRole, 'statement_timeout', '1min')};`] : []),
    ].join('\n'),
  })
  builder.database.ordinaryLoad(builder.daysAgo(12))
  const rows = random.int(6_000_000, 40_000_000)
  builder.database.counters({ table, liveRows: rows, deadRows: random.int(1e4, 9e4), seqScans: 12, seqRowsRead: rows * 12, inserts: random.int(1e5, 9e5), lastAutovacuum: builder.ago('5h'), indexes: { [`${table}_pkey`]: random.int(900, 9000) } })
  builder.database.statement({ query, calls: random.int(3000, 9000), meanMs: random.int(7000, 11_000), maxMs: random.int(31_000, 44_000), rows: 180 })
  builder.database.session({ user: twinRole, application: 'psql', state: 'idle', since: builder.ago('9m'), query: 'select count(*) from public.accounts' })
}

function failures(builder: WorldBuilder, { names, service, onset, limit }: Cast): ReturnType<WorldBuilder['issue']> {
  const { random } = builder
  const { noun, query, role, route } = names
  const ready = (from: string, to: string, low: number, high: number): void => {
    for (const at of ticks(from, to, '4m', random.next)) builder.log(service, { at, level: 'info', message: `${noun} ready: ${random.int(20, 4000)} rows in ${random.int(low, high)}ms` })
  }
  ready(builder.ago('130m'), onset, 900, 38_000)
  // The small ones still come through.
  ready(after(onset, '30s'), builder.ago('20s'), 500, limit * 900)
  return builder.failures(service, {
    where: route,
    type: 'error',
    value: CANCELLED,
    from: after(onset, '3s'),
    to: builder.ago('10s'),
    every: '130s',
    ...(service.spec.runs === 'railway' ? { answered: { status: 500, path: route.split(' ')[1] ?? '/', ms: [limit * 1000 + 4, limit * 1000 + 60] as const } } : {}),
    frames: [
      { file: `src/${noun}.js`, line: 'pool.query(ROWS', fn: 'build' },
      { library: 'node_modules/pg-protocol/dist/parser.js', fn: 'Parser.parseErrorMessage', at: 285 },
    ],
    inside: () => [{ service, op: 'db', description: query, ms: limit * 1000 + random.int(1, 9), status: 'deadline_exceeded', data: { 'db.user': role } }],
    tags: { sqlstate: '57014' },
    leaves: ({ at }) => builder.postgresLog({ at: before(at, '1s'), severity: 'ERROR', state: '57014', message: CANCELLED, query, user: role, application: service.name }),
    events: 4,
    users: 3,
  })
}

function pages(builder: WorldBuilder, { names }: Cast): void {
  builder.page('database/limits.md', [
    '# Limits of a session',
    '',
    'A session starts with the settings of the server (two minutes for a statement), over them those of the database, over them those of its role. Whatever the code sets itself comes last. A session that is open keeps what it started with.',
    '',
    '- `select * from pg_db_role_setting` shows what is set for whom.',
    `- Every service has a role of its own (${names.service}: \`${names.role}\`).`,
  ])
  builder.page('notizen/berichte.md', ['# Berichte', '', `- ${names.service}: die drei größten Kunden brauchen 25 bis 40 Sekunden, das ist bekannt und in Ordnung.`, '- Index dafür? Noch niemand gefragt.'])
}

function answerOf({ names, shape, service, limit, migration, twin }: Cast, innocent: Release): Answer {
  const role = [id(names.role)]
  const places = [id('statement_timeout'), id(service.name), id('postgres')]
  const seconds = pattern(`(?<![\\d.,])${limit}(?: ?-?(?:s|secs?|seconds?)|[., ]?000 ?(?:ms|milliseconds?))(?![a-z\\d])`)
  return rootCause(
    migration === null
      ? { kind: 'role', name: names.role, accepts: role, within: places }
      : { kind: 'migration', name: `${migration.version}_${migration.name}`, accepts: migrationForms(migration), within: [id(schemaRepository), ...role, ...places] },
    {
      required: [fact('limit', 'how long a statement may take now', [seconds]), ...(shape === 'role' ? [fact('role', 'the role that it limits', role)] : [])],
      forbidden: [
        fact('near-twin', 'the limit of another role, set before it', [id(names.twinRole), ...(twin === null ? [] : migrationForms(twin).slice(0, 6))]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { service, changed } = cast
  builder.company({ since: '110m', railway: 2, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(changed, '3m'))
  database(builder, cast)
  pages(builder, cast)
  return { asked: failures(builder, cast), answer: answerOf(cast, innocent) }
}

/** Somebody limits how long a statement may take, and reports need longer. */
export const statementTimeout = defineFamily({
  slug: 'statement-timeout',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Large reports are cancelled after a few seconds, small ones are fine',
  motivation:
    'A limit that protects a database from runaway statements is set for a role, or for all, and cancels the long ones that are meant to be long (statement_timeout of roles, databases and sessions: https://supabase.com/docs/guides/database/postgres/timeouts; SQLSTATE 57014: https://www.postgresql.org/docs/current/errcodes-appendix.html). It reaches new sessions only, so the first failure comes minutes later.',
  tell,
})
