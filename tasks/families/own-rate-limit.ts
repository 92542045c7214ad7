import { fact, id, number, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { commitCulprit } from '../../training/lab/world-builder/commit-culprit.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import { sampled } from '../../training/lab/world-builder/sentry.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly limiter: string
  readonly path: string
  readonly batch: string
  /** A caller that stays far below any limit. */
  readonly other: string
  readonly noun: string
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { limiter: 'price-api', path: '/v1/prices', batch: 'marketplace-export', other: 'shop-web', noun: 'offers', complaint: 'the marketplaces show old prices for a good part of the range, others are fresh. it is the same articles every time, those further down the list' },
  { limiter: 'customer-directory', path: '/v1/customers/lookup', batch: 'letter-batch', other: 'support-desk', noun: 'letters', complaint: 'only a fraction of the letters goes to the printer with each run today, the rest is skipped. The desk itself feels normal to me' },
  { limiter: 'stock-ledger', path: '/v1/positions', batch: 'replenish-worker', other: 'store-tablets', noun: 'positions', complaint: 'Der Nachschub rechnet nur noch einen Teil der Filialen, immer alphabetisch bis etwa zur Mitte. Auf den Tablets ist nichts zu merken' },
  { limiter: 'place-lookup', path: '/v2/places', batch: 'route-warmup', other: 'courier-app-api', noun: 'stops', complaint: 'route-warmup leaves most stops cold since some hours, couriers wait for the map in the first minutes. Between its runs everything looks fine' },
  { limiter: 'document-render', path: '/v1/renders', batch: 'statement-run', other: 'portal-web', noun: 'statements', complaint: 'statements come out in dribs and drabs, every run stops counting somewhere in the first minute. A single one from the portal is instant' },
]

interface Cast {
  readonly names: Names
  readonly shape: 'commit' | 'variable'
  readonly limiter: Service
  readonly batch: Service
  readonly limit: number
  readonly was: number
  /** Calls of one run, all within a minute. */
  readonly calls: number
  /** The runs of the last three hours, oldest first. */
  readonly runs: readonly string[]
  readonly live: Release
  readonly guilty: string
  readonly variable: string
  /** A limit with a similar name, changed properly the day before: its variable or its commit. */
  readonly twin: string
  readonly innocent: Release
}

const FILE = 'config/limits.json'

const limits = (perMinute: number, signInsPerMinute: number): string => `${JSON.stringify({ perMinute, signInsPerMinute, exempt: ['health'] }, null, 2)}\n`

const limiterFiles = (shape: Cast['shape'], variable: string, { path }: Names, was: number): Record<string, string> => {
  const [head, value] = shape === 'commit' ? ["import limits from '../config/limits.json' with { type: 'json' }\n", 'limits.perMinute'] : ['', `Number(process.env.${variable})`]
  return {
    'src/server.js': `import { limited } from './limit.js'\nimport { answer } from './answer.js'\n\nserve('POST ${path}', (request) => limited(request, answer))\n`,
    'src/limit.js': `${head}import { log } from './log.js'\n\nconst MOST = ${value}\nconst asked = new Map()\nsetInterval(() => asked.clear(), 60_000)\nlog.info(\`limit \${MOST} per minute and caller\`)\n\nexport function limited(request, next) {\n  const caller = request.headers['x-caller'] ?? 'unknown'\n  const count = (asked.get(caller) ?? 0) + 1\n  asked.set(caller, count)\n  if (count <= MOST) return next(request)\n  if (count === MOST + 1) log.warn(\`over the limit: caller=\${caller}\`)\n  return { status: 429, headers: { 'retry-after': '60' } }\n}\n`,
    ...(shape === 'commit' ? { [FILE]: limits(was, 30) } : {}),
  }
}

