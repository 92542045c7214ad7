import type { Answer } from '../../src/core/task.ts'
import { fact, id, pattern, rootCause, words } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { callerFiles, callerFrames } from '../../training/lab/world-builder/failing-calls.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { changeForms, type MergedChange } from '../../training/lab/world-builder/merged-change.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly service: string
  readonly caller: string
  readonly route: string
  readonly path: string
  readonly noun: string
  /** What its image starts with. */
  readonly entry: string
  /** The change that happened to be built first: title, file, text. */
  readonly change: readonly [string, string, string]
  /** A neighbour that has been dying for days, of something of its own. */
  readonly trial: string
}

const NAMES: readonly Names[] = [
  { namespace: 'baggage', service: 'tag-reader', caller: 'counter-app', route: 'POST /tags', path: '/v1/tags', noun: 'tags', entry: '/usr/local/bin/docker-entrypoint.sh', change: ['Accept tags with a leading zero', 'src/parse.js', 'export const parse = (text) => text.trim().padStart(10, "0")\n'], trial: 'belt-sim' },
  { namespace: 'clinic', service: 'slot-book', caller: 'patient-web', route: 'POST /slots', path: '/v1/slots', noun: 'slots', entry: '/usr/bin/tini', change: ['Show the next free slot first', 'src/order.js', 'export const order = (slots) => slots.toSorted((a, b) => a.at - b.at)\n'], trial: 'reminder-beta' },
  { namespace: 'auction', service: 'bid-keeper', caller: 'auction-web', route: 'POST /bids', path: '/v1/bids', noun: 'bids', entry: '/app/server', change: ['Round bids to whole cents', 'src/amount.js', 'export const amount = (bid) => Math.round(bid * 100) / 100\n'], trial: 'hammer-bot' },
  { namespace: 'radio', service: 'playlist-api', caller: 'listener-app', route: 'POST /playlists', path: '/v1/playlists', noun: 'playlists', entry: '/usr/local/bin/node', change: ['Leave out songs without a title', 'src/songs.js', 'export const songs = (all) => all.filter(({ title }) => title)\n'], trial: 'mood-tagger' },
  { namespace: 'freight', service: 'manifest-check', caller: 'carrier-desk', route: 'POST /manifests', path: '/v1/check', noun: 'manifests', entry: '/entrypoint.sh', change: ['Say which line of a manifest is wrong', 'src/lines.js', 'export const line = (text, at) => text.slice(0, at).split("\\n").length\n'], trial: 'customs-mock' },
]

/** What the workflow said and says; the word that gives the machine away. */
const MACHINES = [
  { was: 'ubuntu-24.04', is: 'ubuntu-24.04-arm', platforms: undefined },
  { was: '[self-hosted, linux, x64]', is: '[self-hosted, linux, arm64]', platforms: undefined },
  { was: 'builders-c3', is: 'builders-g2', platforms: undefined },
  { was: 'ubuntu-24.04', is: 'ubuntu-24.04', platforms: ['linux/amd64,linux/arm64', 'linux/arm64'] },
] as const

type Machine = (typeof MACHINES)[number]
/** Where the build is written down: beside the code, or in the one repository whose workflow all others call. */
type Place = 'own' | 'shared'

interface Cast {
  readonly names: Names
  readonly place: Place
  readonly machine: Machine
  /** False: the old pods are taken away first, so that callers are refused. */
  readonly rolling: boolean
  readonly service: Service
  readonly caller: Service
  readonly onset: string
  readonly guilty: MergedChange
  /** A later change of the same workflow that did no harm. */
  readonly tidied: MergedChange
  readonly built: MergedChange
}

const SHARED = 'ci-workflows'
const CALLING = '.github/workflows/release.yml'
const BUILDING = '.github/workflows/image.yml'

