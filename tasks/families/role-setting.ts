import type { Answer } from '../../src/core/task.ts'
import { fact, id, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  /** Another service of the same role, whose connections are older than the setting. */
  readonly old: string
  readonly table: string
  readonly role: string
  /** A role that got a setting in the same minutes, and needed it. */
  readonly twin: string
  /** The place or the role that the setting was meant for. */
  readonly aside: string
}

const NAMES: readonly Names[] = [
  { service: 'parcel-desk', old: 'parcel-scan', table: 'parcels', role: 'parcel_app', twin: 'parcel_audit', aside: 'audit_2025' },
  { service: 'meal-orders', old: 'kitchen-screen', table: 'meals', role: 'kitchen_rw', twin: 'kitchen_stats', aside: 'stats_only' },
  { service: 'lease-book', old: 'lease-mailer', table: 'leases', role: 'lease_service', twin: 'lease_analyst', aside: 'year_end' },
  { service: 'repair-tickets', old: 'workshop-tv', table: 'repairs', role: 'workshop', twin: 'workshop_export', aside: 'handover' },
  { service: 'loan-shelf', old: 'shelf-signs', table: 'loans', role: 'library_main', twin: 'library_reports', aside: 'reports_view' },
]

/** What was set for the role: where it looks for tables, whether it may write, or as whom it works. */
type Shape = 'search_path' | 'default_transaction_read_only' | 'role'
const SHAPES: readonly Shape[] = ['search_path', 'default_transaction_read_only', 'role']

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly old: Service
  /** When the setting was made; nothing shows until new connections are opened. */
  readonly altered: string
  readonly onset: string
  readonly innocent: Release
}

const insertOf = (table: string): string => `insert into ${table} (holder, state) values ($1, $2) returning id`

const files = ({ table }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { add } from './${table}.js'\n\nconst server = createServer()\nserver.post('/${table}', add)\nawait server.listen(8080)\n`,
  [`src/${table}.js`]: `import { db } from './db.js'\n\nexport async function add({ body }, reply) {\n  const { rows } = await db.query('${insertOf(table)}', [body.holder, 'open'])\n  return reply.code(201).json(rows[0])\n}\n`,
  'src/db.js': "import pg from 'pg'\n\n// Connections live as long as the process; opening one costs 40 ms.\nexport const db = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 6, idleTimeoutMillis: 0 })\n",
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const drawn = random.pick(NAMES)
  const ending = random.pick(['', '_eu', '_prod', '_v2'])
  const names = { ...drawn, role: `${drawn.role}${ending}`, twin: `${drawn.twin}${ending}` }
  const deployed = builder.ago(`${random.int(16, 34)}m`)
  const make = (name: string, runs: 'railway' | 'kubernetes'): Service =>
    builder.service({ name, description: `Works on ${names.table}.`, runs, namespace: 'floor', files: files(names), variables: { DATABASE_URL: `postgres://${names.role}@db/postgres` } })
  const service = make(names.service, random.chance(0.5) ? 'railway' : 'kubernetes')
  const old = make(names.old, 'railway')
  builder.deploy(service, { at: builder.daysAgo(random.int(5, 9)) })
  builder.deploy(old, { at: builder.daysAgo(random.int(10, 16)) })
  const innocent = builder.innocentDeploy(service, deployed)
  return { names, shape: random.pick(SHAPES), service, old, altered: before(deployed, `${random.int(5, 19)}m`), onset: after(innocent.liveAt, '9s'), innocent }
}

const valueOf = ({ shape, names }: Cast): string => (shape === 'default_transaction_read_only' ? 'on' : names.aside)

function refusal({ shape, names: { table } }: Cast): { state: string; message: string } {
  if (shape === 'search_path') return { state: '42P01', message: `relation "${table}" does not exist` }
  if (shape === 'role') return { state: '42501', message: `permission denied for table ${table}` }
  return { state: '25006', message: 'cannot execute INSERT in a read-only transaction' }
}

function database(builder: WorldBuilder, cast: Cast): void {
  const { names: { role, twin, table, aside }, shape, service, old, altered, innocent } = cast
  const { random } = builder
  const by = random.pick(['Supabase Studio', 'psql', 'TablePlus', 'DataGrip 2026.1'])
  const twinSetting = random.pick(["statement_timeout = '2min'", "work_mem = '64MB'", "idle_session_timeout = '10min'"])
  const said = (at: string, message: string): void => builder.postgresLog({ at, severity: 'LOG', user: 'postgres', application: by, message: `statement: ${message}` })
  const own = `ALTER ROLE ${role} SET ${shape} = '${valueOf(cast)}'`
  const first = random.chance(0.5)
  said(first ? before(altered, '3m') : after(altered, '2m'), `ALTER ROLE ${twin} SET ${twinSetting};`)
  said(altered, `${own};`)
  said(after(altered, '4m'), `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${twin};`)
  builder.sql({
    schema: [
      `create role ${role} login;`, `create role ${twin} login;`,
      ...(shape === 'search_path' ? [`create schema ${aside};`] : shape === 'role' ? [`create role ${aside};`, `grant ${aside} to ${role};`] : []),
      `create table public.${table} (id bigserial primary key, holder text not null, state text not null, made_at timestamptz not null default now());`,
      `grant select, insert, update on public.${table} to ${role};`, `grant select on public.${table} to ${twin};`,
      `${own};`, `alter role ${twin} set ${twinSetting};`,
    ].join('\n'),
    data: `insert into public.${table} (holder, state, made_at) select 'h' || (n * 31 % 700), 'open', timestamptz '${innocent.at}' - n * interval '4 min' from generate_series(1, 60) n;`,
  })
  builder.database.ordinaryLoad(builder.daysAgo(12))
  builder.database.counters({ table, liveRows: random.int(30_000, 90_000), inserts: random.int(2000, 8000), lastAutovacuum: builder.ago('7h'), indexes: { [`${table}_pkey`]: random.int(40_000, 200_000) } })
  for (const [name, since, count] of [[service.name, '30s', 4], [old.name, '5s', 3]] as const)
    for (let index = 0; index < count; index += 1) builder.database.session({ user: role, application: name, state: 'idle', since: builder.ago(since), query: name === old.name ? insertOf(table) : 'select 1' })
  builder.database.session({ user: twin, application: 'psql', state: 'idle', since: builder.ago('17m'), query: `select count(*) from public.${table}` })
}

