import type { Answer } from '../../src/core/task.ts'
import { fact, id, number, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  /** Rows come into `from`; a trigger keeps a total of them in `sum`, which the service reads. */
  readonly from: string
  readonly sum: string
  readonly key: string
  readonly trigger: string
  /** Another trigger of the same table, which was switched off and on again. */
  readonly twin: string
  readonly error: string
  readonly said: string
}

const NAMES: readonly Names[] = [
  { service: 'points-counter', from: 'point_moves', sum: 'point_balances', key: 'member', trigger: 'point_moves_to_balance', twin: 'point_moves_to_audit', error: 'BalanceMismatch', said: 'members say their points from this morning are missing from the balance, the list of moves shows them' },
  { service: 'stock-promise', from: 'stock_moves', sum: 'stock_levels', key: 'sku', trigger: 'stock_moves_apply', twin: 'stock_moves_journal', error: 'LevelMismatch', said: 'we sold things we do not have. the moves are right, the level is not' },
  { service: 'wallet-api', from: 'wallet_entries', sum: 'wallet_totals', key: 'wallet', trigger: 'wallet_entries_sum', twin: 'wallet_entries_notify', error: 'TotalMismatch', said: 'Guthaben stimmen nicht mit den Buchungen überein, seit heute. kommt von mehreren Kunden' },
  { service: 'seat-counter', from: 'seat_claims', sum: 'seat_counts', key: 'event', trigger: 'seat_claims_count', twin: 'seat_claims_stamp', error: 'CountMismatch', said: 'events show free seats that are taken, checking out then fails' },
  { service: 'usage-meter', from: 'usage_events', sum: 'usage_totals', key: 'team', trigger: 'usage_events_roll_up', twin: 'usage_events_dedupe', error: 'UsageMismatch', said: 'the usage page stands still for all teams, events do arrive' },
]

interface Cast {
  readonly names: Names
  readonly service: Service
  readonly stopped: string
  /** What was loaded by hand while triggers were off. */
  readonly loaded: number
  readonly shown: number
  readonly counted: number
  readonly innocent: Release
  readonly byConsole: boolean
}