const TEST = '  test:\n    runs-on: ubuntu-24.04\n    steps: [{ uses: actions/checkout@v5 }, { run: npm test }]\n'
const ROLLOUT = '  deploy:\n    needs: image\n    runs-on: ubuntu-24.04\n    steps: [{ uses: actions/checkout@v5 }, { run: ./deploy/rollout.sh }]\n'

function workflow(place: Place, { was, is, platforms }: Machine, { changed = false, cached = false } = {}): string {
  const lines = ['          push: true', ...(platforms ? [`          platforms: ${platforms[changed ? 1 : 0]}`] : []), ...(cached ? ['          cache-from: type=gha'] : [])]
  const [on, opening, ending] = place === 'own' ? ["{ push: { branches: [main], paths: ['src/**'] } }", `${TEST}  image:\n    needs: test\n`, ROLLOUT] : ['{ workflow_call: {} }', '  image:\n', '']
  return `name: image\non: ${on}\njobs:\n${opening}    runs-on: ${changed ? is : was}\n    steps:\n      - uses: actions/checkout@v5\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with:\n${lines.join('\n')}\n${ending}`
}

const calling = (owner: string): string => `name: release\non: { push: { branches: [main], paths: ['src/**'] } }\njobs:\n${TEST}  image:\n    needs: test\n    uses: ${owner}/${SHARED}/${BUILDING}@main\n${ROLLOUT}`
const SERVER = "import { createServer } from './http.js'\n\nawait createServer().listen(8080)\n"

function stage(builder: WorldBuilder, names: Names, { place, machine }: Pick<Cast, 'place' | 'machine'>): Pick<Cast, 'service' | 'caller'> {
  const { random } = builder
  const file = workflow(place, machine)
  const own = place === 'own' ? { [BUILDING]: file } : { [CALLING]: calling(builder.organization.slug) }
  const service = builder.service({ name: names.service, description: `Checks and keeps ${names.noun}.`, runs: 'kubernetes', namespace: names.namespace, sentry: false, files: { 'src/server.js': SERVER, ...own } })
  const caller = builder.service({ name: names.caller, description: 'What people use.', runs: 'railway', dependsOn: [names.service], variables: { UPSTREAM_URL: `http://${names.service}.${names.namespace}` }, files: callerFiles({ ...names, variable: 'UPSTREAM_URL' }) })
  const trial = builder.service({ name: names.trial, description: 'A trial.', runs: 'kubernetes', namespace: names.namespace, replicas: 1, sentry: false, files: { 'src/server.js': SERVER } })
  for (const each of [service, caller, trial]) builder.deploy(each, { at: builder.daysAgo(random.int(9, 19)) })
  const setting = `${names.trial.toUpperCase().replaceAll('-', '_')}_URL`
  builder.crash(trial, { at: builder.ago('100s'), reason: 'Error', exitCode: 1, restarts: random.int(700, 2600), recovered: false, lastLines: [`Error: ${setting} is not set`, '    at file:///app/src/server.js:9:9'] })
  if (place === 'shared') builder.repository(SHARED, { at: builder.daysAgo(310), description: 'Workflows that other repositories call.', files: { [BUILDING]: file, 'README.md': '# ci-workflows\n\nCalled from everywhere at `main`; there are no versions. A change here is felt by whoever builds next.\n' } })
  return { service, caller }
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const place = random.pick<Place>(['own', 'shared'])
  const machine = random.pick(MACHINES)
  const rolling = random.chance(0.35)
  const { service, caller } = stage(builder, names, { place, machine })
  builder.company({ since: '100m', railway: 1, kubernetes: 1 })
  const onset = builder.ago(`${random.int(24, 57)}m`)
  const merged = before(onset, random.pick(['47m', '5h20m', '21h35m', '44h10m', '69h']))
  const where = place === 'own' ? names.service : SHARED
  const titles = random.sample(['Build images faster', 'Move off the old build machines', 'Spend less on builds', 'Image builds: next step'], 1)
  const guilty = builder.cluster.mergeChange(where, { at: merged, title: titles[0] ?? '', files: { [BUILDING]: workflow(place, machine, { changed: true }) } })
  const tidied = builder.cluster.mergeChange(where, { at: before(onset, '31m'), title: random.pick(['Cache layers between builds', 'Keep layers in the actions cache']), files: { [BUILDING]: workflow(place, machine, { changed: true, cached: true }) } })
  builder.innocentDeploy(caller, before(onset, '12m'))
  const [title, path, text] = names.change
  const built = builder.cluster.mergeChange(names.service, { at: before(onset, '6m'), title, files: { [path]: text } })
  return { names, place, machine, rolling, service, caller, onset, guilty, tidied, built }
}

