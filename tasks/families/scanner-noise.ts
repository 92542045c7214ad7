import { fact, id, noFault } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly runs: 'railway' | 'kubernetes'
  /** What customers call, all day. */
  readonly route: string
  readonly noun: string
  /** A partner's client with an address of its own; it may ask for something that is gone. */
  readonly partner: string
  readonly agent: string
}

const NAMES: readonly Names[] = [
  { service: 'returns-desk', runs: 'railway', route: '/v1/returns', noun: 'return', partner: 'parcelhub-sync/2.2', agent: 'Gatecheck/0.9' },
  { service: 'menu-api', runs: 'kubernetes', route: '/v2/menus', noun: 'menu', partner: 'tablebook-import/5.0', agent: 'webrake-ng/1.4' },
  { service: 'permit-office', runs: 'kubernetes', route: '/v1/permits', noun: 'permit', partner: 'cityarchive/1.1', agent: 'Lanternfish/3.0' },
  { service: 'deposit-api', runs: 'railway', route: '/v1/deposits', noun: 'deposit', partner: 'bookkeeper-bridge/0.7', agent: 'zgrabber/2.1' },
  { service: 'sample-tracker', runs: 'kubernetes', route: '/v3/samples', noun: 'sample', partner: 'labfeed/4.4', agent: 'hollowprobe/0.3' },
]

/** What a scanner sends that no client of ours would, and the line of ours it trips over. */
interface Malformed {
  readonly method: string
  readonly path: string
  readonly error: readonly [type: string, value: string]
  readonly file: string
  readonly line: string
  readonly fn: string
}

const MALFORMED: readonly Malformed[] = [
  { method: 'GET', path: '/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd', error: ['URIError', 'URI malformed'], file: 'src/route.js', line: 'decodeURIComponent(path)', fn: 'route' },
  { method: 'POST', path: '/xmlrpc.php', error: ['SyntaxError', `Unexpected token '<', "<?xml vers"... is not valid JSON`], file: 'src/body.js', line: 'JSON.parse(text)', fn: 'body' },
  { method: 'GET', path: '//', error: ['TypeError', 'Invalid URL'], file: 'src/address.js', line: 'new URL(target, base)', fn: 'address' },
]

const PROBES = ['/.env', '/wp-login.php', '/.git/config', '/phpmyadmin/index.php', '/actuator/env', '/cgi-bin/luci', '/vendor/phpunit/phpunit/phpunit.xml', '/server-status', '/owa/auth/logon.aspx', '/.aws/credentials'] as const

