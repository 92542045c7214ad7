import { fact, id, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { callerFiles } from '../../training/lab/world-builder/failing-calls.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks, wholeSecond } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly caller: string
  readonly callerRoute: string
  readonly noun: string
  /** The change that is gone from production: a route that the caller uses. */
  readonly added: { readonly title: string; readonly path: string }
  /** Another one: a repaired behaviour, as the service prints it after and before, and as people meet it. */
  readonly mended: { readonly title: string; readonly file: string; readonly now: string; readonly was: string; readonly complaint: string }
  readonly branch: string
  readonly spike: string
  readonly twin: string
}

const NAMES: readonly Names[] = [
  {
    service: 'seat-holds', caller: 'booking-web', callerRoute: 'POST /checkout/seats', noun: 'seats', added: { title: 'Hold several seats in one call', path: '/v2/holds' },
    mended: { title: 'A hold ends when its basket does', file: 'src/hold-end.js', now: 'hold released reason=basket_closed', was: 'hold kept until=timeout', complaint: 'seats stay blocked for half an hour after somebody closes the basket. We fixed exactly that last week, no?' },
    branch: 'spike/seat-map-tiles', spike: 'Draw the seat map from tiles', twin: 'feature/seat-map-zoom',
  },
  {
    service: 'invoice-maker', caller: 'back-office', callerRoute: 'POST /orders/close', noun: 'closing', added: { title: 'Invoices for part of an order', path: '/v1/partial-invoices' },
    mended: { title: 'Round once, over the whole invoice', file: 'src/round.js', now: 'invoice rounded mode=total', was: 'invoice rounded mode=line', complaint: 'the one cent differences on invoices are back. Accounting closed that ticket a week ago and now sends me screenshots again' },
    branch: 'try-pdf-engine', spike: 'Try the other PDF engine', twin: 'try-pdf-fonts',
  },
  {
    service: 'route-planner', caller: 'driver-app-api', callerRoute: 'POST /tours', noun: 'tour', added: { title: 'Plan a tour with pauses', path: '/v3/tours/with-pauses' },
    mended: { title: 'Avoid low bridges for tall vans', file: 'src/bridges.js', now: 'tour planned profile=tall', was: 'tour planned profile=default', complaint: 'Fahrer melden wieder Touren unter der niedrigen Brücke durch. Das war doch seit letzter Woche behoben?' },
    branch: 'wip/matrix-cache', spike: 'Keep the distance matrix in memory', twin: 'wip/matrix-metrics',
  },
  {
    service: 'loyalty-points', caller: 'till-gateway', callerRoute: 'POST /receipts', noun: 'receipt', added: { title: 'Redeem points and a voucher together', path: '/v1/redemptions/combined' },
    mended: { title: 'Points count from the day of the purchase', file: 'src/points-day.js', now: 'points booked day=purchase', was: 'points booked day=import', complaint: 'points show up with the date of the import again instead of the purchase date, stores are calling. Did somebody revert that?' },
    branch: 'demo/gold-tier', spike: 'A gold tier for the fair', twin: 'demo/silver-tier',
  },
]

/** `branch`: the service follows another branch since yesterday and somebody pushes there. `back`: an old deployment is put live again. */
interface Cast {
  readonly names: Names
  readonly shape: 'branch' | 'back'
  readonly symptom: 'route' | 'behaviour'
  readonly service: Service
  readonly caller: Service
  readonly wrong: Release
  readonly twin: string
  readonly innocent: Release
}

const startFile = (routes: readonly string[]): string => `import { serve } from './http.js'\nimport * as handlers from './handlers.js'\n\n${routes.map((route) => `serve('${route}', handlers)\n`).join('')}`

