import { fact, id, undecided } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly runs: 'railway' | 'kubernetes'
  readonly route: string
  readonly noun: string
  /** What stands in the building, and does the thing itself. */
  readonly device: string
  readonly sites: readonly string[]
  readonly path: string
  readonly error: string
  /** How its codes begin, and what the handbook says that the one at issue may mean. */
  readonly code: string
  readonly reasons: readonly [string, string, string]
  readonly logs: string
}

const NAMES: readonly Names[] = [
  {
    service: 'label-desk', runs: 'railway', route: 'POST /v1/labels', noun: 'label', device: 'printbox', sites: ['hall2', 'hall3', 'hall5', 'annex'], path: '/jobs', error: 'PrintError', code: 'E',
    reasons: ['somebody pressed Hold at its panel', 'the roll that is in it has another width than the job', 'its program was updated on site and does not know the template'],
    logs: 'on its own card; who is on shift in the hall reads it at the panel, under Service',
  },
  {
    service: 'locker-doors', runs: 'kubernetes', route: 'POST /v1/openings', noun: 'opening', device: 'lockerwall', sites: ['station', 'harbour', 'campus', 'market'], path: '/doors/open', error: 'DoorError', code: 'L4',
    reasons: ['a door of the wall stands open and it refuses all until it is shut', 'a technician switched it to service', 'its battery is low and it saves current'],
    logs: 'with the maker, in a portal for which facilities has the only account',
  },
  {
    service: 'oven-plans', runs: 'railway', route: 'POST /v1/bakes', noun: 'bake', device: 'ovenctl', sites: ['north', 'mill', 'bridge', 'old-town'], path: '/program', error: 'OvenError', code: 'P',
    reasons: ['the baker runs it by hand', 'a sensor of the chamber is gone and it stays safe', 'the memory for programs is full'],
    logs: 'in the oven; the maker reads it by cable when the service van comes',
  },
  {
    service: 'gate-passes', runs: 'kubernetes', route: 'POST /v2/passes', noun: 'pass', device: 'barrier', sites: ['east', 'quay4', 'depot', 'visitors'], path: '/raise', error: 'BarrierError', code: 'S-',
    reasons: ['the guard locked it with the key', 'its loop in the ground believes that a lorry stands there', 'its clock is off and it takes no pass for valid'],
    logs: 'at the guard house, on a machine without a network; the security firm keeps it',
  },
]

