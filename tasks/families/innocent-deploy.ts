import type { Answer } from '../../src/core/task.ts'
import { fact, id, number, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import { sampled } from '../../training/lab/world-builder/sentry.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly repository: string
  readonly gateway: string
  readonly caller: string
  readonly route: string
  /** [what it was, what it became], in requests a minute. */
  readonly limit: readonly [number, number]
  readonly neighbour: string
}

const NAMES: readonly Names[] = [
  {
    repository: 'platform-config',
    gateway: 'edge-gateway',
    caller: 'checkout-web',
    route: '/api/checkout',
    limit: [900, 90],
    neighbour: '/api/search',
  },
  {
    repository: 'gateway-settings',
    gateway: 'api-gateway',
    caller: 'seller-portal',
    route: '/api/listings',
    limit: [1200, 120],
    neighbour: '/api/photos',
  },
  { repository: 'traffic-config', gateway: 'front-door', caller: 'mobile-bff', route: '/api/feed', limit: [1500, 150], neighbour: '/api/profile' },
  {
    repository: 'edge-settings',
    gateway: 'ingress-proxy',
    caller: 'patient-app',
    route: '/api/appointments',
    limit: [480, 48],
    neighbour: '/api/reminders',
  },
]

const FILE = 'limits.yaml'
const GUILTY_TITLE = 'Sort the routes and round the numbers'

const limits = (names: Names, limit: number, neighbour: number): string =>
  `# requests a minute, for all callers of a route together; read again every minute\ndefaults: 600\nroutes:\n  ${names.neighbour}: ${neighbour}\n  ${names.route}: ${limit}\n  /healthz: 0\n`

const gatewayFiles = (names: Names): Record<string, string> => ({
  'src/server.js':
    "import { proxy } from './proxy.js'\nimport { watch } from './settings.js'\n\nawait watch(process.env.SETTINGS_REPOSITORY)\nawait proxy.listen(8080)\n",
  'src/settings.js': `import { fetchFile } from './git.js'\n\nexport let settings\n\n// Changes of ${names.repository} need no deploy: the file is read again every minute.\nexport async function watch(repository) {\n  settings = await fetchFile(repository, '${FILE}')\n  setInterval(async () => { settings = await fetchFile(repository, '${FILE}') }, 60_000)\n}\n`,
})

const callerFiles = ({ route }: Names): Record<string, string> => ({
  'src/server.js':
    "import { createServer } from './http.js'\nimport { submit } from './submit.js'\n\nconst server = createServer()\nserver.post('/submit', submit)\nawait server.listen(8080)\n",
  'src/submit.js': `import { HttpError } from './http.js'\n\nexport async function submit(request, reply) {\n  const response = await fetch(\`\${process.env.GATEWAY}${route}\`, { method: 'POST', body: JSON.stringify(request.body) })\n  if (!response.ok) throw new HttpError(\`\${response.status} from POST ${route}\`)\n  return reply.json(await response.json())\n}\n`,
})

interface Cast {
  readonly names: Names
  readonly gateway: Service
  readonly caller: Service
  readonly onset: string
  readonly guilty: string
  readonly pull: number
  readonly earlier: string
  readonly owner: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const onset = builder.ago(`${random.int(22, 44)}m`)
  builder.repository(names.repository, {
    at: builder.daysAgo(260),
    description: 'Limits and routes of the gateway. Merged means live within a minute.',
    files: {
      [FILE]: limits(names, names.limit[0], 300),
      'README.md': `# ${names.repository}\n\nThe gateway reads \`${FILE}\` every minute. No deploy is needed, and none is recorded.\n`,
    },
  })
  const gateway = builder.service({
    name: names.gateway,
    description: 'Every request from outside passes here.',
    runs: 'railway',
    files: gatewayFiles(names),
    replicas: 2,
    variables: { SETTINGS_REPOSITORY: names.repository },
  })
  const caller = builder.service({
    name: names.caller,
    description: 'What people use.',
    runs: 'railway',
    files: callerFiles(names),
    dependsOn: [names.gateway],
    variables: { GATEWAY: `https://${names.gateway}.internal` },
  })
  builder.deploy(gateway, { at: builder.daysAgo(15) })
  builder.deploy(caller, { at: builder.daysAgo(4) })
  const people = random.sample(builder.people, 2).map(({ login }) => login)
  const earlier = builder.commit(names.repository, {
    at: before(onset, '34m'),
    author: people[0] ?? '',
    message: `Lower ${names.neighbour} a little`,
    pull: `Lower ${names.neighbour} a little`,
    files: { [FILE]: limits(names, names.limit[0], 240) },
  })
  const guilty = builder.commit(names.repository, {
    at: before(onset, '70s'),
    author: people[1] ?? '',
    message: GUILTY_TITLE,
    pull: GUILTY_TITLE,
    files: { [FILE]: limits(names, names.limit[1], 240) },
  })
  // Somebody edits the repository once more: the newest commit is not the guilty one.
  builder.commit(names.repository, {
    at: after(onset, '8m'),
    message: 'Say how often limits are read',
    files: { 'README.md': `# ${names.repository}\n\nThe gateway reads \`${FILE}\` every minute, without a deploy.\n` },
  })
  const pull = builder.world.github.repositories.find(({ name }) => name === names.repository)?.pulls.at(-1)?.number ?? 0
  return { names, gateway, caller, onset, guilty, pull, earlier, owner: builder.organization.slug }
}