const files = ({ route, noun }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { address } from './address.js'\nimport { body } from './body.js'\nimport { route } from './route.js'\nimport { create, list, one } from './${noun}s.js'\n\nconst server = createServer({ address, body, route, onError: (error, reply) => reply.status(400).send(error.name) })\nserver.get('${route}', list)\nserver.get('${route}/:id', one)\nserver.post('${route}', create)\nawait server.listen(8080)\n`,
  'src/address.js': "const base = 'http://service.internal'\n\nexport function address(target) {\n  return new URL(target, base)\n}\n",
  'src/route.js': "import { routes } from './routes.js'\n\n// What no route matches is answered 404 and counted.\nexport function route({ pathname: path }) {\n  const parts = decodeURIComponent(path).split('/').slice(1)\n  return routes.find((each) => each.matches(parts)) ?? null\n}\n",
  'src/body.js': "export async function body(request) {\n  const text = await request.text()\n  return text === '' ? null : JSON.parse(text)\n}\n",
})

interface Cast {
  readonly names: Names
  readonly malformed: Malformed
  readonly service: Service
  readonly onset: string
  readonly addresses: readonly string[]
  readonly paths: readonly string[]
  readonly partnerAddress: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const service = builder.service({ name: names.service, description: `Serves ${names.route} to customers and partners.`, runs: names.runs, namespace: 'public', replicas: 2, files: files(names) })
  builder.deploy(service, { at: builder.daysAgo(random.int(4, 13)) })
  // Networks set aside for documentation: the scanner's and the partner's are different ones.
  const [theirs = '', ours = ''] = random.sample(['192.0.2', '198.51.100', '203.0.113'], 2)
  const first = random.int(11, 190)
  return {
    names,
    malformed: random.pick(MALFORMED),
    service,
    onset: builder.ago(`${random.int(17, 48)}m`),
    addresses: Array.from({ length: random.int(1, 3) }, (_, index) => `${theirs}.${first + index * random.int(1, 9)}`),
    paths: random.sample(PROBES, 6),
    partnerAddress: `${ours}.${random.int(11, 240)}`,
  }
}

/** Customers and the partner, as on any day; the service counts its known routes apart from the rest. */
function ordinary(builder: WorldBuilder, { names, service, onset, partnerAddress }: Cast): void {
  const { random } = builder
  builder.http(service, {
    from: builder.ago('150m'),
    to: builder.now,
    every: '2m',
    requests: [
      { method: 'GET', path: names.route, status: 200, ms: [9, 60], weight: 4 },
      { method: 'GET', path: `${names.route}/:id`, status: 200, ms: [6, 35], weight: 5 },
      { method: 'POST', path: names.route, status: 201, ms: [22, 120], weight: 3 },
    ],
  })
  const hourly = random.int(1900, 5200)
  for (const at of ticks(builder.ago('150m'), builder.now, '10m')) {
    const requests = Math.round((hourly / 6) * (0.97 + random.next() * 0.06))
    builder.log(service, { at, level: 'info', message: `known routes, last 10m: requests=${requests} failed=0 p95=${random.int(71, 88)}ms` })
  }
  for (const at of ticks(builder.ago('140m'), builder.now, '20m', random.next)) builder.log(service, { at, level: 'info', message: `access sampled from=${partnerAddress} ua="${names.partner}" GET ${names.route} 200 ${random.int(9, 40)}ms` })
  const gone = `${names.route}/${random.int(1000, 9999)}`
  builder.log(service, { at: before(onset, '60s'), level: 'warning', message: `no such ${names.noun}: from=${partnerAddress} ua="${names.partner}" GET ${gone} 404` })
}

/** The scan: paths nobody ever served, and between them requests that are none. */
function scan(builder: WorldBuilder, { names, malformed, service, onset, addresses, paths }: Cast): ReturnType<WorldBuilder['failures']> {
  const { random } = builder
  builder.http(service, { from: onset, to: builder.now, every: '40s', requests: paths.map((path) => ({ method: 'GET', path, status: 404, ms: [0, 3] as const })) })
  for (const at of ticks(onset, builder.now, '95s', random.next)) {
    builder.log(service, { at, level: 'warning', message: `no route: from=${random.pick(addresses)} ua="${names.agent}" GET ${random.pick(paths)} 404` })
  }
  const [type, value] = malformed.error
  const issue = builder.failures(service, {
    where: `${malformed.method} ${malformed.path}`,
    type,
    value,
    from: onset,
    to: builder.now,
    every: '75s',
    answered: { status: 400, path: malformed.path, ms: [0, 4] },
    frames: [{ file: malformed.file, line: malformed.line, fn: malformed.fn }],
    tags: { client: names.agent },
    says: () => `${type}: ${value} from=${random.pick(addresses)} ua="${names.agent}" ${malformed.method} ${malformed.path} 400`,
    events: random.int(5, 12),
    users: 0,
  })
  issue.userCount = addresses.length
  for (const event of issue.events) {
    const address = random.pick(addresses)
    event.user = { id: address, ip: address }
    if (event.request) event.request.headers = { 'user-agent': names.agent, 'x-forwarded-for': address, accept: '*/*' }
  }
  return issue
}

function pages(builder: WorldBuilder, { names, partnerAddress }: Cast): void {
  builder.page('partners.md', [
    '# Partners that call us',
    '',
    '| Client | From | Route | Contact |',
    '| --- | --- | --- | --- |',
    `| ${names.partner} | ${partnerAddress} | ${names.service} ${names.route} | ${builder.random.pick(builder.people).login} |`,
    '',
    'Wer eine feste Adresse hat, steht hier. Customers come from anywhere and are not listed.',
  ])
  builder.page('runbooks/client-errors.md', [
    '# More 4xx than usual',
    '',
    '- 400 and 404 are the answers of a service that works. Ask first who gets them, and on which paths: our own routes, or something we never had.',
    '- Our own routes, and customers: a client or a release of ours is wrong. Roll back if a release fits the minute.',
    '- `known routes` in the log counts only what we serve; what matches no route is not in it.',
    '- Errors on malformed requests reach Sentry like any other, one issue for each place that reads the request.',
  ])
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, onset, addresses, paths, partnerAddress } = cast
  const { random } = builder
  builder.company({ since: '150m', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(4, 8)}m`))
  pages(builder, cast)
  ordinary(builder, cast)
  const issue = scan(builder, cast)
  const since = onset.slice(11, 16)
  return {
    asked: random.pick([
      issue,
      issue,
      `4xx of ${service.name} went through the roof at ${since} UTC, right behind the deploy. Do we roll back? Are customers losing ${names.noun}s?`,
      `new errors in ${service.name} since ${since}, looks like we can't read requests any more?? last deploy was ${random.int(5, 9)} min earlier, so I guess it broke the parsing`,
    ]),
    answer: noFault({
      required: [
        fact('sender', 'an address the odd requests come from', addresses.map(id)),
        fact('scan', 'what gives the scanner away: its name, or a path it tries', [id(names.agent), id(names.agent.split('/')[0] ?? ''), ...paths.map(id)]),
      ],
      forbidden: [
        fact('innocent-deploy', 'the deploy minutes before', [id(innocent.sha)]),
        fact('near-twin', 'a partner whose client got one 404', [id(partnerAddress), id(names.partner)]),
      ],
    }),
  }
}

/** A scanner tries what every scanner tries; the service answers 400 and 404, and those it is there for notice nothing. */
export const scannerNoise = defineFamily({
  slug: 'scanner-noise',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Client errors rise minutes after a deploy',
  motivation:
    'Whatever listens in public is probed all day for files and programs it never had (what such a scan is looking for: https://owasp.org/www-project-automated-threats-to-web-applications/assets/oats/EN/OAT-014_Vulnerability_Scanning). The error rate rises, the page rings, and the deploy before it looks guilty.',
  tell,
})
