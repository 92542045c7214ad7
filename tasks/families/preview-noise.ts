import { fact, id, noFault, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly route: string
  /** What the draft adds, not half done. */
  readonly branch: string
  readonly pull: string
  readonly file: string
  readonly fn: string
  readonly error: readonly [type: string, value: string]
  readonly line: string
  /** Another draft with a preview of its own, which makes no trouble. */
  readonly twin: readonly [branch: string, pull: string]
}

const NAMES: readonly Names[] = [
  { service: 'invoice-web', route: 'GET /invoices', branch: 'pdf-archive', pull: 'Draft: invoices from the archive', file: 'src/archive.js', fn: 'fromArchive', error: ['TypeError', "Cannot read properties of undefined (reading 'pages')"], line: 'return archived.pages.map(', twin: ['dark-mode', 'Draft: dark mode'] },
  { service: 'tour-planner', route: 'POST /tours', branch: 'ferry-legs', pull: 'WIP: legs that go by ferry', file: 'src/ferry.js', fn: 'ferryLeg', error: ['RangeError', 'timetable has 0 departures'], line: "throw new RangeError('timetable has 0 departures')", twin: ['shorter-names', 'WIP: shorter names of stops'] },
  { service: 'club-portal', route: 'GET /members', branch: 'family-accounts', pull: 'Draft: one account for a family', file: 'src/family.js', fn: 'family', error: ['Error', 'relation of member 1 is not known'], line: "throw new Error('relation of member 1 is not known')", twin: ['new-footer', 'Draft: another footer'] },
  { service: 'parts-catalog', route: 'GET /parts', branch: 'supplier-stock', pull: 'Spike: stock of suppliers beside ours', file: 'src/supplier.js', fn: 'supplierStock', error: ['SyntaxError', 'Unexpected end of JSON input'], line: 'return JSON.parse(answer)', twin: ['sort-by-weight', 'Draft: sort by weight'] },
]

const draftFile = ({ fn, line }: Names): string => `import { look } from './look.js'\n\n// TODO everything but the first case\nexport function ${fn}(request) {\n  const { archived, answer } = look(request)\n  ${line.endsWith('map(') ? `${line}({ number }) => number)` : line}\n}\n`

