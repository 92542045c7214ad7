import type { Answer } from '../../src/core/task.ts'
import { fact, id, number, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { before, ticks } from '../../training/lab/world-builder/moments.ts'
import { migrationForms, type SchemaChange, schemaRepository } from '../../training/lab/world-builder/schema-repository.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly bucket: string
  /** Another bucket, whose settings were changed too, to no harm. */
  readonly twin: string
  readonly route: string
  readonly file: string
  /** Types people upload; the last is the one that is no longer taken when types are narrowed. */
  readonly types: readonly [string, string, string]
}

const NAMES: readonly Names[] = [
  { service: 'claim-intake', bucket: 'claim-photos', twin: 'claim-letters', route: 'POST /v1/claims/:id/attachments', file: 'attachment', types: ['image/jpeg', 'image/png', 'image/heic'] },
  { service: 'course-studio', bucket: 'lecture-media', twin: 'lecture-handouts', route: 'POST /v1/lessons/:id/clips', file: 'clip', types: ['video/mp4', 'video/webm', 'video/quicktime'] },
  { service: 'survey-desk', bucket: 'site-scans', twin: 'site-plans', route: 'POST /v1/surveys/:id/pages', file: 'page', types: ['application/pdf', 'image/png', 'image/tiff'] },
  { service: 'case-notes', bucket: 'case-recordings', twin: 'case-transcripts', route: 'POST /v1/cases/:id/notes', file: 'note', types: ['audio/mpeg', 'audio/mp4', 'audio/ogg'] },
  { service: 'tender-portal', bucket: 'bid-documents', twin: 'bid-drawings', route: 'POST /v1/tenders/:id/offers', file: 'offer', types: ['application/pdf', 'application/msword', 'application/zip'] },
]

/** What was narrowed, and how: by a migration, or in the dashboard. */
interface Shape {
  readonly what: 'size' | 'types'
  readonly how: 'migration' | 'dashboard'
}

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly service: Service
  readonly changed: string
  readonly onset: string
  /** MiB: what a file may have now, and what it could have. */
  readonly limit: number
  readonly formerLimit: number
  readonly migration: SchemaChange | null
  readonly twin: SchemaChange | null
}

const MIB = 1024 * 1024
const EXTENSIONS: Readonly<Record<string, string>> = { quicktime: 'mov', msword: 'doc', mpeg: 'mp3', jpeg: 'jpg' }
const extension = (type: string): string => {
  const [, name = 'bin'] = type.split('/')
  return EXTENSIONS[name] ?? name
}
const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`
const REFUSALS = {
  size: { status: '413', error: 'Payload too large', code: 'EntityTooLarge', message: 'The object exceeded the maximum allowed size' },
  types: { status: '415', error: 'invalid_mime_type', code: 'InvalidMimeType', message: 'mime type' },
} as const

const files = ({ bucket, route, file }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { keep } from './${file}.js'\n\n// Phones send large files.\nconst server = createServer({ bodyLimit: 60 * 1024 * 1024 })\nserver.post('${route.split(' ')[1] ?? ''}', keep)\nawait server.listen(8080)\n`,
  [`src/${file}.js`]: `import { storage } from './storage.js'\n\nexport class UploadError extends Error {}\n\nexport async function keep(request, reply) {\n  const { name, type, bytes } = await request.file()\n  const { data, error } = await storage.from('${bucket}').upload(\`\${request.params.id}/\${name}\`, bytes, { contentType: type })\n  if (error) throw new UploadError(\`storage answered \${error.statusCode} \${error.error}\`, { cause: error })\n  console.log(\`kept \${data.fullPath} \${type} \${bytes.length} bytes\`)\n  return reply.code(201).json(data)\n}\n`,
  'src/storage.js': "import { createClient } from '@supabase/supabase-js'\n\nexport const { storage } = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SECRET_KEY)\n",
})