const files = ({ from, sum, key, error }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { spend } from './spend.js'\n\nconst server = createServer()\nserver.post('/v1/${key}s/:id/spend', spend)\nawait server.listen(8080)\n`,
  'src/spend.js': `import { read } from './totals.js'\n\nexport class ${error} extends Error {}\n\nexport async function spend(request, reply) {\n  const { total, moves } = await read(request.params.id)\n  if (total !== moves) throw new ${error}(\`${sum} says \${total}, ${from} add up to \${moves}\`)\n  return reply.json({ total })\n}\n`,
  'src/totals.js': `import { pool } from './pool.js'\n\n// ${sum} is never written from here: the database keeps it.\nexport async function read(id) {\n  const { rows } = await pool.query('select t.total, (select sum(amount) from public.${from} where ${key} = t.${key}) as moves from public.${sum} t where t.${key} = $1', [id])\n  return rows[0]\n}\n`,
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const stopped = builder.ago(`${random.int(31, 56)}m`)
  const service = builder.service({ name: names.service, namespace: 'ledger', description: `Reads ${names.sum}.`, runs: random.chance(0.5) ? 'railway' : 'kubernetes', files: files(names), variables: { DATABASE_URL: 'postgres://app@db/postgres' } })
  builder.deploy(service, { at: builder.daysAgo(random.int(6, 14)) })
  const innocent = builder.innocentDeploy(service, after(stopped, `${random.int(1, 4)}m`))
  const shown = random.int(110, 900)
  return { names, service, stopped, loaded: random.int(11_000, 96_000), shown, counted: shown + random.int(20, 400), innocent, byConsole: random.chance(0.5) }
}

/** A person loads old rows with triggers off, and puts one of the two back. */
function byHand(builder: WorldBuilder, { names: { from, trigger, twin }, stopped, loaded, byConsole }: Cast): void {
  const say = (at: string, message: string): void => builder.postgresLog({ at, severity: 'LOG', user: 'postgres', application: byConsole ? 'Supabase Studio' : 'psql', message: `statement: ${message}` })
  const off = (name: string): string => `ALTER TABLE public.${from} DISABLE TRIGGER ${name};`
  const order = builder.random.chance(0.5) ? [trigger, twin] : [twin, trigger]
  say(before(stopped, '20s'), off(order[0] ?? trigger))
  say(stopped, off(order[1] ?? twin))
  say(after(stopped, '50s'), `COPY public.${from} FROM stdin WITH (FORMAT csv, HEADER);`)
  say(after(stopped, '4m'), `ALTER TABLE public.${from} ENABLE TRIGGER ${twin};`)
  builder.page('database/by-hand.md', [
    '# What was done to the database by hand', '', 'Newest last, UTC.', '',
    `- ${builder.daysAgo(33).slice(0, 10)} ${builder.random.pick(builder.people).login}: an index rebuilt concurrently on accounts`,
    `- ${stopped.slice(0, 16).replace('T', ' ')} ${builder.random.pick(builder.people).login}: ${loaded} old rows loaded into ${from}; with triggers off, their totals had come over already`,
  ])
}

function database(builder: WorldBuilder, { names: { from, sum, key, trigger, twin }, stopped, loaded, shown, counted }: Cast): void {
  const { random } = builder
  const tables = [
    `create table public.${from} (id bigserial primary key, ${key} bigint not null, amount bigint not null, made_at timestamptz not null default now())`,
    `create table public.${sum} (${key} bigint primary key, total bigint not null default 0, touched_at timestamptz not null default now())`,
  ]
  const functions = [
    `create function public.${trigger}() returns trigger language plpgsql as $$ begin insert into public.${sum} (${key}, total) values (new.${key}, new.amount) on conflict (${key}) do update set total = public.${sum}.total + excluded.total, touched_at = now(); return new; end $$`,
    `create function public.${twin}() returns trigger language plpgsql as $$ begin perform pg_notify('${from}', new.id::text); return new; end $$`,
  ]
  const triggers = [trigger, twin].map((name) => `create trigger ${name} after insert on public.${from} for each row execute function public.${name}()`)
  builder.migration({ at: builder.daysAgo(210), name: `create_${from}`, statements: tables })
  builder.migration({ at: builder.daysAgo(180), name: `keep_${sum}`, statements: [...functions, ...triggers] })
  const member = random.int(2000, 9000)
  builder.sql({
    schema: [...tables, ...functions, ...triggers, `alter table public.${from} disable trigger ${trigger}`].map((each) => `${each};`).join('\n'),
    data: [
      `insert into public.${sum} select n, n % 700 + 40, timestamptz '${stopped}' - n * interval '35 s' from generate_series(1, 50) n;`,
      `insert into public.${sum} values (${member}, ${shown}, '${before(stopped, '11m')}');`,
      `insert into public.${from} (${key}, amount, made_at) values (${member}, ${shown}, '${before(stopped, '11m')}'), (${member}, ${counted - shown}, '${after(stopped, '9m')}');`,
      `insert into public.${from} (${key}, amount, made_at) select n, n % 700 + 40, timestamptz '${stopped}' - n * interval '35 s' from generate_series(1, 50) n;`,
      `insert into public.${from} (${key}, amount, made_at) select n * 3, n, timestamptz '${builder.now}' - n * interval '70 s' from generate_series(1, 12) n;`,
    ].join('\n'),
  })
  builder.database.ordinaryLoad(builder.daysAgo(20))
  const rows = random.int(400_000, 900_000)
  builder.database.counters({ table: from, liveRows: rows + loaded, inserts: rows, lastAutovacuum: builder.ago('2h'), indexes: { [`${from}_pkey`]: rows * 2 } })
  builder.database.counters({ table: sum, liveRows: random.int(9000, 30_000), inserts: 9000, updates: rows, lastAutovacuum: builder.ago('3h'), indexes: { [`${sum}_pkey`]: rows * 3 } })
}

function mismatch(builder: WorldBuilder, { names, service, stopped, shown, counted }: Cast): ReturnType<WorldBuilder['issue']> {
  const route = `POST /v1/${names.key}s/:id/spend`
  const path = route.slice(5)
  builder.http(service, { from: builder.ago('2h'), to: builder.now, every: '4m', requests: [{ method: 'POST', path, status: 200, ms: [6, 33] }] })
  return builder.failures(service, {
    where: route,
    type: names.error,
    value: `${names.sum} says ${shown}, ${names.from} add up to ${counted}`,
    from: after(stopped, `${builder.random.int(6, 9)}m`),
    to: builder.ago('12s'),
    every: '2m',
    ...(service.spec.runs === 'railway' ? { answered: { status: 409, path, ms: [7, 30] as const } } : {}),
    frames: [{ file: 'src/spend.js', line: `throw new ${names.error}`, fn: 'spend' }],
    inside: () => [{ service, op: 'db', description: `select total from public.${names.sum}`, ms: 4, status: 'ok' }],
    events: 7,
    users: 5,
  })
}

function answerOf({ names, loaded, innocent, service }: Cast): Answer {
  const { trigger, from, sum, twin } = names
  return rootCause(
    { kind: 'function', name: trigger, accepts: [id(trigger), id(`public.${trigger}`), id(`${from}.${trigger}`)], within: [id(from), id(`public.${from}`), id(sum), id(`public.${sum}`), id(service.name), id('pg_trigger'), id('tgenabled')] },
    {
      required: [fact('load', 'how many rows were loaded when it was switched off', [number(loaded)])],
      forbidden: [
        fact('near-twin', 'the trigger that was switched on again', [id(twin), id(`public.${twin}`)]),
        fact('innocent-deploy', 'the deploy just before the first mismatch', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  byHand(builder, cast)
  database(builder, cast)
  const issue = mismatch(builder, cast)
  return { asked: builder.random.chance(0.6) ? issue : cast.names.said, answer: answerOf(cast) }
}

/** A trigger that keeps a total is switched off by hand for a load and stays off; rows come in and the total stands still. */
export const disabledTrigger = defineFamily({
  slug: 'disabled-trigger',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'A total no longer agrees with the rows it is made of',
  motivation:
    'Loads go faster with triggers off, and what a trigger keeps goes stale in silence when one is not switched on again: no statement fails, and the code that reads the total is blamed (ALTER TABLE ... DISABLE TRIGGER: https://www.postgresql.org/docs/current/sql-altertable.html; pg_trigger.tgenabled: https://www.postgresql.org/docs/current/catalog-pg-trigger.html).',
  tell,
})
