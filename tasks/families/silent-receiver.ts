import type { Answer } from '../../src/core/task.ts'
import { fact, id, number, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly topic: string
  readonly table: string
  /** The customer whose receiver went silent, and the two hosts it has. */
  readonly customer: string
  readonly host: string
  readonly newHost: string
  /** Another customer, whose receiver answers badly but at once. */
  readonly loud: readonly [customer: string, host: string]
  readonly fine: readonly [customer: string, host: string]
  readonly said: string
}

const NAMES: readonly Names[] = [
  { service: 'hook-sender', topic: 'order.paid', table: 'hook_endpoints', customer: 'Brennholt', host: 'hooks.brennholt.example', newHost: 'hooks2.brennholt.example', loud: ['Sundby', 'erp.sundby.example'], fine: ['Ostara', 'in.ostara.example'], said: 'several customers ask where their notifications are, they come very late' },
  { service: 'event-courier', topic: 'shipment.moved', table: 'courier_targets', customer: 'Marlow & Finch', host: 'events.marlowfinch.example', newHost: 'stream.marlowfinch.example', loud: ['Tavira', 'api.tavira.example'], fine: ['Polder', 'inbox.polder.example'], said: 'tracking at our customers lags behind by half an hour or more, all of them' },
  { service: 'notifier-out', topic: 'invoice.sent', table: 'outgoing_targets', customer: 'Kaldvik', host: 'intake.kaldvik.example', newHost: 'intake-b.kaldvik.example', loud: ['Rosso', 'books.rosso.example'], fine: ['Halden', 'post.halden.example'], said: 'Kunden bekommen unsere Meldungen erst nach einer Ewigkeit' },
  { service: 'push-relay', topic: 'reading.taken', table: 'relay_receivers', customer: 'Penrith Water', host: 'ingest.penrithwater.example', newHost: 'collect.penrithwater.example', loud: ['Ilmen', 'meter.ilmen.example'], fine: ['Garonne', 'data.garonne.example'], said: 'the relay is miles behind, graphs at customers stop this morning' },
]

interface Cast {
  readonly names: Names
  /** Nothing answers the first packet; or something takes the request and never answers it. */
  readonly shape: 'connect' | 'headers'
  readonly service: Service
  readonly seconds: number
  readonly senders: number
  readonly endpoint: number
  readonly newEndpoint: number
  readonly onset: string
  readonly waiting: number
  readonly innocent: Release
}