const imageOf = (builder: WorldBuilder, { names, built }: Cast): string => `ghcr.io/${builder.organization.slug}/${names.service}:${built.sha.slice(0, 7)}`

/** The run that builds and rolls out: green until the cluster gives up. */
function release(builder: WorldBuilder, cast: Cast): void {
  const { names, machine, place, onset, built } = cast
  const { random } = builder
  const image = imageOf(builder, cast)
  const step = machine.platforms ? 'linux/arm64 ' : ''
  builder.cluster.workflowRun(names.service, {
    at: before(onset, '5m'), name: place === 'own' ? 'image' : 'release', sha: built.sha, actor: built.author,
    jobs: [
      { name: 'test', conclusion: 'success', seconds: 58, log: ['Operating System: Ubuntu 24.04.2 LTS (x86_64)', `Tests passed: ${random.int(60, 260)}`] },
      { name: 'image', conclusion: 'success', seconds: 74, log: [`Operating System: Ubuntu 24.04.2 LTS${machine.platforms ? ' (x86_64)' : ' (aarch64)'}`, `Runner: ${machine.is}`, '#1 [internal] load build definition from Dockerfile', `#5 [${step}1/4] FROM docker.io/library/node:24-slim`, `#8 [${step}4/4] RUN npm ci --omit=dev`, `#11 pushing manifest for ${image}@sha256:${random.hex(64)} done`] },
      { name: 'deploy', conclusion: 'failure', seconds: 758, log: [`deployment.apps/${names.service} image updated`, `Waiting for deployment "${names.service}" rollout to finish...`, `error: deployment "${names.service}" exceeded its progress deadline`, '##[error]Process completed with exit code 1.'] },
    ],
  })
}

function crashLoop(builder: WorldBuilder, cast: Cast): void {
  const { names, service, rolling, onset, built } = cast
  const image = imageOf(builder, cast)
  const pods = builder.cluster.stickRollout(service, {
    at: onset, strategy: rolling ? 'RollingUpdate' : 'Recreate', waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' }, warnings: [],
    change: (container) => ({ ...container, image, env: [{ name: 'GIT_SHA', value: built.sha }] }),
  })
  const minutes = (Date.parse(builder.now) - Date.parse(onset)) / 60_000
  const died = before(builder.now, `${builder.random.int(30, 190)}s`)
  builder.crash(service, { at: died, reason: 'Error', exitCode: 255, restarts: 4 + Math.round(minutes / 5), recovered: false, pods })
  for (const pod of pods)
    for (const source of ['kubernetes.previous', 'kubernetes.pod'] as const)
      builder.world.logs.push({ source, time: before(died, '1s'), level: 'error', message: `exec ${names.entry}: exec format error`, fields: { namespace: names.namespace, pod, container: names.service } })
}