/** A bucket's settings as one statement. */
const settings = (bucket: string, limit: number, types: readonly string[] | null): string =>
  `update storage.buckets set file_size_limit = ${limit * MIB}${types === null ? '' : `, allowed_mime_types = array[${types.map((type) => `'${type}'`).join(', ')}]`} where id = '${bucket}'`

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const drawn = random.pick(NAMES)
  const place = random.pick(['-at', '-de', '-es', '-fr', '-nl', '-se', '-eu', '-v2', '-v3', ''])
  const [first = '', second = '', third = ''] = random.sample(drawn.types, 3)
  const names: Names = { ...drawn, types: [first, second, third], bucket: `${drawn.bucket}${place}`, twin: `${drawn.twin}${place}` }
  const shape: Shape = { what: random.chance(0.55) ? 'size' : 'types', how: random.chance(0.6) ? 'migration' : 'dashboard' }
  const onset = builder.ago(`${random.int(18, 51)}m`)
  const changed = before(onset, `${random.int(15, 130)}s`)
  const formerLimit = random.pick([40, 50, 60])
  const limit = shape.what === 'size' ? random.pick([2, 3, 4, 6]) : formerLimit
  const kept = shape.what === 'size' ? names.types : names.types.slice(0, 2)
  const service = builder.service({
    name: names.service,
    description: `Takes ${names.file}s and keeps them.`,
    runs: random.chance(0.5) ? 'railway' : 'kubernetes',
    namespace: 'web',
    files: files(names),
    variables: { SUPABASE_URL: 'https://db.example', SUPABASE_SECRET_KEY: 'sb_secret_x' },
  })
  builder.database.repository({ at: builder.daysAgo(210), readme: '# database\n\nTables, policies and buckets. The workflow `migrate` applies what reaches main.\n' })
  builder.deploy(service, { at: builder.daysAgo(4) })
  const born = builder.daysAgo(random.int(100, 160))
  builder.database.change({ at: born, name: `buckets_of_${names.service.replaceAll('-', '_')}`, title: `Buckets for ${names.service}`, statements: [names.bucket, names.twin].map((each) => `insert into storage.buckets (id, name, public) values ('${each}', '${each}', false)`) })
  const twin = change(builder, shape, { at: before(changed, `${random.int(7, 18)}m`), born, bucket: names.twin, limit: formerLimit + 40, types: null, name: `room_for_${names.file}s`, title: `Larger files in ${names.twin}` })
  const migration = change(builder, shape, {
    at: changed, born, bucket: names.bucket, limit, types: kept,
    name: random.pick(['bucket_settings', 'storage_defaults', 'storage_review']),
    title: random.pick(['Settings of buckets under version control', 'What the storage review asked for', 'No open-ended buckets']),
  })
  return { names, shape, service, changed, onset, limit, formerLimit, migration, twin }
}

interface Change extends Pick<SchemaChange, 'name'> {
  readonly at: string
  readonly born: string
  readonly bucket: string
  readonly limit: number
  readonly types: readonly string[] | null
  readonly title: string
}

/** New settings of a bucket, as they stand now: by a migration, or as the dashboard's call of the storage service. */
function change(builder: WorldBuilder, { how }: Shape, { at, born, bucket, limit, types, name, title }: Change): SchemaChange | null {
  builder.database.bucket({ id: bucket, at: born, sizeLimit: limit * MIB, mimeTypes: types })
  builder.sql({ data: `update storage.buckets set updated_at = '${at}' where id = '${bucket}';` })
  if (how === 'migration') return builder.database.change({ at, name, title, statements: [settings(bucket, limit, types)] })
  builder.database.storageLog({ at, method: 'PUT', path: `/bucket/${bucket}`, status: 200, fields: { 'request.headers.user_agent': 'Mozilla/5.0', referer: 'https://supabase.com/dashboard' } })
  return null
}

interface Upload {
  readonly at: string
  readonly path: string
  readonly type: string
  readonly bytes: number
}

/** An upload that would have been taken before; `fits`: it would be taken now too. */
function draw(builder: WorldBuilder, { names, shape, limit, formerLimit }: Cast, at: string, fits: boolean): Upload {
  const { random } = builder
  const type = shape.what === 'types' && !fits ? names.types[2] : random.pick(names.types.slice(0, 2))
  const [low, high] = shape.what === 'size' ? (fits ? [0.2, limit * 0.9] : [limit * 1.2, formerLimit * 0.8]) : [0.4, 9]
  return { at, type, path: `${random.int(2000, 9000)}/${names.file}-${random.hex(6)}.${extension(type)}`, bytes: Math.round((low + random.next() * (high - low)) * MIB) }
}

/** An upload as the storage service and the gateway log it. */
function request(builder: WorldBuilder, { names, shape }: Cast, { at, path, type, bytes }: Upload, taken: boolean): void {
  const { code, message, status } = REFUSALS[shape.what]
  const said = shape.what === 'size' ? message : `${message} ${type} is not supported`
  builder.edgeLog({ at, method: 'POST', path: `/storage/v1/object/${names.bucket}/${path}`, status: taken ? 200 : 400, client: 'supabase-js-node/2.109.0' })
  builder.database.storageLog({
    at, method: 'POST', path: `/object/${names.bucket}/${path}`, status: taken ? 200 : 400,
    ...(taken ? {} : { error: { code, message: said } }),
    fields: { 'request.headers.content_type': type, 'request.headers.content_length': bytes, ...(taken ? {} : { 'error.status_code': status }) },
  })
}

