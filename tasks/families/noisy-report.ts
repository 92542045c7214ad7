import type { Answer } from '../../src/core/task.ts'
import { fact, id, number, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  /** Who suffers, and who suffers with it. */
  readonly service: string
  readonly other: string
  readonly table: string
  /** Who asks, with what, and what of. */
  readonly role: string
  readonly application: string
  readonly big: string
  readonly by: readonly [account: string, time: string, value: string]
  /** A role of the same people that does nothing out of the ordinary. */
  readonly twin: readonly [role: string, application: string]
}

const NAMES: readonly Names[] = [
  { service: 'cart-api', other: 'wishlist-web', table: 'carts', role: 'bi_reader', application: 'Metabase v1.57.2', big: 'order_lines', by: ['account_id', 'placed_at', 'cents'], twin: ['bi_loader', 'dbt'] },
  { service: 'ticket-desk', other: 'agent-roster', table: 'tickets', role: 'looker_ro', application: 'Looker', big: 'ticket_events', by: ['author_id', 'happened_at', 'waited_ms'], twin: ['looker_pdt', 'Looker PDT'] },
  { service: 'ride-board', other: 'driver-home', table: 'rides', role: 'tableau_ro', application: 'Tableau 2025.3', big: 'ride_points', by: ['driver_id', 'seen_at', 'metres'], twin: ['tableau_extract', 'Hyper API'] },
  { service: 'stay-search', other: 'host-calendar', table: 'stays', role: 'superset', application: 'Apache Superset', big: 'night_prices', by: ['host_id', 'night', 'cents'], twin: ['superset_meta', 'celery'] },
  { service: 'claims-inbox', other: 'claims-archive', table: 'claims', role: 'pricing_team', application: 'DBeaver 25.2.0 - SQLEditor <churn.sql>', big: 'premium_history', by: ['holder_id', 'valid_from', 'premium'], twin: ['pricing_import', 'psql'] },
]

interface Cast {
  readonly names: Names
  /** One session, or several of a report that somebody loaded again and again. */
  readonly copies: number
  /** Who gives up after five seconds: the driver, or the database at the driver's wish. */
  readonly gives: (typeof GIVE_UP)[number]
  readonly service: Service
  readonly other: Service
  readonly started: string
  readonly onset: string
}

const FEED = 'change_feed'
const GIVE_UP = [
  { option: 'query_timeout', type: 'Error', value: 'Query read timeout', state: null, frame: { library: 'node_modules/pg/lib/client.js', fn: 'Timeout._onTimeout', at: 590 } },
  { option: 'statement_timeout', type: 'error', value: 'canceling statement due to statement timeout', state: '57014', frame: { library: 'node_modules/pg-protocol/dist/parser.js', fn: 'Parser.parseErrorMessage', at: 285 } },
] as const
const ownQuery = (table: string): string => `select * from public.${table} where id = $1`
const reportOf = ({ big, by: [account, time, value] }: Names): string =>
  `select date_trunc('week', b.${time}) as week, lower(split_part(a.email, '@', 2)) as domain, count(distinct b.${account}), percentile_cont(0.9) within group (order by b.${value}) from public.${big} b join public.accounts a on a.id = b.${account} group by 1, 2 order by 1, 2`