function traffic(builder: WorldBuilder, { names, service, caller, rolling, onset }: Cast): Story['asked'] {
  const { random } = builder
  const path = names.route.slice(5)
  for (const at of ticks(builder.ago('100m'), builder.now, '5m', random.next)) builder.log(service, { at, level: 'info', message: `POST ${names.path} 200 ${random.int(5, 70)}ms` })
  builder.http(caller, { from: builder.ago('100m'), to: rolling ? builder.now : onset, every: '5m', requests: [{ method: 'POST', path, status: 200, ms: [20, 140] }] })
  const title = names.change[0].toLowerCase()
  if (rolling)
    return random.pick([
      `we merged "${title}" for ${names.service} some time ago, pipeline went red at the very end and nothing changed for users. what is it waiting for?`,
      `release of ${names.service} hangs. tests green, image built, then "exceeded its progress deadline". The diff is one line?!`,
      `${names.service}: neue Version kommt nicht hoch, die alte läuft weiter. Am Code kann es kaum liegen. Kann jemand schauen?`,
    ])
  builder.http(caller, { from: onset, to: builder.now, every: '3m', requests: [{ method: 'POST', path, status: 502, ms: [4, 14] }] })
  const issue = builder.cluster.failingCalls(caller, {
    from: after(onset, '7s'), to: builder.now, every: '110s', route: names.route, target: { method: 'POST', url: `http://${names.service}.${names.namespace}${names.path}` },
    error: { type: 'TypeError', value: `fetch failed: connect ECONNREFUSED 10.43.${random.int(1, 250)}.${random.int(1, 250)}:80`, ms: [1, 6], status: 'unavailable' },
    frames: callerFrames(names.noun), sampledFrom: random.int(5, 20), tags: { upstream: names.service },
  })
  return random.chance(0.6) ? issue : random.pick([
    `${names.service} is down, pods restart in a loop since the last release (${title}). the change cannot possibly do that. rolled back? not yet`,
    `${names.route} in ${names.caller} completely dead since ${onset.slice(11, 16)} UTC, connection refused. anybody released something?`,
  ])
}

function answerOf({ names, place, machine, guilty, tidied, built }: Cast): Answer {
  const written = machine.platforms ? machine.platforms[1] : machine.is.replaceAll(/[[\]]/g, '').split(', ').at(-1) ?? ''
  return rootCause(
    { kind: 'commit', name: guilty.sha, accepts: changeForms(guilty), within: [id(guilty.repository), id(names.service), id(BUILDING), id(written), ...(place === 'shared' ? [id(`${SHARED}/${BUILDING}`)] : [])] },
    {
      required: [
        fact('error', 'what the kernel says of the binary', [words('exec format error')]),
        fact('machine', 'what the image is built for, or on', [id(written), pattern('\\barm(?:64)?\\b'), id('aarch64')]),
      ],
      forbidden: [
        fact('innocent-change', 'the code that happened to be built first', [id(built.sha)]),
        fact('near-twin', 'a later change of the same workflow', [id(tidied.sha), words(tidied.title)]),
        fact('old-trial', 'a neighbour that has been dying for days', [id(names.trial)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names } = cast
  const asked = traffic(builder, cast)
  release(builder, cast)
  crashLoop(builder, cast)
  builder.page('platform/machines.md', [
    '# Machines', '', '| Where | Name | Processor |', '| --- | --- | --- |', '| cluster | pool-a, three nodes | x86-64 (linux/amd64) |', '| builds | builders-c3 | x86-64 |', '| builds | builders-g2 | aarch64, since last month; half the price |', '| builds | hosted | as the label says |', '',
    '- An image is built for the machine it is built on, unless the build says otherwise.',
  ])
  builder.page(`runbooks/${names.service}.md`, [`# ${names.service}`, '', 'Starts in two seconds and keeps nothing in memory. Merges that touch `src/` are built and rolled out; others are not.', '', `- ${names.trial} in the same namespace is a trial; nobody looks after it.`])
  return { asked, answer: answerOf(cast) }
}

/** A build moves to other machines; the next image does not run on the cluster's, whatever code is in it. */
export const architectureMismatch = defineFamily({
  slug: 'architecture-mismatch',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'A one-line release does not start',
  motivation:
    'An image holds programs for one processor unless the build names more (Docker: multi-platform builds, https://docs.docker.com/build/building/multi-platform/). When builds move to Arm machines, tests stay green and pods die with `exec format error`; what is blamed is the change that happened to be built next.',
  tell,
})
