import { fact, id, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { commitCulprit } from '../../training/lab/world-builder/commit-culprit.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly receiver: string
  readonly proxy: string
  readonly sender: string
  readonly path: string
  readonly noun: string
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { receiver: 'scan-archive', proxy: 'north-nginx', sender: 'scanner-bridge', path: '/v1/scans', noun: 'scan', complaint: 'the branch offices say half of their scans do not arrive, mostly the ones with many pages. single pages are fine' },
  { receiver: 'photo-intake', proxy: 'media-front', sender: 'claims-app-api', path: '/v2/photos', noun: 'photo', complaint: 'Schadenfotos: manche kommen an, manche nicht, bei demselben Kunden im selben WLAN. Neuere Handys sind schlimmer dran. Was ist da los?' },
  { receiver: 'drawing-store', proxy: 'plans-gateway', sender: 'site-sync', path: '/v1/drawings', noun: 'drawing', complaint: 'some drawings of the building sites never show up in the store, no pattern that I can see. Retrying does not help, the same ones fail again' },
  { receiver: 'statement-inbox', proxy: 'partner-entry', sender: 'bank-importer', path: '/v1/statements', noun: 'statement', complaint: 'two banks are missing in the import, the other nine came through as always. The two are the big ones. Did they change something on their side?' },
  { receiver: 'recipe-media', proxy: 'upload-edge', sender: 'kitchen-studio', path: '/v1/clips', noun: 'clip', complaint: 'editors can save short clips, longer ones give an error right at the end. since today I think' },
]

/** Who reads the body first and so holds the limit. */
type Front = 'nginx' | 'express' | 'fastify'

interface Settings {
  readonly megabytes: number
  readonly patience: number
}

const bytes = (megabytes: number): string => (megabytes * 1_048_576).toLocaleString('en').replaceAll(',', '_')

/** The file that holds the limit, and its text. */
const configOf = (front: Front, { receiver }: Names, { megabytes, patience }: Settings): [path: string, text: string] => {
  switch (front) {
    case 'nginx':
      return ['nginx.conf', `server {\n  listen 8080;\n  server_tokens off;\n  client_max_body_size ${megabytes}m;\n  client_body_timeout ${patience}s;\n  location / {\n    proxy_pass http://${receiver}.railway.internal:8080;\n    proxy_request_buffering off;\n  }\n}\n`]
    case 'express':
      return ['src/app.js', `import express from 'express'\n\nexport const app = express()\nexport const requestTimeout = ${patience}_000\n\napp.disable('x-powered-by')\napp.use(express.raw({ type: '*/*', limit: '${megabytes}mb' }))\n`]
    case 'fastify':
      return ['src/app.js', `import Fastify from 'fastify'\n\nexport const app = Fastify({\n  logger: true,\n  requestTimeout: ${patience}_000,\n  bodyLimit: ${bytes(megabytes)},\n})\n`]
  }
}

/** How each of them says no, in its own words. */
const refusal = (front: Front, { path, receiver }: Names, size: number, limit: number): string => {
  switch (front) {
    case 'nginx':
      return `[error] 29#29: *${size % 90_000} client intended to send too large body: ${size} bytes, client: 100.64.0.${2 + (size % 9)}, server: , request: "POST ${path} HTTP/1.1", host: "${receiver}.railway.internal"`
    case 'express':
      return `PayloadTooLargeError: request entity too large type=entity.too.large expected=${size} limit=${limit * 1_048_576}`
    case 'fastify':
      return `reqId=req-${size % 4000} code=FST_ERR_CTP_BODY_TOO_LARGE statusCode=413 Request body is too large`
  }
}

interface Cast {
  readonly names: Names
  readonly front: Front
  readonly limit: number
  readonly was: number
  readonly sender: Service
  readonly receiver: Service
  /** Where the limit stands: the proxy, or the receiver itself. */
  readonly holder: Service
  readonly live: Release
  readonly guilty: string
  readonly twin: string
  readonly innocent: Release
}