const files = ({ table, topic }: Names, senders: number, seconds: number): Record<string, string> => ({
  'src/server.js': `import { send } from './send.js'\nimport { take } from './outbox.js'\nimport { watch } from './watch.js'\n\nconst SENDERS = ${senders}\n\nwatch('${topic}')\nawait Promise.all(Array.from({ length: SENDERS }, async () => {\n  for await (const delivery of take('${table}')) await send(delivery)\n}))\n`,
  'src/send.js': `import { Agent, request } from 'undici'\nimport { again, done } from './outbox.js'\n\nconst dispatcher = new Agent({ connectTimeout: ${seconds}_000, headersTimeout: ${seconds}_000 })\n\nexport async function send({ id, url, body, attempt }) {\n  try {\n    const { statusCode } = await request(url, { method: 'POST', body, dispatcher })\n    return statusCode < 300 ? await done(id) : await again(id, attempt)\n  } catch {\n    return again(id, attempt)\n  }\n}\n`,
  'src/watch.js': "import { oldest } from './outbox.js'\n\nexport class DeliveryLag extends Error {}\n\nconst ALLOWED = 300\n\nexport const watch = (topic) => setInterval(async () => {\n  const waits = await oldest(topic)\n  if (waits > ALLOWED) throw new DeliveryLag(`oldest delivery of ${topic} waits ${waits}s, allowed are ${ALLOWED}s`)\n}, 60_000)\n",
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const seconds = random.pick([15, 20, 30])
  const senders = random.int(3, 6)
  const onset = builder.ago(`${random.int(34, 57)}m`)
  const service = builder.service({ name: names.service, namespace: 'outbound', description: `Tells customers of ${names.topic}.`, runs: random.chance(0.5) ? 'railway' : 'kubernetes', files: files(names, senders, seconds), variables: { DATABASE_URL: 'postgres://app@db/postgres' } })
  builder.deploy(service, { at: builder.daysAgo(random.int(4, 15)) })
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(2, 9)}m`))
  const endpoint = random.int(1200, 8600)
  return { names, shape: random.pick(['connect', 'headers'] as const), service, seconds, senders, endpoint, newEndpoint: endpoint + random.int(40, 900), onset, waiting: random.int(2400, 9800), innocent }
}

function database(builder: WorldBuilder, { names, endpoint, newEndpoint, waiting, onset }: Cast): number {
  const { random } = builder
  const { table, topic, customer, host, newHost, loud, fine } = names
  const schema = `create table public.${table} (id bigint primary key, customer text not null, url text not null, topic text not null, active boolean not null default true, created_at timestamptz not null)`
  const outbox = 'create table public.outbox (id bigserial primary key, endpoint_id bigint not null, attempt int not null default 0, state text not null, made_at timestamptz not null)'
  const loudId = endpoint - random.int(20, 300)
  const rows = [[endpoint, customer, host, 410], [newEndpoint, customer, newHost, 12], [loudId, loud[0], loud[1], 300], [endpoint + 17, fine[0], fine[1], 200]] as const
  builder.migration({ at: builder.daysAgo(430), name: `create_${table}`, statements: [schema, outbox] })
  builder.sql({
    schema: `${schema};\n${outbox};`,
    data: [
      `insert into public.${table} values\n${rows.map(([key, who, where, days]) => `  (${key}, '${who}', 'https://${where}/v1/in', '${topic}', true, '${builder.daysAgo(days)}')`).join(',\n')};`,
      `insert into public.outbox (endpoint_id, attempt, state, made_at) select ${endpoint}, n % 6, 'waiting', timestamptz '${onset}' + n * interval '300 ms' from generate_series(1, ${waiting}) n;`,
      `insert into public.outbox (endpoint_id, attempt, state, made_at) select case n % 3 when 0 then ${newEndpoint} when 1 then ${endpoint + 17} else ${loudId} end, 0, 'waiting', timestamptz '${builder.now}' - n * interval '9 s' from generate_series(1, 180) n;`,
    ].join('\n'),
  })
  builder.database.ordinaryLoad(builder.daysAgo(16))
  builder.database.counters({ table: 'outbox', liveRows: waiting + random.int(4000, 9000), inserts: random.int(80_000, 300_000), updates: random.int(80_000, 300_000), lastAutovacuum: builder.ago('35m'), indexes: { outbox_pkey: random.int(90_000, 500_000) } })
  return loudId
}

function deliveries(builder: WorldBuilder, { names, shape, service, seconds, senders, endpoint, newEndpoint, onset }: Cast, loudId: number): void {
  const { random } = builder
  const { host, newHost, loud, fine } = names
  const address = `203.0.113.${random.int(4, 250)}`
  const silence = shape === 'connect' ? `Connect Timeout Error (attempted address: ${address}:443, timeout: ${seconds}000ms) code=UND_ERR_CONNECT_TIMEOUT` : 'Headers Timeout Error code=UND_ERR_HEADERS_TIMEOUT'
  const post = (at: string, key: number, where: string, rest: string, level: 'info' | 'warning'): void => builder.log(service, { at, level, message: `POST https://${where}/v1/in endpoint=${key} ${rest}` })
  for (const at of ticks(builder.ago('105m'), builder.now, '4m', random.next)) {
    const [key, where] = random.pick(at < onset ? [[endpoint, host], [newEndpoint, newHost], [endpoint + 17, fine[1]]] as const : [[newEndpoint, newHost], [endpoint + 17, fine[1]]] as const)
    post(at, key, where, `200 ${random.int(60, 400)}ms`, 'info')
  }
  for (const at of ticks(builder.ago('100m'), builder.now, '9m', random.next)) post(at, loudId, loud[1], `500 ${random.int(40, 190)}ms attempt=${random.int(1, 6)}`, 'warning')
  for (const at of ticks(after(onset, `${seconds}s`), builder.now, '75s', random.next)) post(at, endpoint, host, `failed after ${seconds * 1000 + random.int(2, 19)}ms attempt=${random.int(1, 6)}: ${silence}`, 'warning')
  for (const at of ticks(builder.ago('100m'), builder.now, '6m')) builder.log(service, { at, level: 'info', message: at < after(onset, '2m') ? `senders busy=${random.int(0, 1)}/${senders}` : `senders busy=${senders}/${senders}` })
}

