import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly namespace: string
  readonly service: string
  readonly claim: string
  readonly mountPath: string
  readonly write: string
  readonly read: string
  readonly noun: string
  /** Shares the node, and has a disk of its own that was made larger lately. */
  readonly neighbour: string
  readonly neighbourClaim: string
  /** Has a disk on another node. */
  readonly distant: string
  readonly distantClaim: string
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { namespace: 'claims', service: 'photo-intake', claim: 'photo-store', mountPath: '/var/photos', write: 'POST /photos', read: '/photos', noun: 'photo', neighbour: 'letter-archive', neighbourClaim: 'letter-store', distant: 'form-index', distantClaim: 'form-index-data', complaint: 'nobody can add photos to a claim since a while, looking at the old ones works' },
  { namespace: 'studio', service: 'take-recorder', claim: 'take-reels', mountPath: '/srv/takes', write: 'POST /takes', read: '/takes', noun: 'take', neighbour: 'mix-cache', neighbourClaim: 'mix-reels', distant: 'sample-shelf', distantClaim: 'sample-reels', complaint: 'recordings cannot be saved, playback of yesterday is ok. A deploy went out minutes before, could you confirm it is that?' },
  { namespace: 'forms', service: 'draft-keeper', claim: 'drafts-data', mountPath: '/data/drafts', write: 'PUT /drafts', read: '/drafts', noun: 'draft', neighbour: 'template-host', neighbourClaim: 'templates-data', distant: 'export-spool', distantClaim: 'export-data', complaint: 'Entwürfe lassen sich nicht mehr speichern, öffnen geht. Ist das der Deploy von eben?' },
  { namespace: 'lab', service: 'sample-journal', claim: 'journal-disk', mountPath: '/journal', write: 'POST /entries', read: '/entries', noun: 'entry', neighbour: 'scope-images', neighbourClaim: 'scope-disk', distant: 'freezer-log', distantClaim: 'freezer-disk', complaint: 'the sample journal takes no new entries, reads fine. we are writing on paper, please hurry' },
  { namespace: 'wiki', service: 'page-store', claim: 'pages-volume', mountPath: '/pages', write: 'PUT /pages', read: '/pages', noun: 'page', neighbour: 'thumb-maker', neighbourClaim: 'thumbs-volume', distant: 'search-shards', distantClaim: 'shards-volume', complaint: 'saving a page gives an error for all of us, reading works. Third department that calls me' },
]

interface Cast {
  readonly names: Names
  /** How the service keeps things: files, or one SQLite file. */
  readonly keeps: 'files' | 'sqlite'
  readonly service: Service
  readonly neighbour: Service
  readonly distant: Service
  readonly onset: string
  readonly node: string
  readonly device: string
  readonly disk: string
  readonly volume: string
  readonly innocent: string
  readonly other: string
}

const routes = ({ write, read }: Names): string => `const server = createServer()\nserver.${write.startsWith('PUT') ? 'put' : 'post'}('${write.split(' ')[1] ?? ''}', keep)\nserver.get('${read}/:id', load)\nawait server.listen(8080)\n`