const behaviourFile = (line: string): string => `import { log } from './log.js'\n\nexport function apply(record) {\n  log.info('${line}', { id: record.id })\n  return record\n}\n`

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const { added, mended } = names
  const shape = random.pick(['branch', 'back'] as const)
  const symptom = random.pick(['route', 'route', 'behaviour'] as const)
  const service = builder.service({ name: names.service, description: `Called by ${names.caller}.`, runs: 'railway', files: { 'src/server.js': startFile(['GET /v1/state']), [mended.file]: behaviourFile(mended.was) } })
  const caller = builder.service({ name: names.caller, description: 'What people click through.', runs: 'railway', dependsOn: [names.service], files: callerFiles({ route: names.callerRoute, variable: 'UPSTREAM', path: added.path, noun: names.noun }), variables: { UPSTREAM: `http://${names.service}.railway.internal:8080` } })
  builder.deploy(caller, { at: builder.daysAgo(26) })
  const old = builder.deploy(service, { at: builder.daysAgo(random.int(19, 25)) })
  const merged = builder.daysAgo(random.int(8, 11))
  builder.commit(names.service, { at: merged, message: added.title, pull: added.title, files: { 'src/server.js': startFile(['GET /v1/state', `POST ${added.path}`]) } })
  builder.commit(names.service, { at: after(merged, '5h'), message: mended.title, pull: mended.title, files: { [mended.file]: behaviourFile(mended.now) } })
  builder.deploy(service, { at: after(merged, '5h2m') })
  builder.innocentDeploy(service, builder.daysAgo(random.int(3, 5)))
  const at = builder.ago(`${random.int(28, 80)}m`)
  const wrong = shape === 'branch' ? fromBranch(builder, { names, service, at, from: old.sha }) : putBack(builder, service, at, old)
  const author = random.pick(builder.people).login
  const twin = builder.push(service, { at: before(at, `${random.int(12, 50)}m`), branch: names.twin, from: service.releases.at(-2)?.sha ?? old.sha, author, message: `${names.twin.split(/[/-]/).slice(1).join(' ')}: first draft`, pull: `Draft: ${names.twin.split(/[/-]/).slice(1).join(' ')}`, files: { 'src/draft.js': 'export const draft = true\n' } })
  const innocent = builder.innocentDeploy(caller, before(at, `${random.int(3, 8)}m`))
  return { names, shape, symptom, service, caller, wrong, twin, innocent }
}

/** Somebody let production follow the branch for a look at it, never set it back, and pushes once more a day later. */
function fromBranch(builder: WorldBuilder, { names, service, at, from }: { names: Names; service: Service; at: string; from: string }): Release {
  const { random } = builder
  const author = random.pick(builder.people).login
  const file = 'src/experiment.js'
  const first = builder.push(service, { at: builder.daysAgo(random.int(14, 17)), branch: names.branch, from, author, message: names.spike, files: { [file]: 'export const experiment = { on: false }\n' } })
  builder.activity(service, { at: before(at, `${random.int(19, 27)}h${random.int(2, 50)}m`), actor: author, object: 'DeploymentTrigger', payload: { branch: names.branch, previous: { branch: 'main' }, checkSuites: false } })
  const sha = builder.push(service, { at: before(at, '9s'), branch: names.branch, from: first, author, message: random.pick(['wip', 'review comments', 'smaller, faster', 'try without the index']), files: { [file]: `export const experiment = { on: false, step: ${random.int(2, 9)} }\n` } })
  return builder.branchDeploy(service, { at, sha, branch: names.branch })
}

/** An old deployment is put live again by hand: rolled back to, or redeployed as it was. */
function putBack(builder: WorldBuilder, service: Service, at: string, old: Release): Release {
  const reason = builder.random.pick(['rollback', 'rollback', 'redeploy'] as const)
  builder.activity(service, { at, actor: builder.random.pick(builder.people).login, object: 'Deployment', action: reason === 'rollback' ? 'rolledback' : 'redeployed', payload: { from: old.deployment ?? '' } })
  return builder.deploy(service, { at, sha: old.sha, reason })
}

/** What the service prints and answers, before and since. */
function traffic(builder: WorldBuilder, { names, service, caller, symptom, wrong }: Cast): void {
  const { random } = builder
  const { now, was } = names.mended
  for (const at of ticks(builder.ago('150m'), builder.now, '7m', random.next)) builder.log(service, { at, level: 'info', message: `${Date.parse(at) < Date.parse(wrong.liveAt) ? now : was} id=${random.int(10_000, 99_999)} took=${random.int(4, 60)}ms` })
  const [, callerPath = '/'] = names.callerRoute.split(' ')
  const called = { method: 'POST', path: names.added.path, status: 200, ms: [9, 80] as const }
  const read = { method: 'GET', path: '/v1/state', status: 200, ms: [2, 14] as const }
  builder.http(service, { from: builder.ago('150m'), to: wrong.liveAt, every: '7m', requests: [called, read] })
  builder.http(service, { from: wrong.liveAt, to: builder.now, every: '7m', requests: symptom === 'route' ? [read] : [called, read] })
  builder.http(caller, { from: builder.ago('150m'), to: symptom === 'route' ? wrong.liveAt : builder.now, every: '7m', requests: [{ method: 'POST', path: callerPath, status: 200, ms: [30, 190] }] })
}