function late(builder: WorldBuilder, { names, service, onset, seconds }: Cast): ReturnType<WorldBuilder['issue']> {
  const minutes = Math.round((Date.parse(builder.now) - Date.parse(onset)) / 60_000)
  return builder.failures(service, {
    where: 'watch',
    type: 'DeliveryLag',
    value: `oldest delivery of ${names.topic} waits ${minutes * 60 - seconds}s, allowed are 300s`,
    from: after(onset, '6m'),
    to: builder.ago('20s'),
    every: '3m',
    frames: [{ file: 'src/watch.js', line: 'throw new DeliveryLag', fn: 'watch' }],
    says: (at) => `DeliveryLag: oldest delivery of ${names.topic} waits ${Math.round((Date.parse(at) - Date.parse(onset)) / 1000)}s, allowed are 300s`,
    events: 3,
    users: 0,
  })
}

function answerOf({ names, shape, service, endpoint, newEndpoint, innocent }: Cast): Answer {
  const { host, newHost, loud, customer, table } = names
  return rootCause(
    { kind: 'host', name: host, accepts: [id(host), id(`https://${host}/v1/in`), id(`${host}/v1/in`), id(`${host}:443`)], within: [id(service.name), id(table), id(`public.${table}`), pattern('\\b(?:receiver|endpoint|webhook|customer|host|target)\\b'), id(String(endpoint)), pattern(customer.toLowerCase())] },
    {
      required: [
        fact('endpoint', 'the row that leads there', [number(endpoint)]),
        fact('silence', 'how it fails', [pattern(shape === 'connect' ? 'und_err_connect_timeout|connect(?:ion)? time(?:d )?out' : 'und_err_headers_timeout|headers? time(?:d )?out')]),
      ],
      forbidden: [
        fact('near-twin', 'the other host of the same customer, which answers', [id(newHost), number(newEndpoint)]),
        fact('loud', 'a receiver that answers 500 at once, as it has for long', [id(loud[1])]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, senders } = cast
  builder.company({ since: '105m', railway: 1, kubernetes: 1 })
  deliveries(builder, cast, database(builder, cast))
  builder.page(`customers/${names.customer.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.md`, [
    `# ${names.customer}`, '', `- Takes ${names.topic}. Their people run the receiver themselves.`, `- Moves to another data centre this autumn; ${names.newHost} is the new one and was added by them. What becomes of the first they did not say.`, `- One of the three largest by number of deliveries.`,
  ])
  builder.page(`runbooks/${names.service}.md`, [
    `# ${names.service}`, '', `${senders} senders take the oldest delivery each, whoever it is for. A failed one comes back after a minute, six times at most.`, '',
    `- Receivers are rows of \`${names.table}\`; \`active\` switches one off.`, `- ${names.loud[0]} answers 500 to old record types. Known, harmless.`,
  ])
  const issue = late(builder, cast)
  return { asked: builder.random.chance(0.6) ? issue : names.said, answer: answerOf(cast) }
}

/** A customer's receiver was taken away while its subscription stayed; every sender waits for it, and all other customers wait too. */
export const silentReceiver = defineFamily({
  slug: 'silent-receiver',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Notifications reach every customer late',
  motivation:
    'A subscription outlives the machine it points at, and a host that is silent costs far more than one that refuses: each attempt holds a sender for the whole timeout, so that one receiver delays all others (head-of-line blocking: https://en.wikipedia.org/wiki/Head-of-line_blocking; timeouts of the client: https://undici.nodejs.org/).',
  tell,
})
