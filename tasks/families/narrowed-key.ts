import type { Answer } from '../../src/core/task.ts'
import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  /** Who calls with a key, who looks at keys, and what is called. */
  readonly caller: string
  readonly gate: string
  readonly path: string
  readonly noun: string
  readonly key: string
  /** Keys with close names: one that was done away with on purpose, one that works. */
  readonly gone: string
  readonly works: string
  readonly scope: string
}

const NAMES: readonly Names[] = [
  { caller: 'depot-sync', gate: 'partner-gate', path: '/v1/pallets', noun: 'pallet', key: 'depot-main', gone: 'depot-trial', works: 'depot-scanner', scope: 'pallets:write' },
  { caller: 'clinic-bridge', gate: 'records-gate', path: '/v1/visits', noun: 'visit', key: 'clinic-north', gone: 'clinic-demo', works: 'clinic-south', scope: 'visits:write' },
  { caller: 'till-upload', gate: 'sales-front', path: '/v1/receipts', noun: 'receipt', key: 'tills-shared', gone: 'tills-pilot', works: 'tills-kiosk', scope: 'receipts:add' },
  { caller: 'roster-push', gate: 'people-api', path: '/v1/shifts', noun: 'shift', key: 'roster-prod', gone: 'roster-qa', works: 'roster-mobile', scope: 'shifts:edit' },
  { caller: 'feed-loader', gate: 'catalog-door', path: '/v1/articles', noun: 'article', key: 'feed-central', gone: 'feed-agency', works: 'feed-images', scope: 'articles:put' },
]

/** What the owner of the key did: took it back, took one right away, or moved its account to a smaller plan. */
type Shape = 'revoked' | 'scope' | 'plan'
const STATUS = { revoked: 401, scope: 403, plan: 402 } as const

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly caller: Service
  readonly gate: Service
  readonly by: string
  readonly other: string
  readonly changed: string
  readonly innocent: Release
  readonly gateInnocent: Release
}

const callerFiles = ({ noun, path, gate }: Names): Record<string, string> => ({
  'src/server.js': `import { next } from './waiting.js'\nimport { push } from './push.js'\n\nfor await (const ${noun} of next()) await push(${noun})\n`,
  'src/push.js': `export class PushFailed extends Error {}\n\nexport async function push(${noun}) {\n  const response = await fetch('http://${gate}.internal${path}', { method: 'POST', headers: { 'x-api-key': process.env.PUSH_KEY }, body: JSON.stringify(${noun}) })\n  if (!response.ok) throw new PushFailed(\`${path} answered \${response.status}\`)\n}\n`,
})

