import type { Answer } from '../../src/core/task.ts'
import { fact, id, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly path: string
  readonly view: string
  readonly base: string
  readonly job: string
  /** A job whose name is close, which refreshes what somebody else reads, and runs. */
  readonly twin: string
  readonly twinView: string
  /** A job that was switched off on purpose a long time ago. */
  readonly retired: string
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { service: 'fare-quotes', path: '/quotes', view: 'fares_today', base: 'fares', job: 'refresh-fares-today', twin: 'refresh-fares-week', twinView: 'fares_week', retired: 'refresh-fares-legacy', complaint: 'no quotes at all any more, every search ends with an error' },
  { service: 'slot-search', path: '/slots', view: 'open_slots', base: 'slots', job: 'refresh-open-slots', twin: 'refresh-slot-maps', twinView: 'slot_maps', retired: 'refresh-slots-old', complaint: 'Es gibt angeblich keine freien Termine mehr, die Suche bricht ab' },
  { service: 'shelf-prices', path: '/prices', view: 'prices_current', base: 'price_changes', job: 'rebuild-current-prices', twin: 'rebuild-price-history', twinView: 'price_history', retired: 'rebuild-prices-v1', complaint: 'tills in all shops say they have no valid prices, started this hour' },
  { service: 'rate-desk', path: '/rates', view: 'rates_live', base: 'rates', job: 'rates-live-refresh', twin: 'rates-daily-refresh', twinView: 'rates_daily', retired: 'rates-test-refresh', complaint: 'conversion fails for every currency, nobody of us touched rates' },
  { service: 'site-search', path: '/search', view: 'search_rows', base: 'articles', job: 'search-rows-refresh', twin: 'search-words-refresh', twinView: 'search_words', retired: 'search-beta-refresh', complaint: 'la recherche du site ne répond plus, erreur à chaque requête' },
]

/** Switched off, or given a schedule that is a slip of the pen: every so many minutes became once a month. */
type Shape = 'inactive' | 'schedule'

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly every: number
  /** How old rows may be before the service refuses to serve them, in minutes. */
  readonly limit: number
  readonly altered: string
  readonly last: string
  readonly onset: string
  readonly innocent: Release
}