const senderFiles = ({ path, noun }: Names): Record<string, string> => ({
  'src/server.js': `import { waiting } from './outbox.js'\nimport { send } from './send.js'\n\nfor await (const ${noun} of waiting()) await send(${noun}).catch(report)\n`,
  'src/send.js': `import { log } from './log.js'\n\nexport class UploadError extends Error {}\n\nexport async function send({ id, body }) {\n  const response = await fetch(new URL('${path}', process.env.UPLOAD_URL), { method: 'POST', body })\n  log.info(\`${noun} \${id} bytes=\${body.length} status=\${response.status}\`)\n  if (!response.ok) throw new UploadError(\`\${response.status} from POST ${path}\`)\n}\n`,
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const front = random.pick(['nginx', 'nginx', 'express', 'fastify'] as const)
  const [was, limit] = [random.pick([20, 25, 32, 50]), random.pick([1, 2, 4, 5])]
  const [file, original] = configOf(front, names, { megabytes: was, patience: 60 })
  const own = { 'src/server.js': `import { app } from './app.js'\nimport { keep } from './keep.js'\n\napp.post('${names.path}', keep)\nawait app.listen({ port: 8080, host: '0.0.0.0' })\n`, 'src/keep.js': `export const keep = async (request, reply) => reply.code(201).send(await store(request.body))\n` }
  const receiver = builder.service({ name: names.receiver, description: `Keeps every ${names.noun} for good.`, runs: 'railway', files: front === 'nginx' ? own : { ...own, [file]: original } })
  const proxy = front === 'nginx' ? builder.service({ name: names.proxy, description: `nginx in front of ${names.receiver}.`, runs: 'railway', sentry: false, startCommand: "nginx -g 'daemon off;'", dependsOn: [names.receiver], files: { [file]: original } }) : undefined
  const holder = proxy ?? receiver
  const sender = builder.service({ name: names.sender, description: `Sends each ${names.noun} to ${names.receiver}.`, runs: random.chance(0.5) ? 'kubernetes' : 'railway', namespace: 'intake', replicas: 1, dependsOn: [holder.name], files: senderFiles(names), variables: { UPLOAD_URL: `https://${holder.name}-production.up.railway.example` } })
  builder.deploy(sender, { at: builder.daysAgo(random.int(12, 16)) })
  if (proxy) builder.deploy(receiver, { at: builder.daysAgo(random.int(9, 14)) })
  builder.deploy(holder, { at: builder.daysAgo(random.int(18, 26)) })
  const at = builder.ago(`${random.int(45, 150)}m`)
  const change = (hours: number, title: string, settings: Settings): string => builder.commit(holder.name, { at: before(at, `${hours}h${random.int(2, 50)}m`), message: title, pull: title, files: Object.fromEntries([configOf(front, names, settings)]) })
  const twin = change(27, 'Give slow clients more time', { megabytes: was, patience: 120 })
  const guilty = change(random.int(2, 6), random.pick(['Harden the defaults', 'Findings of the security review', 'Same settings as the other services', 'Answers to the pen test, part 2']), { megabytes: limit, patience: 120 })
  const live = builder.innocentDeploy(holder, at)
  const innocent = builder.innocentDeploy(sender, after(live.liveAt, `${random.int(2, 6)}m`))
  return { names, front, limit, was, sender, receiver, holder, live, guilty, twin, innocent }
}

/** Uploads of all sizes, as the sender notes them and the edge answers them; the large ones only until the limit is live. */
function uploads(builder: WorldBuilder, { names, front, limit, was, sender, receiver, holder, live }: Cast): void {
  const { random } = builder
  const some = (from: number, to: number): number => Math.round(1_048_576 * (from + (to - from) * random.next()))
  const upload = (at: string, size: number, status: number): void => {
    builder.log(sender, { at, level: status === 201 ? 'info' : 'warning', message: `${names.noun} ${random.int(10_000, 99_999)} bytes=${size} status=${status}` })
    const seen = after(at, '1s')
    for (const service of status === 201 && holder !== receiver ? [holder, receiver] : [holder]) builder.http(service, { from: at, to: seen, every: '1s', requests: [{ method: 'POST', path: names.path, status, ms: status === 201 ? [60, 900] : [1, 6] }] })
    if (status === 413) builder.log(holder, { at, level: front === 'express' ? 'error' : 'warning', message: refusal(front, names, size, limit) })
  }
  for (const at of ticks(builder.ago('3h'), before(builder.now, '2m'), '9m', random.next)) upload(at, some(0.05, limit * 0.85), 201)
  for (const at of ticks(builder.ago('3h'), before(live.liveAt, '3m'), '23m', random.next)) upload(at, some(limit * 1.3, was * 0.7), 201)
  for (const at of ticks(after(live.liveAt, '4m'), before(builder.now, '2m'), '17m', random.next)) upload(at, some(limit * 1.1, was * 0.7), 413)
}

function refused(builder: WorldBuilder, { names, sender, limit, was, live }: Cast): Story['asked'] {
  const { random } = builder
  return builder.failures(sender, {
    where: `${names.noun}-outbox`,
    type: 'UploadError',
    value: `413 from POST ${names.path}`,
    from: after(live.liveAt, `${random.int(7, 13)}m`),
    to: builder.now,
    every: '4m',
    frames: [
      { file: 'src/server.js', line: 'await send(', fn: 'main' },
      { file: 'src/send.js', line: 'throw new UploadError', fn: 'send' },
    ],
    breadcrumbs: (at) => [
      { time: before(at, '2s'), category: 'outbox', level: 'info', message: `next ${names.noun}`, data: { bytes: Math.round(1_048_576 * (limit * 1.2 + random.next() * was * 0.4)), attempt: random.int(1, 5) } },
      { time: at, category: 'http', level: 'warning', message: `POST ${names.path} [413]` },
    ],
    tags: { status: '413', attempt: String(random.int(2, 5)) },
    events: random.int(3, 9),
    users: 2,
  })
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, front, limit, holder, guilty, twin, innocent } = cast
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  uploads(builder, cast)
  const issue = refused(builder, cast)
  builder.page(`services/${names.receiver}.md`, [
    `# ${names.receiver}`,
    '',
    `Takes a ${names.noun} of any size that our customers have; the largest so far had about 14 MB. 201 when it is kept, 409 when it was there before.`,
    '',
    `- Way in: ${names.sender} → ${holder === cast.receiver ? names.receiver : `${names.proxy} → ${names.receiver}`}.`,
    '- What is refused with 4xx stays in the outbox and is sent again with the next batch.',
  ])
  const exact = bytes(limit).replaceAll('_', "[_,.' ]?")
  const culprit = commitCulprit(builder, holder.name, guilty, [configOf(front, names, { megabytes: limit, patience: 120 })[0], 'client_max_body_size', 'bodyLimit', names.receiver])
  return {
    asked: builder.random.pick([issue, issue, names.complaint]),
    answer: rootCause(culprit, {
      required: [fact('limit', 'the largest body that is taken now', [{ type: 'regex', value: `(?<![\\d.])(?:${limit} ?-?(?:m|mb|mib|megabytes?)\\b|${exact}\\b)` }])],
      forbidden: [
        fact('innocent-deploy', 'the deploy of the sender right before the first refusal', [id(innocent.sha)]),
        fact('near-twin', 'another setting of the same file, in the same deploy', [id(twin)]),
      ],
    }),
  }
}

/** A merge lowers the largest body that is taken; only what is larger is refused. */
export const payloadLimit = defineFamily({
  slug: 'payload-limit',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Some uploads are refused again and again, most go through',
  motivation:
    'Limits on the size of a request stand in the proxy and in the framework, with small defaults, so a tidied setting refuses only the large ones with 413 (nginx takes 1 MB unless told otherwise: https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size; Fastify 1 MiB: https://fastify.dev/docs/latest/Reference/Server/#bodylimit).',
  tell,
})
