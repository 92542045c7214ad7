import type { Fact } from '../../src/core/task.ts'
import { fact, id, number, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly service: string
  readonly route: string
  readonly noun: string
  readonly cache: string
  /** Of another team, like its two fellows that use the same Redis modestly. */
  readonly job: string
  readonly jobNamespace: string
  readonly prefix: string
  readonly fellow: string
  readonly modest: string
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { namespace: 'basket', service: 'basket-api', route: 'POST /basket/items', noun: 'basket', cache: 'shared-redis', job: 'audience-export', jobNamespace: 'growth', prefix: 'aud', fellow: 'audience-trim', modest: 'coupon-warmup', complaint: 'people cannot put anything into the basket. we released a text change a few minutes before but come on' },
  { namespace: 'signin', service: 'session-api', route: 'POST /sessions', noun: 'session', cache: 'common-redis', job: 'churn-features', jobNamespace: 'science', prefix: 'feat', fellow: 'churn-report', modest: 'banner-refresh', complaint: 'sign-in fails for new sessions, whoever is in stays in. Started out of the blue' },
  { namespace: 'seats', service: 'hold-keeper', route: 'POST /holds', noun: 'hold', cache: 'redis-general', job: 'demand-replay', jobNamespace: 'revenue', prefix: 'replay', fellow: 'demand-summary', modest: 'venue-cache', complaint: 'Plätze lassen sich nicht reservieren, Fehler bei fast jedem Versuch. Seit vielleicht einer halben Stunde' },
  { namespace: 'chat', service: 'presence', route: 'POST /presence', noun: 'presence', cache: 'team-redis', job: 'graph-rebuild', jobNamespace: 'insights', prefix: 'edge', fellow: 'graph-check', modest: 'emoji-sync', complaint: 'everybody looks offline to everybody, presence updates bounce with an error' },
  { namespace: 'dispatch', service: 'slot-lock', route: 'POST /locks', noun: 'lock', cache: 'redis-shared', job: 'route-history', jobNamespace: 'planning', prefix: 'hist', fellow: 'route-digest', modest: 'depot-cache', complaint: 'dispatchers get errors when they take a slot, it began all at once and has not stopped' },
]

/** What it takes away from the others: memory that never comes back, connections while it runs, or the one thread of Redis. */
type Shape = 'memory' | 'clients' | 'thread'

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly cache: Service
  readonly onset: string
  /** Starts of the guilty job since it was made, oldest first. */
  readonly runs: readonly string[]
  readonly amount: number
  readonly innocent: string
  readonly other: string
}