function traffic(builder: WorldBuilder, { names, gateway, caller, onset, guilty, earlier }: Cast): { at: string; traceId: string }[] {
  const { random } = builder
  const reload = (at: string, sha: string): void =>
    builder.log(gateway, { at, level: 'info', message: `settings reloaded file=${FILE} revision=${sha.slice(0, 7)}` })
  reload(before(onset, '33m'), earlier)
  reload(before(onset, '12s'), guilty)
  builder.http(gateway, {
    from: builder.ago('2h'),
    to: onset,
    every: '5m',
    requests: [
      { method: 'POST', path: names.route, status: 200, ms: [30, 180], weight: 3 },
      { method: 'GET', path: names.neighbour, status: 200, ms: [10, 90] },
    ],
  })
  builder.http(gateway, {
    from: onset,
    to: builder.now,
    every: '75s',
    requests: [
      { method: 'POST', path: names.route, status: 429, ms: [1, 3], weight: 4 },
      { method: 'POST', path: names.route, status: 200, ms: [30, 180] },
      { method: 'GET', path: names.neighbour, status: 200, ms: [10, 90] },
    ],
  })
  for (const at of ticks(after(onset, '20s'), builder.now, '3m', random.next)) {
    builder.log(gateway, {
      at,
      level: 'warning',
      message: `rate limited route=${names.route} limit=${names.limit[1]}/min seen=${random.int(names.limit[1] * 4, names.limit[1] * 7)}/min`,
    })
  }
  const calls = ticks(after(onset, '5s'), builder.now, '95s', random.next).map((at) => ({ at, traceId: random.hex(32) }))
  for (const { at, traceId } of calls)
    builder.log(caller, { at, level: 'error', message: `trace=${traceId} HttpError: 429 from POST ${names.route}`, fields: { trace: traceId } })
  return calls
}

function answerOf(cast: Cast, innocent: Release): Answer {
  const { names, guilty, pull, earlier, owner } = cast
  return rootCause(
    {
      kind: 'commit',
      name: guilty,
      accepts: [id(guilty), id(`#${pull}`), words(GUILTY_TITLE)],
      within: [id(names.repository), id(`${owner}/${names.repository}`), id(FILE)],
    },
    {
      required: [
        fact('limit', 'what the limit of the route became', [number(names.limit[1])]),
        fact('file', 'where it is set', [id(FILE), id(names.repository), id(`${owner}/${names.repository}`)]),
      ],
      forbidden: [
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
        fact('near-twin', 'the change of another route half an hour before', [id(earlier)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, caller, onset } = cast
  builder.company({ since: '2h', railway: 2, kubernetes: 2 })
  const innocent = builder.innocentDeploy(caller, before(onset, '3m'))
  const calls = traffic(builder, cast)
  for (const { at, traceId } of sampled(calls)) {
    const client = {
      service: caller,
      op: 'http.client',
      description: `POST https://${names.gateway}.internal${names.route}`,
      ms: 3,
      status: 'resource_exhausted',
      data: { 'http.response.status_code': 429 },
    }
    builder.trace({
      id: traceId,
      at,
      root: { service: caller, op: 'http.server', description: 'POST /submit', ms: 9, status: 'internal_error', inside: [client] },
    })
  }
  const issue = builder.issue(caller, {
    type: 'HttpError',
    value: `429 from POST ${names.route}`,
    where: 'POST /submit',
    first: calls[0]?.at ?? onset,
    last: calls.at(-1)?.at ?? onset,
    count: calls.length * 31,
    users: calls.length * 22,
    priority: 'high',
    frames: [{ file: 'src/submit.js', line: 'throw new HttpError', fn: 'submit' }],
    events: sampled(calls).map(({ at, traceId }) => ({
      at,
      traceId,
      tags: { status: '429', upstream: names.gateway },
      user: { id: `u_${builder.random.int(1000, 9999)}` },
      request: { method: 'POST', url: `https://${caller.name}-production.up.railway.example/submit` },
      breadcrumbs: [
        {
          time: at,
          category: 'http',
          level: 'warning',
          message: `POST https://${names.gateway}.internal${names.route} [429]`,
          data: { status_code: 429 },
        },
      ],
    })),
  })
  builder.page('runbooks/rate-limits.md', [
    '# Rate limits',
    '',
    `The gateway answers 429 when a route gets more requests a minute than its line in \`${FILE}\` allows. The file lives in its own repository and is read every minute.`,
    '',
    '- What the gateway runs with: the last `settings reloaded` line in its log, with the revision.',
    '- Ordinary load of a route: look at the hour before, not at the limit.',
  ])
  return { asked: issue, answer: answerOf(cast, innocent) }
}

/** A limit of the gateway loses a digit in a repository that deploys nothing; the deploy beside it is innocent. */
export const innocentDeploy = defineFamily({
  slug: 'innocent-deploy',
  level: 'orchestrator',
  split: 'test',
  difficulty: 'hard',
  title: 'A deploy, three minutes later the errors begin',
  motivation:
    'Settings that go live without a deploy are missing from every list of deploys, so the deploy beside them gets the blame (a public example of a configuration push that took a network down: Cloudflare, 2 July 2019, https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/).',
  tell,
})
