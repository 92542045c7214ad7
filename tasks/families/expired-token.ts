import type { Answer } from '../../src/core/task.ts'
import { fact, id, pattern, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import { sampled } from '../../training/lab/world-builder/sentry.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly provider: string
  /** [the product whose credential ended, its sibling's]. */
  readonly ended: readonly [product: string, credential: string]
  readonly sibling: readonly [product: string, credential: string]
  readonly noun: string
}

const NAMES: readonly Names[] = [
  {
    service: 'dispatch-api',
    provider: 'parcelo',
    ended: ['labels', 'PARCELO_LABELS_TOKEN'],
    sibling: ['tracking', 'PARCELO_TRACKING_TOKEN'],
    noun: 'label',
  },
  {
    service: 'address-service',
    provider: 'cartomap',
    ended: ['geocode', 'CARTOMAP_GEOCODE_KEY'],
    sibling: ['tiles', 'CARTOMAP_TILES_KEY'],
    noun: 'address',
  },
  {
    service: 'notify-gateway',
    provider: 'ringwell',
    ended: ['sms', 'RINGWELL_SMS_TOKEN'],
    sibling: ['voice', 'RINGWELL_VOICE_TOKEN'],
    noun: 'message',
  },
  {
    service: 'tax-quotes',
    provider: 'dutywise',
    ended: ['rates', 'DUTYWISE_RATES_TOKEN'],
    sibling: ['filings', 'DUTYWISE_FILINGS_TOKEN'],
    noun: 'quote',
  },
]

interface Cast {
  readonly names: Names
  readonly service: Service
  readonly onset: string
  readonly tail: { readonly ended: string; readonly sibling: string }
}

const host = ({ provider }: Names): string => `api.${provider}.example`

const files = ({ noun, ended, sibling, provider }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { make } from './${noun}.js'\n\nconst server = createServer()\nserver.post('/v1/${noun}s', make)\nawait server.listen(8080)\n`,
  [`src/${noun}.js`]: `import { request } from './provider.js'\n\nexport async function make(incoming, reply) {\n  const result = await request('${ended[0]}', incoming.body)\n  return reply.json(result)\n}\n`,
  'src/provider.js': `import { credentialFor } from './credentials.js'\n\nexport class ProviderError extends Error {}\n\nexport async function request(product, body) {\n  const response = await fetch(\`https://api.${provider}.example/v2/\${product}\`, {\n    method: 'POST',\n    headers: { authorization: \`Bearer \${credentialFor(product)}\` },\n    body: JSON.stringify(body),\n  })\n  if (!response.ok) throw new ProviderError(\`${provider} answered \${response.status} to POST /v2/\${product}\`)\n  return response.json()\n}\n`,
  'src/credentials.js': `// One credential a product: ${sibling[0]} and ${ended[0]} are bought separately.\nexport const credentialFor = (product) => process.env[\`${provider.toUpperCase()}_\${product.toUpperCase()}_${ended[1].split('_').at(-1) ?? ''}\`]\n`,
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  // Credentials end on the hour, thirty to ninety minutes ago.
  const onset = `${builder.ago('30m').slice(0, 13)}:00:00.000Z`
  const tail = { ended: random.token(4).toLowerCase(), sibling: random.token(4).toLowerCase() }
  const service = builder.service({
    name: names.service,
    description: `Talks to ${names.provider} for the shop.`,
    runs: 'railway',
    files: files(names),
    memoryMb: 512,
    variables: {
      [names.ended[1]]: `${names.provider}-live-${tail.ended}`,
      [names.sibling[1]]: `${names.provider}-live-${tail.sibling}`,
      DATABASE_URL: 'postgres://app@pooler/postgres',
    },
  })
  builder.deploy(service, { at: builder.daysAgo(13) })
  return { names, service, onset, tail }
}

/** The register names what logs never do: which credential ends on which day, by its last four characters. */
function pages(builder: WorldBuilder, { names, onset, tail }: Cast): void {
  const until = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`
  const owner = builder.random.pick(builder.people).login
  const row = (name: string, product: string, end: string, validUntil: string): string =>
    `| ${name} | ${names.provider}, product ${product} | …${end} | ${validUntil} | ${owner} |`
  builder.page('credentials.md', [
    '# Credential register',
    '',
    'Names only; the values live in Railway. Whoever owns a credential renews it two weeks before its end.',
    '',
    '| Credential | Used for | Ends in | Valid until | Owner |',
    '| --- | --- | --- | --- | --- |',
    row(names.sibling[1], names.sibling[0], tail.sibling, until(after(onset, '173d4h'))),
    row(names.ended[1], names.ended[0], tail.ended, until(onset)),
    `| MAIL_RELAY_KEY | mail relay | …${builder.random.token(4).toLowerCase()} | ${until(after(onset, '61d'))} | ${owner} |`,
    `| GHCR_PULL_TOKEN | image pulls in the cluster | …${builder.random.token(4).toLowerCase()} | ${until(after(onset, '9d'))} | ${owner} |`,
  ])
  builder.page(`vendors/${names.provider}.md`, [
    `# ${names.provider}`,
    '',
    '- 401 with `invalid_credential`: the credential is unknown, revoked or past its end date. The hint repeats its last four characters.',
    '- 403: the credential is fine, the product is not booked.',
    '- 429: more than 40 requests a second.',
    '',
    `Each product of ${names.provider} has its own credential; see the register.`,
  ])
}