const files = (table: string, option: string): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { open } from './${table}.js'\n\nconst server = createServer()\nserver.get('/v1/${table}/:id', open)\nawait server.listen(8080)\n`,
  [`src/${table}.js`]: `import { pool } from './pool.js'\n\nexport async function open(request, reply) {\n  const { rows } = await pool.query('${ownQuery(table)}', [request.params.id])\n  return rows.length === 0 ? reply.code(404).send() : reply.json(rows[0])\n}\n`,
  'src/pool.js': `import pg from 'pg'\n\nexport const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8, ${option}: 5_000 })\n`,
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const drawn = random.pick(NAMES)
  const names: Names = { ...drawn, role: `${drawn.role}${random.pick(['', '_prod', '_eu', '_v2', '_2026'])}` }
  const copies = random.chance(0.5) ? 1 : random.int(2, 4)
  const gives = random.pick(GIVE_UP)
  const started = builder.ago(`${random.int(17, 46)}m`)
  const reader = (name: string, runs: 'railway' | 'kubernetes'): Service =>
    builder.service({ name, description: `Shows ${names.table}.`, runs, namespace: 'web', files: files(names.table, gives.option), variables: { DATABASE_URL: 'postgres://app@db/postgres' } })
  const service = reader(names.service, random.chance(0.6) ? 'railway' : 'kubernetes')
  const other = reader(names.other, 'railway')
  builder.deploy(service, { at: builder.daysAgo(6) })
  builder.deploy(other, { at: builder.daysAgo(3) })
  return { names, copies, gives, service, other, started, onset: after(started, `${random.int(50, 170)}s`) }
}

/** Who is connected: the report, those that wait for the same disk, and some that look busy. Returns the pids of the report. */
function sessions(builder: WorldBuilder, { names, copies, service, other, started, onset }: Cast): number[] {
  const { random } = builder
  const { role, application, big, table, twin } = names
  const query = reportOf(names)
  const pids = Array.from({ length: copies }, (_, index) => {
    const since = after(started, `${index * random.int(60, 140)}s`)
    return builder.database.session({ user: role, application, state: 'active', since, wait: index % 2 === 0 ? 'IO:BufFileWrite' : 'IO:DataFileRead', query })
  })
  const bystanders = [service, service, service, service, other, other]
  for (const { name } of bystanders)
    builder.database.session({ application: name, state: 'active', since: builder.ago(`${random.int(1, 4)}s`), wait: 'IO:DataFileRead', query: ownQuery(table) })
  builder.database.session({ user: twin[0], application: twin[1], state: 'active', since: builder.ago('2s'), query: `select count(*) from public.${table}` })
  // Open for days, and at rest.
  builder.database.session({ user: FEED, application: 'Debezium Streaming', state: 'active', since: builder.daysAgo(9), wait: 'Client:WalSenderWaitForWal', query: 'START_REPLICATION SLOT "change_feed" LOGICAL 5A/90F2C8 (proto_version \'1\')' })
  builder.database.session({ user: 'postgres', application: 'dashboard', state: 'idle', since: builder.ago('26m'), query: 'select * from auth.users limit 100' })
  for (const [index, pid] of pids.entries())
    for (const [part, at] of ticks(after(started, `${index * 70 + 150}s`), builder.now, '7m', random.next).entries())
      builder.postgresLog({ at, severity: 'LOG', user: role, application, message: `temporary file: path "base/pgsql_tmp/pgsql_tmp${pid}.${part}", size 1073741824`, query: `${query.slice(0, 90)}...` })
  for (const at of ticks(onset, builder.now, '4m', random.next))
    builder.postgresLog({ at, severity: 'LOG', user: 'app', application: random.pick(bystanders).name, message: `duration: ${random.int(1300, 4900)}.${random.int(100, 999)} ms  execute <unnamed>: ${ownQuery(table)}` })
  builder.sql({
    schema: [
      ...[role, twin[0], FEED].map((name) => `create role ${name} login;`),
      `create table public.${table} (id bigint primary key, body jsonb, created_at timestamptz not null default now());`,
      `create table public.${big} (id bigint primary key, ${names.by[0]} uuid not null, ${names.by[1]} timestamptz not null, ${names.by[2]} bigint);`,
      `grant select on public.${big}, public.accounts to ${role};`,
    ].join('\n'),
  })
  return pids
}

/** What the database counts: a machine that is busy with one thing. What still runs is not among the statements yet. */
function counters(builder: WorldBuilder, { names, copies }: Cast): void {
  const { random } = builder
  const { stats } = builder.world.supabase.project
  builder.database.ordinaryLoad(builder.daysAgo(11))
  const rows = random.int(90_000_000, 400_000_000)
  builder.database.counters({ table: names.big, liveRows: rows, seqScans: copies + random.int(2, 9), seqRowsRead: rows * 4, inserts: random.int(2e6, 8e6), lastAutovacuum: builder.ago('31h'), indexes: { [`${names.big}_pkey`]: random.int(100, 900) } })
  builder.database.counters({ table: names.table, liveRows: random.int(2e5, 9e5), inserts: random.int(3e4, 9e4), lastAutovacuum: builder.ago('4h'), indexes: { [`${names.table}_pkey`]: random.int(5e6, 2e7) } })
  builder.database.statement({ query: ownQuery(names.table), calls: random.int(5e6, 2e7), meanMs: 0.9, maxMs: random.int(4700, 9800) })
  stats.gauges = { ...stats.gauges, node_load1: random.int(720, 1390) / 100, node_memory_MemAvailable_bytes: random.int(500_000_000, 790_000_000) }
  stats.database = { ...stats.database, tempFiles: stats.database.tempFiles + copies * random.int(14, 40), tempBytes: copies * random.int(14, 40) * 1_073_741_824, blocksRead: Math.round(stats.database.blocksHit * (0.06 + random.next() / 20)) }
}

/** Requests of both services, quick until the report began and slow from then on; some give up. */
function traffic(builder: WorldBuilder, { names, gives, service, other, onset }: Cast): ReturnType<WorldBuilder['issue']> {
  const path = `/v1/${names.table}/:id`
  for (const each of [service, other])
    for (const [from, to, ms] of [[builder.ago('100m'), onset, [6, 48]], [onset, builder.ago('8s'), [1300, 4900]]] as const)
      builder.http(each, { from, to, every: '6m', requests: [{ method: 'GET', path, status: 200, ms }] })
  return builder.failures(service, {
    where: `GET ${path}`,
    type: gives.type,
    value: gives.value,
    from: after(onset, '5s'),
    to: builder.ago('8s'),
    every: '150s',
    ...(service.spec.runs === 'railway' ? { answered: { status: 500, path, ms: [5003, 5090] as const } } : {}),
    frames: [
      { file: `src/${names.table}.js`, line: 'pool.query(', fn: 'open' },
      gives.frame,
    ],
    inside: () => [{ service, op: 'db', description: ownQuery(names.table), ms: 5001, status: 'deadline_exceeded' }],
    tags: { driver: 'pg 8.16' },
    leaves: ({ at }) => {
      if (gives.state !== null) builder.postgresLog({ at, severity: 'ERROR', state: gives.state, message: gives.value, query: ownQuery(names.table), user: 'app', application: service.name })
    },
    events: 12,
    users: 8,
  })
}

function pages(builder: WorldBuilder, { names }: Cast): void {
  builder.page('database/who-connects.md', [
    '# Who connects to the production database',
    '',
    '| Role | Application | For |',
    '| --- | --- | --- |',
    `| app | the services' own names | customers |`,
    `| ${names.role} | ${names.application.split(' ')[0]} | questions about the business; large ones on Sundays, or on the copy of the night |`,
    `| ${names.twin[0]} | ${names.twin[1]} | short jobs of the same team |`,
    `| ${FEED} | Debezium | the change feed, always connected |`,
    '',
    'One machine serves them all. There is no replica yet (asked for in March, no answer).',
  ])
}