function uploads(builder: WorldBuilder, cast: Cast): ReturnType<WorldBuilder['issue']> {
  const { random } = builder
  const { names, shape, service, onset } = cast
  const path = names.route.split(' ')[1] ?? '/'
  const { status, error } = REFUSALS[shape.what]
  const kept: Upload[] = [
    ...ticks(builder.ago('105m'), onset, '9m', random.next).map((at) => draw(builder, cast, at, random.chance(0.4))),
    ...ticks(onset, builder.ago('10s'), '9m', random.next).map((at) => draw(builder, cast, at, true)),
  ]
  for (const upload of kept) {
    request(builder, cast, upload, true)
    builder.log(service, { at: upload.at, level: 'info', message: `kept ${names.bucket}/${upload.path} ${upload.type} ${upload.bytes} bytes` })
  }
  builder.sql({
    data: `insert into storage.objects (bucket_id, name, created_at, updated_at, metadata) values\n${kept.map(({ at, path: name, type, bytes }) => `  ('${names.bucket}', '${name}', '${at}', '${at}', '{"size": ${bytes}, "mimetype": "${type}"}')`).join(',\n')};`,
  })
  // Every failure is of another file.
  const refused = new Map<string, Upload>()
  const fileAt = (at: string): Upload => {
    const upload = refused.get(at) ?? draw(builder, cast, at, false)
    refused.set(at, upload)
    return upload
  }
  return builder.failures(service, {
    where: names.route,
    type: 'UploadError',
    value: `storage answered ${status} ${error}`,
    from: onset,
    to: builder.ago('10s'),
    every: '160s',
    ...(service.spec.runs === 'railway' ? { answered: { status: 500, path, ms: [90, 900] as const } } : {}),
    frames: [{ file: `src/${names.file}.js`, line: 'throw new UploadError', fn: 'keep' }],
    says: (at) => `UploadError: storage answered ${status} ${error} (${names.bucket}, ${fileAt(at).type}, ${mib(fileAt(at).bytes)})`,
    inside: (at) => [{ service, op: 'http.client', description: `POST https://db.example/storage/v1/object/${names.bucket}/${fileAt(at).path}`, ms: 88, status: 'invalid_argument', data: { 'http.request.body.size': fileAt(at).bytes } }],
    breadcrumbs: (at) => [{ time: at, category: 'upload', level: 'info', message: `${fileAt(at).type}, ${mib(fileAt(at).bytes)}` }],
    leaves: ({ at }) => request(builder, cast, fileAt(at), false),
    events: 5,
    users: 4,
  })
}

function pages(builder: WorldBuilder, { names, formerLimit }: Cast): void {
  builder.page('storage/buckets.md', [
    '# Buckets',
    '',
    'What we promised the apps. The project itself takes up to 500 MiB a file; a bucket may take less.',
    '',
    '| Bucket | Largest file | Types | Written by |',
    '| --- | --- | --- | --- |',
    `| ${names.twin} | whatever comes | any | ${names.service} |`,
    `| ${names.bucket} | ${formerLimit} MiB | ${names.types.join(', ')} | ${names.service} |`,
    '',
    '_Stand: Frühjahr. Bitte nachtragen, wenn sich etwas ändert._',
  ])
}

function answerOf({ names, shape, service, limit, migration, twin }: Cast, innocent: Release): Answer {
  const bucket = [id(names.bucket), id(`storage/${names.bucket}`)]
  const places = [id('storage.buckets'), id('file_size_limit'), id('allowed_mime_types'), id(service.name)]
  return rootCause(
    migration === null
      ? { kind: 'bucket', name: names.bucket, accepts: bucket, within: places }
      : { kind: 'migration', name: `${migration.version}_${migration.name}`, accepts: migrationForms(migration), within: [id(schemaRepository), ...bucket, ...places] },
    {
      required: [
        shape.what === 'size'
          ? fact('limit', 'how large a file may be now', [number(limit * MIB), ...['MiB', 'MB', 'megabytes'].map((unit) => number(limit, unit))])
          : fact('type', 'the type of files that is not taken any more', [id(names.types[2])]),
        ...(migration === null ? [] : [fact('bucket', 'the bucket that takes less', bucket)]),
      ],
      forbidden: [
        fact('near-twin', 'the other bucket, which takes more than before', [id(names.twin), ...(twin === null ? [] : migrationForms(twin).slice(0, 6))]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  builder.company({ since: '90m', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(cast.service, before(cast.changed, '4m'))
  builder.database.ordinaryLoad(builder.daysAgo(13))
  pages(builder, cast)
  return { asked: uploads(builder, cast), answer: answerOf(cast, innocent) }
}

/** A bucket is made to take smaller files, or fewer types of them, than people upload. */
export const uploadLimit = defineFamily({
  slug: 'upload-limit',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Some files cannot be uploaded any more',
  motivation:
    'A bucket refuses what is larger than its own limit, or of a type that is not on its list, whatever the project allows (https://supabase.com/docs/guides/storage/uploads/file-limits; error codes: https://supabase.com/docs/guides/storage/debugging/error-codes). Most uploads still fit, the code did not change, and another bucket was changed minutes before.',
  tell,
})
