import type { Answer } from '../../src/core/task.ts'
import { fact, id, pattern, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, ticks } from '../../training/lab/world-builder/moments.ts'
import { sampled } from '../../training/lab/world-builder/sentry.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

const NAMES = ['trace-api', 'run-history', 'span-store', 'trajectory-api'] as const
/** [the one that sends the wrong id, its near twin in name, the busy one]. */
const CLIENTS = [
  ['lumen-notebooks', 'lumen-notes', 'lumen-web'],
  ['quill-agent', 'quill-agent-eval', 'quill-desktop'],
  ['fathom-copilot', 'fathom-console', 'fathom-cli'],
  ['heron-assist', 'heron-assist-eu', 'heron-dashboard'],
] as const

const BY_ID = 'select id, name, client, started_at from public.traces where id = $1'

const FILES = {
  'src/server.js':
    "import { createServer } from './http.js'\nimport { getTrace } from './routes/get-trace.js'\n\nconst server = createServer({ name: 'traces' })\nserver.get('/v1/traces/:traceId', getTrace)\nserver.get('/v1/traces/:traceId/steps', getTrace)\nawait server.listen(8080)\n",
  'src/routes/get-trace.js':
    "import { findTrace } from '../db/traces.js'\nimport { NotFound } from '../http.js'\n\nexport async function getTrace(request, reply) {\n  const { traceId } = request.params\n  const trace = await findTrace(traceId, request.client.id)\n  if (!trace) throw new NotFound(`no trace ${traceId}`)\n  return reply.json(trace)\n}\n",
  'src/db/traces.js':
    "import { pool } from './pool.js'\n\nconst BY_ID = 'select id, name, client, started_at from public.traces where id = $1'\n\nexport async function findTrace(traceId) {\n  const { rows } = await pool.query(BY_ID, [traceId])\n  return rows[0]\n}\n",
  'src/db/pool.js':
    "import pg from 'pg'\n\nexport const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, application_name: process.env.SERVICE_NAME })\n",
}

interface Cast {
  readonly service: Service
  readonly wrong: string
  readonly twin: string
  readonly busy: string
  readonly onset: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const [wrong, twin, busy] = random.pick(CLIENTS)
  const service = builder.service({
    name: random.pick(NAMES),
    description: 'Serves recorded traces of agent runs by id.',
    runs: 'railway',
    files: FILES,
    variables: { DATABASE_URL: 'postgres://app@pooler/postgres', SERVICE_NAME: 'traces' },
  })
  builder.deploy(service, { at: builder.daysAgo(11) })
  const onset = builder.ago(`${random.int(38, 64)}m`)
  builder.company({ since: '2h', railway: 2, kubernetes: 1 })
  builder.sql({
    schema:
      'create table public.traces (id uuid primary key, name text not null, client text not null, started_at timestamptz not null);\ncreate table public.api_clients (id text primary key, owner text not null, user_agent text not null, created_at timestamptz not null);',
    data: [
      `insert into public.api_clients values\n${[wrong, twin, busy].map((name) => `  ('${name}', '${random.pick(builder.people).email}', '${name}/${random.int(0, 3)}.${random.int(0, 9)}.2', '${builder.daysAgo(random.int(100, 400))}')`).join(',\n')};`,
      `insert into public.traces values\n${Array.from({ length: 9 }, () => `  ('${random.uuid()}', 'run-${random.int(1000, 9999)}', '${random.pick([wrong, twin, busy, busy])}', '${builder.ago(`${random.int(3, 60)}h`)}')`).join(',\n')};`,
    ].join('\n'),
  })
  builder.migration({
    at: builder.daysAgo(140),
    name: 'create_traces',
    statements: ['create table public.traces (id uuid primary key, name text not null, client text not null, started_at timestamptz not null)'],
  })
  builder.page('identifiers.md', [
    '# Identifiers',
    '',
    '| Looks like | Is | Minted by |',
    '| --- | --- | --- |',
    '| a UUID | trace id: the only thing `GET /v1/traces/{id}` takes | this service |',
    '| 16 hex digits | span id, inside one trace | the tracer |',
    '| `toolu_` and letters | tool-call id: one call of a tool inside a model turn; says nothing about a trace | the model provider |',
    '',
    'API clients are listed in the table `api_clients`; a client puts its own name in every request, and Sentry shows it as the user.',
  ])
  return { service, wrong, twin, busy, onset }
}

function ordinaryTraffic(builder: WorldBuilder, { service, wrong, twin, busy, onset }: Cast): void {
  const { random } = builder
  for (const at of ticks(builder.ago('2h'), builder.now, '4m', random.next)) {
    const client = random.pick(at < onset ? [wrong, twin, busy, busy] : [twin, busy, busy])
    builder.log(service, {
      at,
      level: 'info',
      message: `GET /v1/traces/${random.uuid()} 200 ${random.int(4, 30)}ms client=${client}`,
      fields: { client },
    })
  }
  // The busy client asks for deleted traces: louder than the fault, and older.
  const last = builder.ago('7m')
  builder.issue(service, {
    type: 'NotFound',
    value: `no trace ${random.uuid()}`,
    where: 'GET /v1/traces/:traceId',
    level: 'warning',
    first: builder.daysAgo(9),
    last,
    count: random.int(300, 800),
    users: 1,
    priority: 'low',
    frames: [{ file: 'src/routes/get-trace.js', line: 'throw new NotFound', fn: 'getTrace' }],
    events: [builder.ago('3h'), last].map((at) => ({ at, user: { id: busy }, tags: { api_client: busy } })),
  })
}