const batchFiles = ({ path, batch, noun }: Names): Record<string, string> => ({
  'src/run.js': `import { ask } from './ask.js'\nimport { ${noun} } from './rows.js'\n\nexport async function run() {\n  const results = await Promise.allSettled((await ${noun}()).map(ask))\n  const failed = results.find(({ status }) => status === 'rejected')\n  if (failed) throw failed.reason\n}\n`,
  'src/ask.js': `export class HttpError extends Error {}\n\nexport async function ask(row) {\n  const response = await fetch(new URL('${path}', process.env.SOURCE_URL), { method: 'POST', headers: { 'x-caller': '${batch}' }, body: JSON.stringify(row) })\n  if (!response.ok) throw new HttpError(\`\${response.status} from POST ${path}\`)\n  return response.json()\n}\n`,
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const shape = random.pick(['commit', 'variable'] as const)
  const limit = 5 * random.int(25, 39)
  const was = limit * random.pick([5, 6, 8, 10])
  const calls = Math.round(limit * (2.2 + 2 * random.next()))
  const [variable, twinVariable] = random.pick([['REQUESTS_PER_MINUTE', 'SIGN_INS_PER_MINUTE'], ['RATE_LIMIT_RPM', 'RATE_LIMIT_LOGIN_RPM'], ['MAX_CALLS_PER_MINUTE', 'MAX_RESETS_PER_MINUTE'], ['CALLER_BUDGET', 'RESET_BUDGET'], ['THROTTLE_RPM', 'THROTTLE_TOKENS_RPM']] as const)
  const limiter = builder.service({ name: names.limiter, description: `Answers POST ${names.path} for the whole company.`, runs: 'railway', files: limiterFiles(shape, variable, names, was), variables: shape === 'variable' ? { [variable]: String(limit), [twinVariable]: '20' } : {} })
  const batch = builder.service({ name: names.batch, description: `Works through all ${names.noun}, several times an hour.`, runs: random.chance(0.5) ? 'kubernetes' : 'railway', namespace: 'jobs', replicas: 1, startCommand: 'node src/every.js', dependsOn: [names.limiter], files: batchFiles(names), variables: { SOURCE_URL: `http://${names.limiter}.railway.internal:8080` } })
  builder.deploy(batch, { at: builder.daysAgo(random.int(9, 13)) })
  saysAtStart(builder, limiter, builder.deploy(limiter, { at: builder.daysAgo(random.int(15, 24)) }), was)
  const at = builder.ago(`${random.int(66, 170)}m`)
  const change = shape === 'commit' ? byCommit(builder, limiter, at, { limit, was }) : byVariable(builder, limiter, at, { limit, was }, [variable, twinVariable])
  const [every, minute] = [random.pick([15, 20, 30]), random.int(1, 9)]
  const runs = ticks(`${builder.ago('3h').slice(0, 13)}:0${minute}:00.000Z`, before(builder.now, '2m'), `${every}m`)
  const first = runs.find((run) => Date.parse(run) > Date.parse(change.live.liveAt)) ?? at
  const innocent = builder.innocentDeploy(batch, before(first, `${random.int(4, 7)}m`))
  return { names, shape, limiter, batch, limit, was, calls, runs, variable, innocent, ...change }
}

type Change = Pick<Cast, 'live' | 'guilty' | 'twin'>
type Numbers = Pick<Cast, 'limit' | 'was'>

/** The limit as the process prints it when it starts. */
function saysAtStart(builder: WorldBuilder, limiter: Service, release: Release, most: number): Release {
  builder.log(limiter, { at: after(release.liveAt, '2s'), level: 'info', message: `limit ${most} per minute and caller` })
  return release
}

function byCommit(builder: WorldBuilder, limiter: Service, at: string, { limit, was }: Numbers): Change {
  const { random } = builder
  const merge = (span: string, message: string, text: string): string => builder.commit(limiter.name, { at: before(at, span), message, pull: message, files: { [FILE]: text } })
  const twin = merge(`${random.int(25, 29)}h`, 'Fewer sign-ins a minute', limits(was, 10))
  saysAtStart(builder, limiter, builder.deploy(limiter, { at: before(at, '24h') }), was)
  const guilty = merge(`${random.int(2, 40)}m`, random.pick(['One caller must not take everything', 'Be fair to small callers', 'Follow-up of the load review']), limits(limit, 10))
  return { live: saysAtStart(builder, limiter, builder.deploy(limiter, { at }), limit), guilty, twin }
}

function byVariable(builder: WorldBuilder, limiter: Service, at: string, { limit, was }: Numbers, [variable, twin]: readonly [string, string]): Change {
  const set = (name: string, time: string, most: number): Release => {
    builder.activity(limiter, { at: before(time, '12s'), actor: builder.random.pick(builder.people).login, object: 'Variable', payload: { name } })
    return saysAtStart(builder, limiter, builder.deploy(limiter, { at: time, reason: 'variables' }), most)
  }
  set(twin, before(at, `${builder.random.int(20, 28)}h`), was)
  return { live: set(variable, at, limit), guilty: variable, twin }
}

/** Every run asks for all rows within a minute; since the change, whatever is beyond the limit is refused. */
function traffic(builder: WorldBuilder, { names, limiter, batch, limit, calls, runs, live }: Cast): { at: string; traceId: string }[] {
  const { random } = builder
  const request = (status: number, weight: number) => ({ method: 'POST', path: names.path, status, ms: status === 200 ? ([8, 60] as const) : ([1, 2] as const), weight })
  builder.http(limiter, { from: builder.ago('3h'), to: builder.now, every: '6m', requests: [request(200, 1)] })
  for (const at of ticks(builder.ago('3h'), builder.now, '14m', random.next)) builder.log(limiter, { at, level: 'info', message: `served ${random.int(18, 46)} calls in 60s caller=${names.other}` })
  return runs.flatMap((run) => {
    const refused = Date.parse(run) > Date.parse(live.liveAt) ? Math.max(1, calls - limit - random.int(0, 3)) : 0
    builder.log(batch, { at: run, level: 'info', message: `run started ${names.noun}=${calls}` })
    builder.http(limiter, { from: after(run, '2s'), to: after(run, '50s'), every: refused === 0 ? '16s' : '8s', requests: refused === 0 ? [request(200, 1)] : [request(200, limit), request(429, refused)] })
    if (refused > 0) builder.log(limiter, { at: after(run, `${random.int(14, 26)}s`), level: 'warning', message: `over the limit: caller=${names.batch}` })
    builder.log(batch, { at: after(run, '52s'), level: refused === 0 ? 'info' : 'error', message: `run ended ${names.noun}=${calls} refused=${refused}` })
    return refused === 0 ? [] : Array.from({ length: 3 }, () => ({ at: after(run, `${random.int(27, 50)}s`), traceId: random.hex(32) }))
  })
}

function refusals(builder: WorldBuilder, cast: Cast, failures: readonly { at: string; traceId: string }[]): Story['asked'] {
  const { names, batch, calls, limit } = cast
  const sorted = failures.toSorted((one, other) => one.at.localeCompare(other.at))
  for (const { at, traceId } of sorted) builder.log(batch, { at, level: 'error', message: `trace=${traceId} HttpError: 429 from POST ${names.path}`, fields: { trace: traceId } })
  for (const { at, traceId } of sampled(sorted)) {
    const inside = [{ service: batch, op: 'http.client', description: `POST http://${names.limiter}.railway.internal:8080${names.path}`, ms: 2, status: 'resource_exhausted', data: { 'http.response.status_code': 429 } }]
    builder.trace({ id: traceId, at, root: { service: batch, op: 'task', description: 'run', ms: builder.random.int(31_000, 49_000), status: 'internal_error', inside } })
  }
  return builder.issue(batch, {
    type: 'HttpError', value: `429 from POST ${names.path}`, where: 'run', priority: 'high',
    first: sorted[0]?.at ?? cast.live.liveAt, last: sorted.at(-1)?.at ?? cast.live.liveAt, count: (failures.length / 3) * (calls - limit),
    frames: [{ file: 'src/run.js', line: 'throw failed.reason', fn: 'run' }, { file: 'src/ask.js', line: 'throw new HttpError', fn: 'ask' }],
    events: sampled(sorted).map(({ at, traceId }) => ({ at, traceId, tags: { status: '429', upstream: names.limiter }, breadcrumbs: [{ time: at, category: 'http', level: 'warning', message: `POST ${names.path} [429]`, data: { 'retry-after': '60' } }] })),
  })
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, shape, limit, guilty, twin, innocent } = cast
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  const issue = refusals(builder, cast, traffic(builder, cast))
  builder.page(`services/${names.limiter}.md`, [
    `# ${names.limiter}`, '', `Everybody here asks it: ${names.other} all day, ${names.batch} in bursts.`, '',
    '- Callers say who they are with `x-caller` and are counted apart, from minute to minute. The process prints its limit when it starts.',
    '- 429 with `retry-after: 60` comes from itself; no vendor is involved.',
    `- Where the limit is set: ${shape === 'commit' ? `\`${FILE}\` in its repository` : 'a variable on Railway'}.`,
  ])
  const places = [id(names.limiter), id(names.batch)]
  const culprit = shape === 'commit' ? commitCulprit(builder, names.limiter, guilty, [FILE, 'perMinute', names.batch]) : { kind: 'variable' as const, name: guilty, accepts: [id(guilty)], within: places }
  return {
    asked: builder.random.pick([issue, issue, names.complaint]),
    answer: rootCause(culprit, {
      required: [fact('limit', 'how many calls a minute are allowed now', [number(limit)])],
      forbidden: [
        fact('innocent-deploy', 'the deploy of the batch right before the first refusal', [id(innocent.sha)]),
        fact('near-twin', 'the limit for something else, changed the day before', [id(twin)]),
      ],
    }),
  }
}

/** A limit of our own is lowered for everybody, and a batch of our own is the only one that ever reaches it. */
export const ownRateLimit = defineFamily({
  slug: 'own-rate-limit',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'A batch loses a part of its work in every run',
  motivation:
    'A limit per minute that suits people is too low for the burst of a batch, and the refusals fall only into the minutes in which it runs; they look like a fault of the batch (a rate limiter that refused good traffic after a small change: https://transloadit.com/blog/2015/11/ratelimiter-outage-post-mortem/).',
  tell,
})