function answerOf({ names, copies }: Cast, pids: readonly number[], innocent: Release): Answer {
  const { role, application, big, twin } = names
  return rootCause(
    {
      kind: 'role',
      name: role,
      accepts: [id(role), words(application), ...pids.flatMap((pid) => [id(String(pid)), number(pid)])],
      within: [id(big), id(`public.${big}`), words('pid'), id('pg_stat_activity'), words(application.split(' ')[0] ?? application)],
    },
    {
      required: [
        fact('reads', 'the table that is read from end to end', [id(big), id(`public.${big}`)]),
        ...(copies === 1 ? [fact('pid', 'the session', pids.map((pid) => number(pid)))] : []),
      ],
      forbidden: [
        fact('near-twin', 'a role of the same people that does short work', [id(twin[0])]),
        fact('always-there', 'a session that has been open for days, and rests', [id(FEED), words('Debezium')]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, started, onset } = cast
  builder.company({ since: '100m', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(started, `${builder.random.int(2, 5)}m`))
  const pids = sessions(builder, cast)
  counters(builder, cast)
  pages(builder, cast)
  const issue = traffic(builder, cast)
  const said = builder.random.pick([
    `${names.table} take ages to open since ${onset.slice(11, 16)}, and ${names.other} crawls too. anyone?`,
    `Everything that shows ${names.table} is slow since about ${onset.slice(11, 16)}. We deployed ${names.service} shortly before, should we go back?`,
    `seit ${onset.slice(11, 16)} dauert bei uns alles ewig (${names.table}), manches bricht nach 5 Sekunden ab. was ist da los?`,
  ])
  return { asked: builder.random.chance(0.5) ? issue : said, answer: answerOf(cast, pids, innocent) }
}

/** Somebody asks the production database a question about everything, and all others wait for the disk. */
export const noisyReport = defineFamily({
  slug: 'noisy-report',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Pages that took milliseconds take seconds',
  motivation:
    'A report of a BI tool that sorts and joins more than fits in memory takes the disk from everybody who shares the machine; nothing is locked, no pool is empty (what sessions wait for: https://www.postgresql.org/docs/current/monitoring-stats.html; temporary files of large sorts: https://www.postgresql.org/docs/current/runtime-config-resource.html). The session that has been open longest is a change feed at rest.',
  tell,
})