interface WrongCall {
  readonly at: string
  readonly tool: string
  readonly traceId: string
}

/** What each wrong call leaves in the service's log, the database's and Railway's. */
function leaveTraces(builder: WorldBuilder, { service, wrong }: Cast, calls: readonly WrongCall[]): void {
  for (const { at, tool, traceId } of calls) {
    const message = `invalid input syntax for type uuid: "${tool}"`
    builder.log(service, {
      at,
      level: 'error',
      message: `GET /v1/traces/${tool} 500 trace=${traceId} client=${wrong} error="${message.slice(0, 34)}…"`,
      fields: { trace: traceId, client: wrong },
    })
    // The database's clock runs a second ahead of the service's.
    builder.postgresLog({
      at: after(at, '1s'),
      severity: 'ERROR',
      message,
      state: '22P02',
      query: BY_ID,
      detail: "unnamed portal parameter $1 = '...'",
      application: 'traces',
      user: 'app',
    })
    builder.http(service, {
      from: at,
      to: after(at, '1s'),
      every: '1s',
      requests: [{ method: 'GET', path: `/v1/traces/${tool}`, status: 500, ms: [5, 20] }],
    })
  }
}

function failures(builder: WorldBuilder, cast: Cast): ReturnType<WorldBuilder['issue']> {
  const { service, wrong, onset } = cast
  const { random } = builder
  const userAgent = `${wrong}/1.${random.int(2, 9)}.0`
  const calls = ticks(onset, builder.ago('90s'), '150s', random.next).map((at) => ({
    at,
    tool: `toolu_01${random.token(22)}`,
    traceId: random.hex(32),
  }))
  leaveTraces(builder, cast, calls)
  const stored = sampled(calls)
  for (const { at, tool, traceId } of stored) {
    const db = { service, op: 'db', description: BY_ID, ms: 4, status: 'invalid_argument' }
    builder.trace({
      id: traceId,
      at,
      root: {
        service,
        op: 'http.server',
        description: 'GET /v1/traces/:traceId',
        ms: 11,
        status: 'internal_error',
        data: { 'url.path': `/v1/traces/${tool}` },
        inside: [db],
      },
    })
  }
  return builder.issue(service, {
    type: 'DatabaseError',
    value: `invalid input syntax for type uuid: "${stored.at(-1)?.tool ?? ''}"`,
    where: 'GET /v1/traces/:traceId',
    first: calls[0]?.at ?? onset,
    last: calls.at(-1)?.at ?? onset,
    count: calls.length,
    users: 1,
    priority: 'high',
    frames: [
      { file: 'src/routes/get-trace.js', line: 'await findTrace', fn: 'getTrace' },
      { file: 'src/db/traces.js', line: 'await pool.query', fn: 'findTrace', vars: { traceId: stored.at(-1)?.tool } },
      { library: 'node_modules/pg-pool/index.js', fn: 'Pool.query', at: 45 },
    ],
    events: stored.map(({ at, tool, traceId }) => ({
      at,
      traceId,
      value: `invalid input syntax for type uuid: "${tool}"`,
      user: { id: wrong },
      tags: { api_client: wrong, sqlstate: '22P02' },
      request: {
        method: 'GET',
        url: `https://${service.name}-production.up.railway.example/v1/traces/${tool}`,
        headers: { 'User-Agent': userAgent, 'X-Api-Client': wrong },
      },
      breadcrumbs: [
        { time: at, category: 'http', level: 'info', message: `GET /v1/traces/${tool}`, data: { client: wrong } },
        { time: at, category: 'query', level: 'error', message: BY_ID },
      ],
    })),
  })
}

function answerOf(cast: Cast, innocent: Release): Answer {
  const { service, wrong, twin, busy } = cast
  return rootCause(
    { kind: 'user', name: wrong, accepts: [id(wrong), pattern(`${wrong}/[\\d.]+`)], within: [id(service.name)] },
    {
      required: [
        fact(
          'kind-of-id',
          'what was sent is the id of a tool call',
          [pattern('toolu_\\w*'), words('tool call id'), words('tool use id'), words('tool call identifier')],
          { inAlert: true },
        ),
      ],
      forbidden: [
        fact('near-twin-client', 'another API client with a similar name', [id(twin)]),
        fact('busy-client', 'the client with the most errors of another kind', [id(busy)]),
        fact('innocent-deploy', 'the deploy that went live after the first failure', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const innocent = builder.innocentDeploy(cast.service, after(cast.onset, '6m'))
  ordinaryTraffic(builder, cast)
  const issue = failures(builder, cast)
  return { asked: issue, answer: answerOf(cast, innocent) }
}

/** An API client sends the ids of its own tool calls where the service wants the UUID of a trace. */
export const wrongKindOfId = defineFamily({
  slug: 'wrong-kind-of-id',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Postgres refuses an id that is not a UUID',
  motivation:
    'A caller that hands over another kind of id is a common fault of agent products: a model passes the id of its own tool call where a trace id is wanted, and only the database complains (SQLSTATE 22P02, https://www.postgresql.org/docs/current/errcodes-appendix.html). The service that reports the error is not the one at fault.',
  tell,
})