const gateFiles = ({ path }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { admit } from './keys.js'\nimport { take } from './take.js'\n\nconst server = createServer()\nserver.use(admit)\nserver.post('${path}', take)\nawait server.listen(8080)\n`,
  'src/keys.js': "import { pool } from './pool.js'\nimport { needs, planOf } from './rights.js'\n\n// Read for each request: a change of a key is in force at once.\nexport async function admit(request, reply, pass) {\n  const { rows } = await pool.query('select key_id, scopes, plan, revoked_at from public.api_keys where digest = $1', [request.digest])\n  const [key] = rows\n  if (!key || key.revoked_at) return reply.code(401).send()\n  if (!key.scopes.includes(needs(request))) return reply.code(403).send()\n  if (!planOf(key.plan).allows(request)) return reply.code(402).send()\n  return pass()\n}\n",
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const changed = builder.ago(`${random.int(18, 49)}m`)
  const caller = builder.service({ name: names.caller, description: `Hands over each ${names.noun}.`, runs: random.chance(0.5) ? 'railway' : 'kubernetes', namespace: 'sync', files: callerFiles(names), dependsOn: [names.gate], variables: { PUSH_KEY: 'kept-elsewhere' } })
  const gate = builder.service({ name: names.gate, description: 'Looks at keys, then takes what is sent.', runs: random.chance(0.5) ? 'railway' : 'kubernetes', namespace: 'edge', files: gateFiles(names), variables: { DATABASE_URL: 'postgres://app@db/postgres' } })
  for (const each of [caller, gate]) builder.deploy(each, { at: builder.daysAgo(random.int(5, 20)) })
  const gateInnocent = builder.innocentDeploy(gate, before(changed, `${random.int(70, 200)}m`))
  const innocent = builder.innocentDeploy(caller, before(changed, `${random.int(3, 8)}m`))
  const [by, other] = random.sample(builder.people, 2).map(({ login }) => login)
  return { names, shape: random.pick(['revoked', 'scope', 'plan'] as const), caller, gate, by: by ?? 'nobody', other: other ?? 'nobody', changed, innocent, gateInnocent }
}

/** The keys as they stand, and the list of what was done to them. */
function keys(builder: WorldBuilder, { names, shape, by, other, changed }: Cast): void {
  const { random } = builder
  const read = names.scope.replace(/:.*/, ':read')
  const tables = [
    'create table public.api_keys (key_id text primary key, digest text not null, plan text not null, scopes text[] not null, created_at timestamptz not null, revoked_at timestamptz)',
    'create table public.api_key_changes (id bigserial primary key, key_id text not null references public.api_keys, what text not null, changed_by text not null, changed_at timestamptz not null)',
  ]
  const row = (key: string, act: { plan?: string; scopes?: string; revoked?: string }): string => `  ('${key}', '${random.hex(32)}', '${act.plan ?? 'Partner'}', '{${act.scopes ?? `${read},${names.scope}`}}', '${builder.daysAgo(random.int(90, 700))}', ${act.revoked === undefined ? 'null' : `'${act.revoked}'`})`
  const what = { revoked: 'revoked', scope: `scopes: ${names.scope} removed`, plan: 'plan: Partner to Free' }[shape]
  const state = { revoked: { revoked: changed }, scope: { scopes: read }, plan: { plan: 'Free' } }[shape]
  const gone = before(changed, `${random.int(50, 170)}s`)
  builder.migration({ at: builder.daysAgo(500), name: 'create_api_keys', statements: tables })
  builder.sql({
    schema: `${tables.join(';\n')};`,
    data: [
      `insert into public.api_keys values\n${[row(names.works, {}), row(names.key, state), row(names.gone, { plan: 'Free', scopes: read, revoked: gone })].join(',\n')};`,
      `insert into public.api_key_changes (key_id, what, changed_by, changed_at) values\n  ('${names.works}', 'scopes: ${names.scope} added', '${other}', '${builder.daysAgo(41)}'),\n  ('${names.gone}', 'revoked', '${by}', '${gone}'),\n  ('${names.key}', '${what}', '${by}', '${changed}');`,
    ].join('\n'),
  })
  builder.database.ordinaryLoad(builder.daysAgo(13))
  builder.page('integrations/keys.md', [
    '# Keys of integrations', '', 'A key belongs to whoever asked for it, and its owner may change it on the page of keys. Every change is kept in `api_key_changes`.', '',
    '| Key | Used by | Owner |', '| --- | --- | --- |',
    `| ${names.key} | ${names.caller} | ${by} |`, `| ${names.works} | devices | ${other} |`, `| ${names.gone} | nobody since spring, may go | ${by} |`,
  ])
}

function traffic(builder: WorldBuilder, cast: Cast): ReturnType<WorldBuilder['issue']> {
  const { names, shape, caller, gate, by, changed } = cast
  const { random } = builder
  const { path, key, works, gone, noun } = names
  const status = STATUS[shape]
  const at = (time: string, who: string, code: number, more = ''): void => builder.log(gate, { at: time, level: code < 400 ? 'info' : 'warning', message: `POST ${path} ${code} ${random.int(3, 30)}ms key_id=${who}${more}` })
  for (const time of ticks(builder.ago('100m'), builder.now, '4m', random.next)) at(time, works, 201)
  for (const time of ticks(builder.ago('100m'), changed, '4m', random.next)) at(time, key, 201)
  // The one that was done away with was asked with once more, by a machine somebody forgot.
  at(after(changed, `${random.int(3, 9)}m`), gone, 401, ' refused=revoked')
  builder.log(gate, { at: changed, level: 'info', message: `PATCH /admin/keys/${key} 200 ${random.int(9, 40)}ms by=${by}` })
  const refused = { revoked: 'revoked', scope: `scope needed=${names.scope}`, plan: 'plan plan=Free' }[shape]
  return builder.failures(caller, {
    where: 'push',
    type: 'PushFailed',
    value: `${path} answered ${status}`,
    from: after(changed, '6s'),
    to: builder.ago('10s'),
    every: '100s',
    frames: [{ file: 'src/push.js', line: 'throw new PushFailed', fn: 'push' }],
    inside: () => [{ service: caller, op: 'http.client', description: `POST http://${gate.name}.internal${path}`, ms: 19, status: 'permission_denied', data: { 'http.response.status_code': status } }],
    leaves: (failure) => at(failure.at, key, status, ` refused=${refused}`),
    tags: { kind: noun },
    events: random.int(6, 30),
    users: 0,
  })
}

function answerOf({ names, shape, by, innocent, gateInnocent, caller, gate }: Cast): Answer {
  const done = { revoked: pattern('\\b(?:revok\\w*|withdrawn|taken back)\\b'), scope: id(names.scope), plan: pattern('\\bfree\\b') }[shape]
  return rootCause(
    { kind: 'credential', name: names.key, accepts: [id(names.key)], within: [id(caller.name), id(gate.name), id('api_keys'), id('public.api_keys'), id('api_key_changes'), id('PUSH_KEY'), id('key_id')] },
    {
      required: [fact('by', 'who changed it', [id(by)]), fact('done', 'what was done to it', [done])],
      forbidden: [
        fact('near-twin', 'a key that was done away with on purpose in the same minutes', [id(names.gone)]),
        fact('other-key', 'a key with a close name, which works', [id(names.works)]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
        fact('gate-deploy', 'the deploy of the service that refuses, hours before', [id(gateInnocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, changed } = cast
  builder.company({ since: '100m', railway: 1, kubernetes: 1 })
  keys(builder, cast)
  const issue = traffic(builder, cast)
  const said = builder.random.pick([
    `nothing arrives from ${names.caller} since ${changed.slice(11, 16)} or so. it was deployed a bit before, roll back?`,
    `each ${names.noun} is stuck on our side, the other end turns us away. Did anybody change something there?`,
    `seit ca. ${changed.slice(11, 16)} kommt über ${names.caller} nichts mehr an, bitte mal schauen`,
  ])
  return { asked: builder.random.chance(0.6) ? issue : said, answer: answerOf(cast) }
}

/** The owner of a key takes it back, or a right or its plan away, and did not know who else lives on it. */
export const narrowedKey = defineFamily({
  slug: 'narrowed-key',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'One of our services turns another away',
  motivation:
    'Keys are tidied by people who see a list and not the traffic behind it; the change is in force at once, shows in no repository, and the newest deploy of the caller is blamed (advice to look at the last use of a key before it is deactivated: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html).',
  tell,
})