function filesOf(names: Names, keeps: Cast['keeps']): Record<string, string> {
  const { noun, mountPath } = names
  return {
    'src/server.js': `import { createServer } from './http.js'\nimport { keep, load } from './store.js'\n\n${routes(names)}`,
    'src/store.js':
      keeps === 'files'
        ? `import { readFile, writeFile } from 'node:fs/promises'\nimport { join } from 'node:path'\n\nconst place = (id) => join(process.env.STORE_DIR ?? '${mountPath}', \`${noun}-\${id}.bin\`)\n\nexport async function keep(request, reply) {\n  await writeFile(place(request.body.id), request.body.content)\n  return reply.status(201).end()\n}\n\nexport const load = async (request, reply) => reply.send(await readFile(place(request.params.id)))\n`
        : `import Database from 'better-sqlite3'\n\nconst db = new Database(\`\${process.env.STORE_DIR ?? '${mountPath}'}/${noun}.db\`)\nconst insert = db.prepare('insert or replace into ${noun}_rows (id, content) values (?, ?)')\nconst select = db.prepare('select content from ${noun}_rows where id = ?')\n\nexport function keep(request, reply) {\n  insert.run(request.body.id, request.body.content)\n  return reply.status(201).end()\n}\n\nexport const load = (request, reply) => reply.send(select.get(request.params.id))\n`,
  }
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const keeps = random.pick(['files', 'sqlite'] as const)
  const onset = builder.ago(`${random.int(15, 56)}m`)
  const plain = { 'src/server.js': "import { createServer } from './http.js'\nimport { keep } from './disk.js'\n\nawait createServer(keep).listen(8080)\n" }
  const of = (name: string, sentry: boolean, files: Record<string, string>): Service => {
    const made = builder.service({ name, namespace: names.namespace, description: 'Keeps what it is given on a disk of its own.', runs: 'kubernetes', replicas: 1, sentry, files })
    builder.deploy(made, { at: builder.daysAgo(random.int(9, 25)) })
    return made
  }
  const service = of(names.service, true, filesOf(names, keeps))
  const [neighbour, distant] = [of(names.neighbour, false, plain), of(names.distant, false, plain)]
  const other = builder.innocentDeploy(neighbour, before(onset, `${random.int(70, 200)}m`)).sha
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(4, 11)}m`)).sha
  const [node = '', away = ''] = random.sample(builder.world.kubernetes.objects.filter(({ kind }) => kind === 'Node'), 2).map(({ metadata }) => metadata.name)
  const disk = (): string => `vol-0${random.hex(16)}`
  const claim = (of: Service, name: string, mountPath: string, where: { disk: string; node: string }): string =>
    builder.cluster.claim(of, { name, mountPath, at: builder.daysAgo(random.int(90, 180)), sizeGi: random.pick([20, 50, 100]), storageClass: 'gp3', ...where })
  const sick = disk()
  const volume = claim(service, names.claim, names.mountPath, { disk: sick, node })
  claim(neighbour, names.neighbourClaim, '/data', { disk: disk(), node })
  claim(distant, names.distantClaim, '/data', { disk: disk(), node: away })
  return { names, keeps, service, neighbour, distant, onset, node, device: `nvme${random.int(1, 7)}n1`, disk: sick, volume, innocent, other }
}

/** The kubelet tells of the volume beside the pod, or the driver's health monitor tells of the claim; another claim has an event that is good news. */
function told(builder: WorldBuilder, { names, service, onset, node, device, disk }: Cast): void {
  const { random } = builder
  const at = before(builder.now, `${random.int(20, 170)}s`)
  const kernel = random.pick([`EXT4-fs (${device}): Remounting filesystem read-only`, `EXT4-fs error (device ${device}): ext4_journal_check_start:84: Detected aborted journal; Remounting filesystem read-only`, `blk_update_request: I/O error, dev ${device}, sector ${random.int(1_000_000, 90_000_000)}; Remounting filesystem read-only`])
  const warning = { at, firstAt: after(onset, '9s'), namespace: names.namespace, type: 'Warning' as const, reason: 'VolumeConditionAbnormal', count: random.int(4, 30) }
  if (random.chance(0.5)) builder.event({ ...warning, kind: 'PersistentVolumeClaim', name: names.claim, message: `${disk} on ${node}: ${kernel}` })
  else builder.event({ ...warning, kind: 'Pod', name: service.releases.at(-1)?.pods[0] ?? '', message: `Volume ${names.claim}: ${kernel}` })
  builder.event({ at: before(onset, `${random.int(1, 3)}m`), kind: 'PersistentVolumeClaim', name: names.neighbourClaim, namespace: names.namespace, reason: 'FileSystemResizeSuccessful', message: 'MountVolume.NodeExpandVolume succeeded for the volume' })
}

function traffic(builder: WorldBuilder, { names, service, neighbour, distant, onset }: Cast): void {
  const { random } = builder
  const [method = 'POST', path = '/'] = names.write.split(' ')
  const reads = { method: 'GET', path: `${names.read}/:id`, status: 200, ms: [2, 30] } as const
  builder.http(service, { from: builder.ago('90m'), to: onset, every: '4m', requests: [reads, { method, path, status: 201, ms: [6, 70] }] })
  builder.http(service, { from: after(onset, '10s'), to: builder.now, every: '3m', requests: [reads, { method, path, status: 500, ms: [1, 6] }] })
  for (const each of [neighbour, distant]) for (const at of ticks(builder.ago('90m'), builder.now, '8m', random.next)) builder.log(each, { at, level: 'info', message: `written ${random.int(1, 40)} files, ${random.int(10, 900)} kB` })
}

function failing(builder: WorldBuilder, { names, keeps, service, onset }: Cast): Story['asked'] {
  const [type, value] = keeps === 'files' ? ['Error', `EROFS: read-only file system, open '${names.mountPath}/${names.noun}-${builder.random.hex(6)}.bin'`] : ['SqliteError', 'attempt to write a readonly database']
  return builder.failures(service, {
    where: names.write, type, value, from: after(onset, '5s'), to: builder.now, every: '85s', events: builder.random.int(3, 11), users: 2, tags: { noun: names.noun },
    frames: [{ file: 'src/store.js', line: keeps === 'files' ? 'await writeFile(' : 'insert.run(', fn: 'keep' }],
    ...(keeps === 'files' ? { extra: { code: 'EROFS', errno: -30, syscall: 'open' } } : { extra: { code: 'SQLITE_READONLY' } }),
  })
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, node, device, disk, volume, innocent, other } = cast
  builder.company({ since: '90m', railway: 1, kubernetes: 1 })
  traffic(builder, cast)
  const issue = failing(builder, cast)
  told(builder, cast)
  builder.page('platform/disks.md', [
    '# Disks', '', 'A claim is one disk, attached to the node of its pod. The pod sees it at its mount path and cannot tell a good one from a bad one.', '', '| Claim | Service |', '| --- | --- |',
    ...[[names.claim, names.service], [names.neighbourClaim, names.neighbour], [names.distantClaim, names.distant]].map(([claim, of]) => `| ${claim ?? ''} | ${of ?? ''} |`), '',
    '- ext4 is mounted with `errors=remount-ro`: after an error of the disk it can be read and no more, until it was detached and checked (fsck).', '- A restart of the container does not attach anything anew. A new pod on the same node does not either.', '- Fuller than 85 %: enlarge the claim, takes a minute, no restart.',
  ])
  builder.page(`runbooks/${names.service}.md`, [`# ${names.service}`, '', `Keeps each ${names.noun} below ${names.mountPath}. The image runs as user 1000 with the rights it needs.`, '', '- `EACCES`: rights. `ENOSPC`: full. Both happened in spring after an upgrade of the base image.'])
  return {
    asked: builder.random.chance(0.6) ? issue : names.complaint,
    answer: rootCause(
      { kind: 'volume', name: names.claim, accepts: [id(names.claim), id(`${names.namespace}/${names.claim}`), id(volume), id(disk)], within: [id(names.namespace), id(names.service), id(node), id(device), pattern('\\b(?:pvc|persistentvolumeclaim|read-only|readonly|remounted|ext4|file ?system|mounted|disk)\\b')] },
      {
        required: [fact('device', 'the device whose file system was mounted again for reading only', [id(device), id(`/dev/${device}`)])],
        forbidden: [
          fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
          fact('earlier-deploy', 'a deploy of the neighbour', [id(other)]),
          fact('near-twin', 'the disk of the neighbour, which was only enlarged', [id(names.neighbourClaim)]),
        ],
      },
    ),
  }
}

/** A disk's file system is mounted read-only after an error; what is kept can be read and nothing new is. */
export const readOnlyVolume = defineFamily({
  slug: 'read-only-volume',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Reading works, saving does not',
  motivation:
    'A file system that meets an error of its disk goes read-only rather than write rubbish; the pod stays ready, and only the volume health of the driver or the kubelet tells (https://kubernetes.io/docs/concepts/storage/volume-health-monitoring/; mount option errors=remount-ro: https://man7.org/linux/man-pages/man5/ext4.5.html).',
  tell,
})