const filesOf = ({ route, noun, cache }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { put } from './${noun}.js'\n\nconst server = createServer()\nserver.post('${route.slice(5)}', put)\nawait server.listen(8080)\n`,
  [`src/${noun}.js`]: `import { redis } from './redis.js'\n\nexport async function put(request, reply) {\n  await redis.set(\`${noun}:\${request.body.id}\`, JSON.stringify(request.body), 'EX', 1800)\n  return reply.status(201).end()\n}\n`,
  'src/redis.js': `import Redis from 'ioredis'\n\n// One Redis for all teams, see the platform pages.\nexport const redis = new Redis({ host: '${cache}.platform', commandTimeout: 800, maxRetriesPerRequest: 1 })\n`,
})

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const drawn = random.pick(NAMES)
  const names = { ...drawn, job: `${drawn.job}${random.pick(['', '-full', '-backfill', '-trial'])}` }
  const shape = random.pick(['memory', 'clients', 'thread'] as const)
  const started = `${builder.ago(`${random.int(30, 80)}m`).slice(0, 16)}:00.000Z`
  const runs = shape === 'memory' ? [started] : ticks(started, before(builder.now, '4m'), '10m')
  const onset = after(started, shape === 'memory' ? `${random.int(4, 8)}m` : `${random.int(9, 25)}s`)
  const service = builder.service({ name: names.service, namespace: names.namespace, description: `Keeps each ${names.noun} for half an hour.`, runs: 'kubernetes', replicas: 2, dependsOn: [names.cache], files: filesOf(names) })
  const cache = builder.service({ name: names.cache, namespace: 'platform', description: 'One Redis for what may be lost, used by all teams.', runs: 'kubernetes', replicas: 1, memoryMb: 4096, port: 6379, sentry: false, files: { 'redis.conf': 'maxmemory 3gb\nmaxmemory-policy volatile-ttl\nmaxclients 400\nslowlog-log-slower-than 100000\n', 'stats.sh': '# Prints the keyspace every few minutes, beside the server.\nexec redis-stats --every 300\n' } })
  builder.deploy(cache, { at: builder.daysAgo(random.int(30, 50)) })
  builder.deploy(service, { at: builder.daysAgo(random.int(8, 20)) })
  const other = builder.innocentDeploy(cache, before(onset, `${random.int(4, 9)}h${random.int(1, 50)}m`)).sha
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(4, 9)}m`)).sha
  return { names, shape, service, cache, onset, runs, amount: { memory: random.int(4_100_000, 7_900_000), clients: random.int(352, 389), thread: random.int(2_100_000, 5_800_000) }[shape], innocent, other }
}

function jobs(builder: WorldBuilder, { names, shape, runs, amount }: Cast): void {
  const { random } = builder
  const image = (of: string): string => `ghcr.io/${builder.organization.slug}/${of}:${random.hex(7)}`
  const at = (time: string): string => `${Number(time.slice(14, 16))} ${Number(time.slice(11, 13))} * * *`
  const last = runs.at(-1) ?? builder.now
  const says = {
    memory: () => `done keys=${amount + random.int(-2000, 2000)} prefix=${names.prefix}: ttl=none host=${names.cache}.platform`,
    clients: () => `done workers=${amount} prefix=${names.prefix}: each with its own connection to ${names.cache}.platform`,
    thread: () => `done KEYS ${names.prefix}:* rounds=${random.int(20, 40)} matched=${amount} host=${names.cache}.platform`,
  }[shape]
  builder.cluster.cronJob({ name: names.job, namespace: names.jobNamespace, schedule: shape === 'memory' ? at(last) : `${Number(last.slice(14, 16)) % 10}-59/10 * * * *`, image: image(names.job), command: ['python', '-m', names.job.replaceAll('-', '_')], createdAt: before(runs[0] ?? last, `${random.int(15, 50)}m`), runs, seconds: shape === 'memory' ? random.int(420, 700) : random.int(140, 210), says })
  const ticked = (first: string, step: string): string[] => ticks(first, before(builder.now, '2m'), step)
  builder.cluster.cronJob({ name: names.fellow, namespace: names.jobNamespace, schedule: '*/30 * * * *', image: image(names.fellow), command: ['python', '-m', names.fellow.replaceAll('-', '_')], createdAt: builder.daysAgo(140), runs: ticked(`${builder.ago('3h').slice(0, 13)}:00:00.000Z`, '30m'), seconds: random.int(8, 30), says: () => `done keys=${random.int(900, 4000)} prefix=${names.prefix}s: ttl=3600 host=${names.cache}.platform` })
  builder.cluster.cronJob({ name: names.modest, namespace: names.namespace, schedule: '7,22,37,52 * * * *', image: image(names.modest), command: ['node', 'src/warm.js'], createdAt: builder.daysAgo(90), runs: ticked(`${builder.ago('3h').slice(0, 13)}:07:00.000Z`, '15m'), seconds: random.int(5, 20), says: () => `warmed keys=${random.int(100, 900)} ttl=900` })
}

/** Whether the guilty job takes something away at `at`. */
function hurts({ shape, runs, onset }: Cast, at: string): boolean {
  if (at < onset) return false
  return shape === 'memory' || runs.some((run) => at > after(run, '9s') && at < after(run, '140s'))
}

/** What Redis and the little statistics beside it print. */
function cacheSays(builder: WorldBuilder, cast: Cast): void {
  const { names, shape, cache, amount } = cast
  const { random } = builder
  for (const at of ticks(builder.ago('100m'), builder.now, '3m', random.next)) {
    const bad = hurts(cast, at)
    const used = shape === 'memory' && bad ? '3.00G' : `${random.int(10, 14) / 10}0G`
    const clients = shape === 'clients' && bad ? 400 : random.int(18, 46)
    const share = bad && shape !== 'clients' ? `${names.prefix}:* ${random.int(58, 71)}%` : `${names.noun}:* ${random.int(55, 71)}%`
    builder.log(cache, { at, level: 'info', message: `stats used=${used} max=3.00G clients=${clients}/400 evicted=${shape === 'memory' && bad ? random.int(9000, 60_000) : 0} largest=${share}` })
    if (shape === 'thread' && bad) builder.log(cache, { at: after(at, '2s'), level: 'warning', message: `slowlog ${random.int(1100, 2900)}ms "KEYS" "${names.prefix}:*" (${amount} matched)` })
    if (shape === 'clients' && bad) builder.log(cache, { at: after(at, '1s'), level: 'warning', message: 'Error registering fd event for the new client: max number of clients reached' })
  }
}

function failing(builder: WorldBuilder, cast: Cast): Story['asked'] {
  const { names, shape, service, cache, onset, runs } = cast
  const { random } = builder
  const path = names.route.slice(5)
  const good = (from: string, to: string): void => builder.http(service, { from, to, every: '3m', requests: [{ method: 'POST', path, status: 201, ms: [3, 20] }] })
  good(builder.ago('100m'), onset)
  // Between two runs all is well.
  for (const run of runs.slice(1)) good(before(run, '6m'), run)
  const error = {
    memory: ['ReplyError', "OOM command not allowed when used memory > 'maxmemory'."],
    clients: ['ReplyError', 'ERR max number of clients reached'],
    thread: ['Error', 'Command timed out'],
  } as const
  const [type, value] = error[shape]
  const windows = shape === 'memory' ? [[onset, builder.now] as const] : runs.map((run) => [after(run, '9s'), after(run, '140s')] as const).map(([from, to]) => [from, to < builder.now ? to : builder.now] as const)
  const times = windows.flatMap(([from, to]) => ticks(from, to, shape === 'memory' ? '100s' : '28s', random.next)).map((at) => ({ at, traceId: random.hex(32) }))
  const ms = shape === 'thread' ? 800 : 3
  for (const { at, traceId } of times) builder.log(service, { at, level: 'error', message: `trace=${traceId} ${names.route} 500: ${type}: ${value}`, fields: { trace: traceId } })
  const kept = times.filter((_, index) => index % Math.ceil(times.length / 8) === 0)
  for (const { at, traceId } of kept) builder.trace({ id: traceId, at, root: { service, op: 'http.server', description: names.route, ms: ms + 2, status: 'internal_error', inside: [{ service, op: 'db.redis', description: `SET ${names.noun}:*`, ms, status: 'internal_error', data: { 'server.address': `${cache.name}.platform` } }] } })
  return builder.issue(service, {
    type, value, where: names.route, first: times[0]?.at ?? onset, last: times.at(-1)?.at ?? onset, count: times.length * random.int(7, 20), users: times.length * 5, priority: 'high',
    frames: [{ file: `src/${names.noun}.js`, line: 'await redis.set(', fn: 'put' }, { library: 'node_modules/ioredis/built/Command.js', fn: 'Command.reject', at: 118 }],
    events: kept.map(({ at, traceId }) => ({ at, traceId, tags: { command: 'set' }, user: { id: `u_${random.int(1000, 9999)}` } })),
  })
}

function shareOf({ names, shape, amount }: Cast): Fact {
  if (shape === 'clients') return fact('share', 'how many workers it starts, each with a connection', [number(amount)])
  if (shape === 'thread') return fact('share', 'the command with which it holds Redis up', [id('KEYS'), id(`KEYS ${names.prefix}:*`), pattern(`\\b${names.prefix}:`)])
  return fact('share', 'under which prefix its keys lie', [id(`${names.prefix}:`), id(`${names.prefix}:*`), pattern(`\\b${names.prefix}:|\\bprefix\\W{1,3}${names.prefix}\\b`)])
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, innocent, other } = cast
  builder.company({ since: '100m', railway: 1, kubernetes: 1 })
  cacheSays(builder, cast)
  const issue = failing(builder, cast)
  jobs(builder, cast)
  builder.page('platform/redis.md', [
    `# ${names.cache}`, '', 'One Redis, 3 GB, 400 clients, one thread, for everybody. There are no quotas in it.', '', '- Give every key a time to live. What has none stays until somebody deletes it, and `volatile-ttl` cannot throw it out.', '- Ask with `SCAN`, a few hundred at a time. Share one connection per process.', '- Its log has a line of statistics every few minutes: the largest prefix, clients, memory.', '',
    '| Prefix | Team |', '| --- | --- |', `| ${names.noun}: | ${names.namespace} |`, `| ${names.prefix}: | ${names.jobNamespace} |`, `| ${names.prefix}s: | ${names.jobNamespace} |`,
  ])
  builder.page(`runbooks/${names.service}.md`, [`# ${names.service}`, '', `Every ${names.noun} lives in ${names.cache} (namespace platform) and nowhere else.`, '', '- Errors from Redis: ask the platform channel whether it is being moved.', `- ${names.modest} fills it up after a restart, four times an hour.`])
  return {
    asked: builder.random.chance(0.6) ? issue : names.complaint,
    answer: rootCause(
      { kind: 'cronjob', name: names.job, accepts: [id(names.job), id(`${names.jobNamespace}/${names.job}`), id(`cronjob/${names.job}`)], within: [id(names.jobNamespace), id(names.cache), id(names.service), pattern('\\b(?:redis|memory|keys|clients|connections|cronjob|job|fills?|runs?|team)\\b')] },
      {
        required: [shareOf(cast), fact('cache', 'the Redis that both use', [id(names.cache)])],
        forbidden: [
          fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
          fact('cache-deploy', 'a deploy of Redis, hours before', [id(other)]),
          fact('near-twin', 'another job of the same team, which behaves', [id(names.fellow)]),
          fact('own-job', 'the job of the service itself, which behaves', [id(names.modest)]),
        ],
      },
    ),
  }
}

/** A scheduled job of another team takes more of a shared Redis than is there, and somebody else pays. */
export const noisyCronjob = defineFamily({
  slug: 'noisy-cronjob',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Redis turns writes away, and nobody of the team did anything',
  motivation:
    'A Redis that teams share has no walls inside: keys without a time to live, a connection per worker or one KEYS over millions stop every other client, and the victim is not the one who did it (https://redis.io/docs/latest/commands/keys/, https://redis.io/docs/latest/develop/reference/eviction/, https://redis.io/docs/latest/develop/reference/clients/).',
  tell,
})