const files = ({ route, noun, device, path, error }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { ${noun} } from './${noun}.js'\n\nconst server = createServer()\nserver.on('${route}', ${noun})\nawait server.listen(8080)\n`,
  [`src/${noun}.js`]: `import { addressOf } from './sites.js'\nimport { log } from './log.js'\n\nexport class ${error} extends Error {}\n\nexport async function ${noun}(request, reply) {\n  const host = addressOf(request.site)\n  const response = await fetch(\`https://\${host}${path}\`, { method: 'POST', body: JSON.stringify(request.body) })\n  const { code } = await response.json()\n  log.info('${device}', { host, status: response.status, code })\n  if (!response.ok) throw new ${error}('the ${device} refused')\n  return reply.json({ ok: true })\n}\n`,
})

interface Cast {
  readonly names: Names
  readonly service: Service
  readonly host: string
  readonly twin: string
  readonly codes: readonly [real: string, other: string]
  readonly others: readonly string[]
  readonly onset: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const service = builder.service({ name: names.service, description: `Sends each ${names.noun} to the ${names.device} of its site.`, runs: names.runs, namespace: 'sites', files: files(names) })
  builder.deploy(service, { at: builder.daysAgo(random.int(5, 17)) })
  const hosts = random.sample(names.sites, 4).map((site) => `${names.device}-${site}.sites.${builder.organization.slug}.example`)
  const [host = '', twin = '', ...others] = hosts
  const [real = 0, other = 0] = random.sample([11, 14, 18, 23, 27, 29, 32, 36, 38, 45, 47, 51, 56, 62, 64, 73, 78, 82, 85, 93], 2)
  return { names, service, host, twin, codes: [`${names.code}${real}`, `${names.code}${other}`], others, onset: builder.ago(`${random.int(25, 85)}m`) }
}

/** The same program, the same jobs: every other site takes them, one after it had answered otherwise a single time. */
function otherSites(builder: WorldBuilder, { names, service, host, twin, codes, others, onset }: Cast): void {
  const { random } = builder
  const [method = 'POST', path = '/'] = names.route.split(' ')
  const taken = (at: string, site: string): void => builder.log(service, { at, level: 'info', message: `${names.device} host=${site} status=200 code=OK took=${random.int(40, 390)}ms` })
  for (const at of ticks(builder.ago('150m'), builder.now, '3m', random.next)) taken(at, random.pick([twin, ...others]))
  for (const at of ticks(builder.ago('150m'), before(onset, '3m'), '8m', random.next)) taken(at, host)
  builder.http(service, { from: builder.ago('150m'), to: builder.now, every: '3m', requests: [{ method, path, status: 200, ms: [60, 420] }] })
  const once = before(onset, `${random.int(80, 170)}s`)
  builder.log(service, { at: once, level: 'warning', message: `${names.device} host=${twin} status=503 code=${codes[1]}, asked again: 200` })
}

function refusals(builder: WorldBuilder, { names, service, host, codes, onset }: Cast): ReturnType<WorldBuilder['failures']> {
  const { random } = builder
  const [, path = '/'] = names.route.split(' ')
  return builder.failures(service, {
    where: names.route,
    type: names.error,
    value: `the ${names.device} refused`,
    from: onset,
    to: builder.now,
    every: random.pick(['90s', '2m', '3m']),
    answered: { status: 502, path, ms: [50, 300] },
    frames: [{ file: `src/${names.noun}.js`, line: `throw new ${names.error}`, fn: names.noun }],
    says: () => `${names.error}: the ${names.device} refused host=${host} status=409 code=${codes[0]}`,
    inside: () => [{ service, op: 'http.client', description: `POST https://${host}${names.path}`, ms: random.int(35, 240), status: 'failed_precondition', data: { 'http.response.status_code': 409 } }],
    breadcrumbs: (at) => [{ time: at, category: 'http', level: 'warning', message: `POST https://${host}${names.path} [409]` }],
    events: random.int(2, 9),
    users: 2,
  })
}

function handbook(builder: WorldBuilder, { names, codes }: Cast): void {
  const { random } = builder
  const [one, two, three] = random.sample(names.reasons, 3)
  builder.page(`sites/${names.device}.md`, [
    `# ${names.device}`,
    '',
    `One at each site (${names.sites.join(', ')}). Ours by contract, looked after by whoever built it. We can send it jobs and see its answer, no more: it has no page, no metrics, and nothing of it is in our cluster.`,
    '',
    '| Code | Means |',
    '| --- | --- |',
    `| ${codes[0]} | refuses every job. One of: ${one}; ${two}; ${three}. The code is the same for all of them |`,
    `| ${codes[1]} | busy, ask again |`,
    '',
    `Which one it is stands in its own log: ${names.logs}.`,
    '',
    'Vor Ort anrufen hilft am schnellsten (Nummern hängen in der Leitstelle).',
  ])
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, host, twin, codes, onset } = cast
  const { random } = builder
  builder.company({ since: '150m', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(4, 12)}m`))
  otherSites(builder, cast)
  const issue = refusals(builder, cast)
  handbook(builder, cast)
  const since = issue.firstSeen.slice(11, 16)
  return {
    asked: random.pick([
      issue,
      issue,
      `some ${names.noun}s fail in ${service.name} since ${since} UTC, others go through. Deploy right before. What is broken, and why?`,
      `Warum schlägt in ${service.name} seit ${since} UTC ein Teil der Anfragen fehl? Wir brauchen die Ursache, nicht nur das Symptom.`,
    ]),
    answer: undecided({
      required: [fact('host', 'the one that refuses', [id(host), id(host.split('.')[0] ?? '')]), fact('code', 'what it answers; three causes share it', [id(codes[0])])],
      forbidden: [fact('innocent-deploy', 'the deploy minutes before', [id(innocent.sha)]), fact('near-twin', 'another one that was busy once', [id(twin), id(twin.split('.')[0] ?? ''), id(codes[1])])],
    }),
  }
}

/** A device in a building refuses with a code that three causes share; its own log would tell, and stands where nobody of us can read. */
export const logOutOfReach = defineFamily({
  slug: 'log-out-of-reach',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Some requests fail at a thing that stands in a building',
  motivation:
    '409 says that the state of the thing does not allow it, and not which state that is (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/409); when its log is with somebody else, the honest answer is whom to ask for what.',
  tell,
})