const files = ({ path, view }: Names, limit: number): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { answer } from './answer.js'\n\nconst server = createServer()\nserver.get('${path}', answer)\nawait server.listen(8080)\n`,
  'src/answer.js': `import { pool } from './pool.js'\n\nconst MAX_MINUTES = ${limit}\n\nexport class StaleData extends Error {}\n\n// Better no answer than a wrong one.\nexport async function answer(request, reply) {\n  const { rows } = await pool.query('select *, now() - made_at as age from public.${view} where name = $1', [request.query.name])\n  const age = Math.floor(rows[0].age.minutes + rows[0].age.hours * 60)\n  if (age > MAX_MINUTES) throw new StaleData(\`${view} is \${age} minutes old, allowed are \${MAX_MINUTES}\`)\n  return reply.json(rows)\n}\n`,
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const every = random.pick([5, 10, 15])
  const limit = every * random.int(2, 4) + 5
  const onset = builder.ago(`${random.int(12, 28)}m`)
  // The last run was full minutes before, on the schedule.
  const grid = every * 60_000
  const last = new Date(Math.floor((Date.parse(onset) - limit * 60_000) / grid) * grid).toISOString()
  const service = builder.service({ name: names.service, namespace: 'read', description: `Answers ${names.path} from ${names.view}.`, runs: random.chance(0.5) ? 'railway' : 'kubernetes', files: files(names, limit), variables: { DATABASE_URL: 'postgres://app@db/postgres' } })
  builder.deploy(service, { at: builder.daysAgo(random.int(5, 12)) })
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(3, 7)}m`))
  return { names, shape: random.pick(['inactive', 'schedule'] as const), service, every, limit, altered: after(last, `${random.int(70, every * 60 - 30)}s`), last, onset: after(last, `${limit + 1}m`), innocent }
}

function schedules(builder: WorldBuilder, { names, shape, every, last, altered }: Cast): void {
  const { random } = builder
  const runsOf = (from: string, to: string, step: number, seconds: readonly [number, number]): Parameters<WorldBuilder['cron']>[0]['runs'] =>
    ticks(from, to, `${step}m`).map((start) => ({ start, end: after(start, `${random.int(...seconds)}s`), status: 'succeeded', message: 'REFRESH MATERIALIZED VIEW' }))
  const refresh = (view: string): string => `refresh materialized view public.${view}`
  const onTime = `*/${every} * * * *`
  const slip = `${random.int(2, 58)} ${every > 9 ? 4 : every} 1 * *`
  const lastHour = `${builder.daysAgo(64).slice(0, 13)}:00:00.000Z`
  const retiredAt = [before(lastHour, '30m'), after(lastHour, '1s')] as const
  const jobs = [
    () => builder.cron({ name: names.job, schedule: shape === 'inactive' ? onTime : slip, command: refresh(names.view), active: shape !== 'inactive', runs: runsOf(before(last, `${every * 7}m`), after(last, '1s'), every, [2, 9]) }),
    () => builder.cron({ name: names.twin, schedule: '*/20 * * * *', command: refresh(names.twinView), runs: runsOf(`${builder.ago('3h').slice(0, 13)}:00:00.000Z`, builder.ago('20s'), 20, [11, 40]) }),
    () => builder.cron({ name: names.retired, schedule: onTime, command: refresh(names.twinView), active: false, runs: runsOf(...retiredAt, every, [2, 9]) }),
  ]
  for (const add of random.sample(jobs, 3)) add()
  const jobid = builder.world.supabase.project.cron.find(({ jobname }) => jobname === names.job)?.jobid ?? 1
  const twin = builder.world.supabase.project.cron.find(({ jobname }) => jobname === names.twin)?.jobid ?? 2
  const say = (at: string, message: string): void => builder.postgresLog({ at, severity: 'LOG', user: 'postgres', application: 'Supabase Studio', message: `statement: ${message}` })
  say(before(altered, '47s'), `select cron.alter_job(job_id := ${twin}, schedule := '*/20 * * * *');`)
  say(altered, shape === 'inactive' ? `select cron.alter_job(job_id := ${jobid}, active := false);` : `select cron.alter_job(job_id := ${jobid}, schedule := '${slip}');`)
  for (const run of ticks(before(last, `${every * 3}m`), after(last, '1s'), `${every}m`)) builder.postgresLog({ at: after(run, '1s'), severity: 'LOG', user: 'postgres', application: 'pg_cron scheduler', message: `cron job ${jobid} starting: ${refresh(names.view)}` })
}

function database(builder: WorldBuilder, { names: { view, twinView, base }, last }: Cast): void {
  const { random } = builder
  const table = `create table public.${base} (id bigserial primary key, name text not null, amount int not null, entered_at timestamptz not null)`
  builder.migration({ at: builder.daysAgo(160), name: `create_${base}`, statements: [table] })
  builder.migration({ at: builder.daysAgo(120), name: `read_${view}`, statements: [`create materialized view public.${view} as select name, max(amount) as amount, now() as made_at from public.${base} group by name`, `create materialized view public.${twinView} as select name, min(amount) as amount, now() as made_at from public.${base} group by name`] })
  const seen = (name: string, at: string, how: string): string => `create materialized view public.${name} as select name, ${how}(amount) as amount, timestamptz '${at}' as made_at from public.${base} group by name;`
  builder.sql({
    schema: `${table};`,
    data: [
      `insert into public.${base} (name, amount, entered_at) select 'n' || n % 40, n * 7 % 900, timestamptz '${builder.now}' - n * interval '50 s' from generate_series(1, 300) n;`,
      seen(view, after(last, '2s'), 'max'), seen(twinView, builder.ago('11m'), 'min'),
    ].join('\n'),
  })
  builder.database.ordinaryLoad(builder.daysAgo(9))
  builder.database.counters({ table: base, liveRows: random.int(60_000, 400_000), inserts: random.int(20_000, 50_000), lastAutovacuum: builder.ago('50m'), indexes: { [`${base}_pkey`]: random.int(1000, 9000) } })
}

function refused(builder: WorldBuilder, { names: { path, view }, service, limit, onset }: Cast): ReturnType<WorldBuilder['issue']> {
  builder.http(service, { from: builder.ago('100m'), to: onset, every: '3m', requests: [{ method: 'GET', path, status: 200, ms: [7, 44] }] })
  return builder.failures(service, {
    where: `GET ${path}`,
    type: 'StaleData',
    value: `${view} is ${limit + builder.random.int(1, 3)} minutes old, allowed are ${limit}`,
    from: after(onset, '5s'),
    to: builder.ago('6s'),
    every: '70s',
    ...(service.spec.runs === 'railway' ? { answered: { status: 503, path, ms: [5, 19] as const } } : {}),
    frames: [{ file: 'src/answer.js', line: 'throw new StaleData', fn: 'answer' }],
    inside: () => [{ service, op: 'db', description: `select *, now() - made_at as age from public.${view} where name = $1`, ms: 3, status: 'ok' }],
    events: 19,
    users: 12,
  })
}

function answerOf({ names, innocent, last, service, shape }: Cast): Answer {
  const clock = last.slice(11, 16)
  return rootCause(
    { kind: 'cronjob', name: names.job, accepts: [id(names.job)], within: [id(names.view), id(`public.${names.view}`), id(service.name), id('pg_cron'), id('cron.job'), id(shape)] },
    {
      required: [fact('last', 'when it ran for the last time (UTC)', [id(clock), id(`${clock}:00`), id(`${clock}:00Z`), id(last), id(last.replace('.000Z', 'Z'))])],
      forbidden: [
        fact('near-twin', 'the job with a close name, which runs', [id(names.twin)]),
        fact('retired', 'a job that was switched off long ago', [id(names.retired)]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, every } = cast
  builder.company({ since: '100m', railway: 1, kubernetes: 1 })
  schedules(builder, cast)
  database(builder, cast)
  builder.page('database/views.md', [
    '# Views that are kept', '', '| View | Refreshed by | How often | Read by |', '| --- | --- | --- | --- |',
    `| ${names.view} | ${names.job} | ${every} minutes | ${names.service} |`, `| ${names.twinView} | ${names.twin} | 20 minutes | reports |`, '',
    `${names.retired} is kept switched off until the old client is gone.`,
  ])
  const issue = refused(builder, cast)
  return { asked: builder.random.chance(0.6) ? issue : names.complaint, answer: answerOf(cast) }
}

/** The schedule that refreshes a view is switched off or mistyped by hand, and its reader refuses rows that are too old. */
export const stoppedRefresh = defineFamily({
  slug: 'stopped-refresh',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'A service says what it reads is too old',
  motivation:
    'A materialized view is as fresh as whatever refreshes it, and a schedule that no longer fires leaves no error anywhere: only its reader notices, some time later (https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html; altering a job: https://github.com/citusdata/pg_cron).',
  tell,
})