/** One service refused since its connections are new; the other, of the same role, at work as ever on its old ones. */
function traffic(builder: WorldBuilder, cast: Cast): Story['asked'] {
  const { names: { table, role }, service, old, onset } = cast
  const { state, message } = refusal(cast)
  const path = `/${table}`
  builder.http(service, { from: builder.ago('130m'), to: before(onset, '40s'), every: '5m', requests: [{ method: 'POST', path, status: 201, ms: [8, 40] }] })
  builder.http(old, { from: builder.ago('130m'), to: builder.now, every: '4m', requests: [{ method: 'POST', path, status: 201, ms: [8, 40] }] })
  for (const at of ticks(builder.ago('120m'), builder.now, '12m', builder.random.next)) builder.log(old, { at, level: 'info', message: `${table}: row written, pool total=6 idle=5 opened=0` })
  builder.log(service, { at: onset, level: 'info', message: `pool: 4 connections opened as ${role}` })
  return builder.failures(service, {
    where: `POST ${path}`,
    type: 'error',
    value: message,
    from: after(onset, '4s'),
    to: builder.ago('15s'),
    every: '110s',
    ...(service.spec.runs === 'railway' ? { answered: { status: 500, path, ms: [5, 30] as const } } : {}),
    frames: [{ file: `src/${table}.js`, line: 'db.query(', fn: 'add' }, { library: 'node_modules/pg-pool/index.js', fn: 'Pool.query', at: 45 }],
    inside: () => [{ service, op: 'db', description: insertOf(table), ms: 2, status: 'internal_error' }],
    tags: { sqlstate: state },
    leaves: ({ at }) => builder.postgresLog({ at, severity: 'ERROR', state, message, query: insertOf(table), user: role, application: service.name }),
    events: builder.random.int(4, 9),
    users: 3,
  })
}

function answerOf(cast: Cast): Answer {
  const { names, shape, innocent, service, old } = cast
  const setting = shape === 'role' ? names.aside : shape
  return rootCause(
    { kind: 'role', name: names.role, accepts: [id(names.role)], within: [id(service.name), id(names.table), id('postgres'), id('pg_roles'), id('ALTER ROLE'), id(shape)] },
    {
      required: [fact('setting', shape === 'role' ? 'as whom the role works since' : 'which of its settings was altered', [id(setting)])],
      forbidden: [
        fact('innocent-deploy', 'the deploy with which new connections were opened', [id(innocent.sha)]),
        fact('near-twin', 'a role that was altered in the same minutes, and works', [id(names.twin)]),
        fact('old-connections', 'the service of the same role whose connections are older', [id(old.name)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, altered } = cast
  builder.company({ since: '130m', railway: 1, kubernetes: 1 })
  database(builder, cast)
  builder.page('database/roles.md', [
    '# Roles of the database', '', '| Role | Used by | Rights |', '| --- | --- | --- |',
    `| ${names.role} | ${names.service}, ${names.old} | reads and writes ${names.table} |`, `| ${names.twin} | people, by hand | reads |`, '',
    'Settings of a role are taken when a connection is opened. Connections that are open keep what they had: see `pg_db_role_setting`.',
  ])
  const person = (): string => builder.random.pick(builder.people).login
  builder.page('database/changes.md', [
    '# Changes of the database that are no migration', '', 'When (UTC), who, what for. The statements themselves stand in its log.', '',
    `- ${builder.daysAgo(24).slice(0, 10)} ${person()}: vacuumed ${names.table}, it had been a while`,
    `- ${altered.slice(0, 16).replace('T', ' ')} ${person()}: roles tidied for the people who read: \`${cast.shape}\`, and room for ${names.twin}`,
  ])
  return { asked: traffic(builder, cast), answer: answerOf(cast) }
}

/** A setting of a database role is altered by hand; it works from the next new connection on, which a harmless deploy opens. */
export const roleSetting = defineFamily({
  slug: 'role-setting',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Rows cannot be written by one service, and can by another',
  motivation:
    'ALTER ROLE ... SET takes effect in sessions that start afterwards, so the person who altered the role sees nothing break, and the next restart of anything is blamed (https://www.postgresql.org/docs/current/sql-alterrole.html; settings in force: https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html).',
  tell,
})