const files = ({ route }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { answer } from './answer.js'\nimport './report.js'\n\nconst server = createServer()\nserver.on('${route}', answer)\nawait server.listen(8080)\n`,
  'src/report.js': "import * as Sentry from '@sentry/node'\n\nSentry.init({ dsn: process.env.SENTRY_DSN, environment: process.env.RAILWAY_ENVIRONMENT_NAME?.startsWith('pr-') ? 'preview' : 'production', release: process.env.RAILWAY_GIT_COMMIT_SHA, serverName: process.env.RAILWAY_PUBLIC_DOMAIN })\n",
})

interface Cast {
  readonly names: Names
  readonly service: Service
  readonly author: string
  readonly draft: Preview
  readonly twin: Preview
}

/** A place of its own that a pull request gets, until it is closed. */
interface Preview {
  readonly pull: number
  readonly sha: string
  readonly environment: string
  readonly host: string
  readonly deployment: string
  readonly liveAt: string
}

function preview(builder: WorldBuilder, service: Service, act: { at: string; branch: string; title: string; author: string; body: string; files: Record<string, string> }): Preview {
  const { random, world } = builder
  const sha = builder.push(service, { at: act.at, branch: act.branch, from: service.releases.at(-1)?.sha ?? '', author: act.author, message: act.title, files: act.files, pull: act.title })
  const opened = world.github.repositories.find(({ name }) => name === service.name)?.pulls.at(-1)
  if (opened) opened.body = act.body
  const pull = opened?.number ?? 0
  const environment = `pr-${pull}`
  const host = `${service.name}-${environment}.up.railway.example`
  const liveAt = after(act.at, `${random.int(90, 150)}s`)
  const project = builder.railway()
  const production = project.instances.find((each) => each.service === service.name)
  const deployment = random.uuid()
  project.environments.push({ id: random.uuid(), name: environment, ephemeral: true })
  if (production) project.instances.push({ ...structuredClone(production), environment, domains: [{ domain: host, custom: false, targetPort: service.port, verified: true, certificate: 'CERTIFICATE_STATUS_TYPE_VALID' }] })
  project.deployments.push({ id: deployment, service: service.name, environment, status: 'SUCCESS', createdAt: act.at, updatedAt: liveAt, reason: 'deploy', creator: act.author, commit: { sha, message: act.title, author: act.author, branch: act.branch }, events: [] })
  world.sentry.releases.push({ version: sha, projects: [service.name], createdAt: act.at, releasedAt: liveAt, repository: `${builder.organization.slug}/${service.name}`, commits: [sha], deploys: [{ environment: 'preview', finishedAt: liveAt }] })
  return { pull, sha, environment, host, deployment, liveAt }
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const service = builder.service({ name: names.service, description: `Serves ${names.route}.`, runs: 'railway', files: files(names), variables: { SENTRY_DSN: 'https://key@sentry.example/1' } })
  builder.deploy(service, { at: builder.daysAgo(random.int(5, 12)) })
  const [author = '', other = ''] = random.sample(builder.people, 2).map(({ login }) => login)
  const [branch, title] = names.twin
  const at = builder.ago(`${random.int(28, 90)}m`)
  const twin = preview(builder, service, { at: before(at, `${random.int(3, 40)}m`), branch, title, author: other, body: 'For a look, not for review yet.', files: { [`src/${branch}.js`]: 'export const on = true\n' } })
  const body = random.pick(['Does not work yet, I click through it to see where it stops. No review please.', 'Not for review. Half of it is missing and the rest is guessed; will squash.'])
  const draft = preview(builder, service, { at, branch: names.branch, title: names.pull, author, body, files: { [names.file]: draftFile(names) } })
  return { names, service, author, draft, twin }
}

/** Production serves as on any day; the previews have lines of their own. */
function traffic(builder: WorldBuilder, { names, service, draft, twin }: Cast): void {
  const { random, world } = builder
  const [method = 'GET', path = '/'] = names.route.split(' ')
  builder.http(service, { from: builder.ago('150m'), to: builder.now, every: '90s', requests: [{ method, path, status: 200, ms: [15, 120] }] })
  for (const at of ticks(builder.ago('150m'), builder.now, '10m')) builder.log(service, { at, level: 'info', message: `last 10m: requests=${random.int(700, 900)} failed=0` })
  for (const { deployment, host, liveAt } of [twin, draft]) {
    world.logs.push({ source: 'railway.deploy', time: liveAt, level: 'info', message: `listening on 0.0.0.0:${service.port}, public as ${host}`, fields: { deployment, service: service.name } })
  }
  world.logs.push({ source: 'railway.deploy', time: after(twin.liveAt, '80s'), level: 'warning', message: `slow first answer on ${twin.host}: 2140ms`, fields: { deployment: twin.deployment, service: service.name } })
}

function errors(builder: WorldBuilder, { names, service, author, draft }: Cast): ReturnType<WorldBuilder['issue']> {
  const { random, world } = builder
  const [method = 'GET', path = '/'] = names.route.split(' ')
  const [type, value] = names.error
  const times = ticks(after(draft.liveAt, `${random.int(60, 400)}s`), builder.now, `${random.int(3, 6)}m`, random.next)
  for (const time of times) {
    const fields = { deployment: draft.deployment, service: service.name }
    world.logs.push({ source: 'railway.deploy', time, level: 'error', message: `${type}: ${value} at ${names.fn} (${names.file})`, fields }, { source: 'railway.http', time, level: 'error', message: `${method} ${path} 500`, fields: { ...fields, method, path, status: 500, durationMs: random.int(6, 60) } })
  }
  return builder.sentry.issue(service, {
    type,
    value,
    where: names.route,
    priority: 'high',
    first: times[0] ?? draft.liveAt,
    last: times.at(-1) ?? draft.liveAt,
    count: times.length + random.int(0, 4),
    users: 1,
    frames: [{ file: names.file, line: names.line, fn: names.fn }],
    events: times.slice(-5).map((at) => ({ at, environment: 'preview', release: draft.sha, tags: { server_name: draft.host }, user: { id: author }, request: { method, url: `https://${draft.host}${path}` } })),
  })
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, draft, twin } = cast
  const { random } = builder
  builder.company({ since: '150m', railway: 1, kubernetes: 1 })
  // Merged and live in production minutes before the first error, and not where the error is.
  const innocent = builder.innocentDeploy(service, before(draft.liveAt, `${random.int(2, 3)}m`))
  traffic(builder, cast)
  const issue = errors(builder, cast)
  builder.sentry.alert(service, { name: `${service.name}: anything new`, type: 'issue', condition: 'a new issue is created, in all environments' })
  builder.page('previews.md', ['# Previews', '', 'Every open pull request of a service on Railway gets an environment of its own, with a copy of made-up data. It goes when the pull request is closed.', '', '- Its errors come to the same project in Sentry as those of production; the host tells where they are from.', '- What fails there is for its author to see. Production reads nothing of it and is not read by it.'])
  const since = issue.firstSeen.slice(11, 16)
  return {
    asked: random.pick([
      issue,
      issue,
      `new error in ${service.name} since ${since} UTC, high priority, and there was a deploy right before. Do I roll back?`,
      `Sentry meldet seit ${since} UTC einen neuen Fehler in ${service.name} (${names.route}). Sind Kunden betroffen? Was ist passiert?`,
    ]),
    answer: noFault({
      required: [
        fact('draft', 'the open pull request whose preview makes the errors', [id(draft.sha), id(`#${draft.pull}`), id(names.branch), id(draft.environment), words(names.pull)]),
        fact('host', 'the one host they come from', [id(draft.host), id(draft.host.split('.')[0] ?? '')]),
      ],
      forbidden: [fact('innocent-deploy', 'the deploy to production minutes before', [id(innocent.sha)]), fact('near-twin', 'another draft with a preview', [id(twin.sha), id(twin.environment), id(twin.host), id(`#${twin.pull}`)])],
    }),
  }
}

/** An unfinished pull request runs in a preview of its own and fails before its author's eyes; production, in the same Sentry project, is well. */
export const previewNoise = defineFamily({
  slug: 'preview-noise',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'A new error of high priority minutes after a deploy',
  motivation:
    'Previews of pull requests report like everything else, and an alert that does not look at the environment rings for drafts (how environments divide the events of one project: https://docs.sentry.io/concepts/key-terms/environments/; what such previews are: https://docs.railway.com/guides/environments).',
  tell,
})