/** The caller asks for a route that is not there any more. */
function missingRoute(builder: WorldBuilder, { names, service, caller, wrong }: Cast): Story['asked'] {
  const [, path = '/'] = names.callerRoute.split(' ')
  return builder.failures(caller, {
    where: names.callerRoute,
    type: 'Error',
    value: `404 from POST ${names.added.path}`,
    from: after(wrong.liveAt, '11s'),
    to: builder.now,
    every: '150s',
    answered: { status: 500, path, ms: [12, 70] },
    frames: [
      { file: `src/${names.noun}.js`, line: 'await ask(', fn: names.noun },
      { file: 'src/ask.js', line: 'throw new Error(', fn: 'ask' },
    ],
    inside: () => [{ service: caller, op: 'http.client', description: `POST http://${names.service}.railway.internal:8080${names.added.path}`, ms: 6, status: 'not_found', data: { 'http.response.status_code': 404 } }],
    leaves: ({ at, traceId }) => {
      builder.log(service, { at, level: 'info', message: `trace=${traceId} Route POST:${names.added.path} not found` })
      builder.http(service, { from: at, to: after(at, '1s'), every: '1s', requests: [{ method: 'POST', path: names.added.path, status: 404, ms: [1, 4] }] })
    },
    tags: { upstream: names.service, status: '404' },
    events: 11,
    users: 6,
  })
}

function pages(builder: WorldBuilder, { names }: Cast): void {
  builder.page('how-we-release.md', [
    '# How a change reaches production',
    '',
    '1. Merge to `main`. The tests run, and Railway builds what its trigger names.',
    '2. Railway follows one branch for each service and environment. Whoever wants to show a branch uses staging.',
    '3. A rollback in Railway puts the image of that deployment live again, with the variables it had. Nothing in Git moves.',
    '',
    `Ask in #release before touching ${names.service} on a Friday.`,
  ])
  builder.page(`services/${names.service}.md`, [`# ${names.service}`, '', `Called by ${names.caller}. Which commit runs is printed at the start of the process.`, '', '| Version | Since |', '| --- | --- |', `| ${names.added.title} | last week |`, `| ${names.mended.title} | last week |`])
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, shape, symptom, wrong, twin, innocent } = cast
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  traffic(builder, cast)
  pages(builder, cast)
  const clock = wholeSecond(wrong.liveAt).slice(11, 16)
  const asked =
    symptom === 'behaviour'
      ? names.mended.complaint
      : builder.random.pick([missingRoute(builder, cast), `${names.callerRoute} fails with a 404 from ${names.service} since about ${clock}. The endpoint is there in main, I looked. We deployed ${names.caller} just before, but that was a typo or so`])
  const required =
    shape === 'branch'
      ? [fact('branch', 'the branch it was built from', [id(names.branch)])]
      : [fact('commit', 'the old commit that runs since', [id(wrong.sha)])]
  return {
    asked,
    answer: rootCause(
      { kind: 'deployment', name: wrong.deployment ?? '', accepts: [id(wrong.deployment ?? ''), id(wrong.sha)], within: [id(names.service), ...(shape === 'branch' ? [id(names.branch)] : [])] },
      {
        required,
        forbidden: [
          fact('innocent-deploy', 'the deploy of the caller just before', [id(innocent.sha)]),
          fact('near-twin', 'another branch of the same day, which runs nowhere', [id(names.twin), id(twin)]),
        ],
      },
    ),
  }
}

/** Production runs something else than the main branch: a branch it was made to follow, or an old deployment put live again. */
export const wrongBranch = defineFamily({
  slug: 'wrong-branch',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Something that was finished last week is gone',
  motivation:
    'A platform builds the branch its settings name, and a rollback puts an old image live without a trace in Git; the code on main then looks right while something else runs (Railway: https://docs.railway.com/guides/github-autodeploys and https://docs.railway.com/deployments/deployment-actions).',
  tell,
})