function traffic(builder: WorldBuilder, { names, service, onset, tail }: Cast): { at: string; traceId: string }[] {
  const { random } = builder
  const failures = ticks(after(onset, '9s'), builder.now, '110s', random.next).map((at) => ({ at, traceId: random.hex(32) }))
  for (const at of ticks(builder.ago('150m'), onset, '4m', random.next))
    builder.log(service, { at, level: 'info', message: `POST https://${host(names)}/v2/${names.ended[0]} 200 ${random.int(80, 300)}ms` })
  for (const at of ticks(builder.ago('150m'), builder.now, '5m', random.next))
    builder.log(service, {
      at,
      level: 'info',
      message: `GET https://${host(names)}/v2/${names.sibling[0]}/${random.int(1e5, 9e5)} 200 ${random.int(40, 160)}ms`,
    })
  for (const { at, traceId } of failures) {
    builder.log(service, {
      at,
      level: 'error',
      fields: { trace: traceId },
      message: `trace=${traceId} POST https://${host(names)}/v2/${names.ended[0]} 401 {"error":"invalid_credential","hint":"credential ending ${tail.ended}"}`,
    })
    builder.http(service, {
      from: at,
      to: after(at, '1s'),
      every: '1s',
      requests: [{ method: 'POST', path: `/v1/${names.noun}s`, status: 502, ms: [60, 220] }],
    })
  }
  // One blip of the other product, long before: a near twin in the logs.
  builder.log(service, {
    at: before(onset, '71m'),
    level: 'warning',
    message: `GET https://${host(names)}/v2/${names.sibling[0]}/${random.int(1e5, 9e5)} 429 {"error":"too_many_requests","hint":"credential ending ${tail.sibling}"}`,
  })
  return failures
}

function answerOf(cast: Cast, innocent: Release): Answer {
  const { names, service } = cast
  const credential = [id(names.ended[1]), words(names.ended[1].replaceAll('_', ' '))]
  return rootCause(
    { kind: 'credential', name: names.ended[1], accepts: credential, within: [id(service.name), id(names.provider), id(names.ended[0])] },
    {
      required: [
        fact('credential', 'which credential', credential),
        fact('expired', 'it is past its end date', [
          pattern('\\bexpir\\w*'),
          pattern('\\b(?:ended|ran out|lapsed)\\b'),
          words('valid until'),
          words('past its end'),
        ]),
      ],
      forbidden: [
        fact('near-twin', "the credential of the provider's other product", [id(names.sibling[1])]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, onset } = cast
  builder.company({ since: '2h', railway: 2, kubernetes: 2 })
  const innocent = builder.innocentDeploy(service, before(onset, '7m'))
  pages(builder, cast)
  const failures = traffic(builder, cast)
  for (const { at, traceId } of sampled(failures)) {
    const client = {
      service,
      op: 'http.client',
      description: `POST https://${host(names)}/v2/${names.ended[0]}`,
      ms: 96,
      status: 'unauthenticated',
      data: { 'http.response.status_code': 401 },
    }
    builder.trace({
      id: traceId,
      at,
      root: { service, op: 'http.server', description: `POST /v1/${names.noun}s`, ms: 121, status: 'internal_error', inside: [client] },
    })
  }
  const issue = builder.issue(service, {
    type: 'ProviderError',
    value: `${names.provider} answered 401 to POST /v2/${names.ended[0]}`,
    where: `POST /v1/${names.noun}s`,
    priority: 'high',
    first: failures[0]?.at ?? onset,
    last: failures.at(-1)?.at ?? onset,
    count: failures.length * 9,
    users: failures.length * 4,
    frames: [
      { file: `src/${names.noun}.js`, line: 'await request(', fn: 'make' },
      { file: 'src/provider.js', line: 'throw new ProviderError', fn: 'request', vars: { product: names.ended[0] } },
    ],
    events: sampled(failures).map(({ at, traceId }) => ({
      at,
      traceId,
      tags: { provider: names.provider, status: '401' },
      user: { id: `u_${builder.random.int(1000, 9999)}` },
      request: { method: 'POST', url: `https://${service.name}-production.up.railway.example/v1/${names.noun}s` },
      breadcrumbs: [
        {
          time: at,
          category: 'http',
          level: 'error',
          message: `POST https://${host(names)}/v2/${names.ended[0]} [401]`,
          data: { status_code: 401 },
        },
      ],
    })),
  })
  return { asked: issue, answer: answerOf(cast, innocent) }
}

/** A provider's credential reaches its end date; only the register tells which of two it was. */
export const expiredToken = defineFamily({
  slug: 'expired-token',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'A provider answers 401 from one moment to the next',
  motivation:
    "Expired credentials and certificates take systems down at a sharp minute that has nothing to do with anybody's deploy (a public example: the expired certificate behind the Microsoft Teams outage of 3 February 2020, https://www.theverge.com/2020/2/3/21120248/microsoft-teams-down-outage-certificate-issue-status). Logs give four characters of the credential; only the register says which one that is.",
  tell,
})
