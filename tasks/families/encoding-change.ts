import { fact, id, pattern, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { commitCulprit } from '../../training/lab/world-builder/commit-culprit.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

/** Where text and bytes no longer agree: as it is written, as it is read, or in a header that holds one byte a character. */
type Shape = 'written' | 'read' | 'header'

interface Names {
  readonly sender: string
  readonly reader: string
  readonly noun: string
  readonly prefix: string
  readonly header: string
  readonly title: Readonly<Record<Shape, string>>
  readonly complaint: string
}

const NAMES: readonly Names[] = [
  { sender: 'guest-letters', reader: 'print-room', noun: 'letter', prefix: 'gst', header: 'x-addressee', complaint: 'some guests got no letter', title: { written: 'Line up the columns of a batch', read: 'Refuse control characters early', header: 'Let the gateway sort by addressee' } },
  { sender: 'member-service', reader: 'card-press', noun: 'card', prefix: 'mbr', header: 'x-embossed-name', complaint: 'a few members wait for their card', title: { written: 'Fixed width for the embosser', read: 'Check a record before it is split', header: 'Put the embossed name where the press looks for it' } },
  { sender: 'parcel-desk', reader: 'customs-forms', noun: 'form', prefix: 'pcl', header: 'x-consignee', complaint: 'parcels to some people stay at the border', title: { written: 'Smaller batches for the slow line', read: 'Read records without a copy', header: 'Name the consignee for the audit log' } },
  { sender: 'donor-relations', reader: 'thank-you-mailer', noun: 'note', prefix: 'don', header: 'x-donor', complaint: 'donors ask why nobody thanked them', title: { written: 'One byte a column, as the plotter wants it', read: 'Fail on rubbish instead of storing it', header: 'Show the donor in the access log' } },
]

/** Names that any charset holds, names that need more than ASCII, and names that need more than Latin-1. */
const PLAIN = ['Anna Berg', 'Tom Fisk', 'Clara Winter', 'Ivan Horak', 'Mary Dunne', 'Peter Lang'] as const
const ACCENTED = ['Jürgen Kroll', 'Søren Dahl', 'Günther Adam', 'Börje Lund'] as const
const WIDE = ['Łukasz Wnuk', 'Nils 🌻 Aalto', 'Teodor Grković', 'Zdeněk Malý'] as const

/** Sources before and after the change of that shape, and which file it is in. */
interface Sources {
  readonly sender: Readonly<Record<string, string>>
  readonly reader: Readonly<Record<string, string>>
  readonly path: string
  readonly changed: string
}

const WRITE = 'src/write.js'
const SEND = 'src/send.js'
const DECODE = 'reader/decode.py'
const DECODE_JS = 'src/decode.js'

const write = (charset: string): string => `// A record is one line: id, name, city.\nexport function record({ id, name, city }) {\n  return Buffer.from(\`\${id};\${name};\${city}\\n\`, '${charset}')\n}\n`
const send = ({ header, noun }: Names, named: boolean): string =>
  `import { record } from './write.js'\n\nexport async function send(entry) {\n  const headers = { 'content-type': 'application/octet-stream'${named ? `, '${header}': entry.name` : ''} }\n  const response = await fetch(process.env.READER_URL, { method: 'POST', headers, body: record(entry) })\n  if (response.status !== 201) console.log(\`${noun} not taken id=\${entry.id} status=\${response.status}\`)\n}\n`
const decode = (charset: string): string => `def fields(raw: bytes) -> list[str]:\n    text = raw.decode("${charset}")\n    return text.rstrip("\\n").split(";")\n`
const DECODER = "const utf8 = new TextDecoder('utf-8', { fatal: true })\n\nexport function fields(raw) {\n  return utf8.decode(raw).trimEnd().split(';')\n}\n"

function sources(names: Names, shape: Shape, python: boolean): Sources {
  return {
    sender: { 'src/server.js': "import { round } from './round.js'\nimport { hourly } from './schedule.js'\n\n// Every hour at the same minute, whatever is new.\nhourly(process.env.ROUND_MINUTE, round)\n", 'src/round.js': `import { fresh } from './fresh.js'\nimport { send } from './send.js'\n\nexport async function round() {\n  for await (const entry of fresh('${names.noun}')) await send(entry)\n}\n`, [WRITE]: write('utf8'), [SEND]: send(names, false) },
    reader: python ? { 'reader/app.py': 'from reader.decode import fields\nfrom reader.store import store\n\n\ndef take(request):\n    return store(*fields(request.data)), 201\n', [DECODE]: decode('utf-8') } : { 'src/server.js': "import { fields } from './decode.js'\nimport { store } from './store.js'\n\nserve('POST', async (request) => store(...fields(await request.bytes())))\n", [DECODE_JS]: DECODER },
    ...{ written: { path: WRITE, changed: write('latin1') }, read: { path: DECODE, changed: decode('ascii') }, header: { path: SEND, changed: send(names, true) } }[shape],
  }
}

interface Cast {
  readonly names: Names
  readonly shape: Shape
  readonly python: boolean
  readonly sender: Service
  readonly reader: Service
  readonly onset: string
  readonly path: string
  readonly guilty: string
  readonly guiltyService: Service
  readonly twin: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const shape = random.pick<Shape>(['written', 'read', 'header'])
  const python = shape === 'read' || random.chance(0.5)
  const { path, changed, ...files } = sources(names, shape, python)
  // A round begins on the hour or so; the change went live after the last one.
  const onset = builder.ago(`${random.int(16, 50)}m`)
  const reader = builder.service({ name: names.reader, description: `Takes one ${names.noun} a request.`, runs: 'kubernetes', namespace: 'paper', platform: python ? 'python' : 'node', files: files.reader })
  const sender = builder.service({ name: names.sender, description: `Sends every new ${names.noun} to ${names.reader}, hourly.`, runs: 'railway', files: files.sender, dependsOn: [names.reader], variables: { READER_URL: `http://${names.reader}.internal:8080/`, ROUND_MINUTE: String(Number(onset.slice(14, 16))) } })
  const [guiltyService, other] = shape === 'read' ? [reader, sender] : [sender, reader]
  builder.deploy(guiltyService, { at: builder.daysAgo(random.int(6, 14)) })
  const trim = `Trim names before they are ${other === sender ? 'sent' : 'kept'}`
  const twin = builder.commit(other.name, { at: builder.daysAgo(random.int(2, 4)), message: trim, pull: trim, files: other === reader && python ? { 'reader/trim.py': 'def trim(name: str) -> str:\n    return " ".join(name.split())\n' } : { 'src/trim.js': "export const trim = (name) => name.normalize('NFC').replaceAll(/\\s+/g, ' ').trim()\n" } })
  builder.deploy(other, { at: builder.daysAgo(1) })
  const live = before(onset, `${random.int(24, 46)}m`)
  const guilty = builder.commit(guiltyService.name, { at: before(live, '3m'), message: names.title[shape], pull: names.title[shape], files: { [path]: changed } })
  builder.deploy(guiltyService, { at: live })
  return { names, shape, python, sender, reader, onset, path, guilty, guiltyService, twin }
}

/** What one record that does not pass raises, by its name and id. */
function raised({ shape, python }: Cast, record: string, name: string): { type: string; value: string; raw: string } {
  const line = `${record};${name};`
  const bytes = [...Buffer.from(line, shape === 'read' ? 'utf8' : 'latin1')]
  const at = bytes.findIndex((byte) => byte > 127)
  const raw = `b'${bytes.map((byte) => (byte > 127 ? `\\x${byte.toString(16)}` : String.fromCharCode(byte))).join('')}..'`
  const byte = `0x${(bytes[at] ?? 0).toString(16)}`
  if (shape === 'header') {
    const wide = name.split('').findIndex((unit) => unit.charCodeAt(0) > 255)
    return { type: 'TypeError', value: `Cannot convert argument to a ByteString because the character at index ${wide} has a value of ${name.charCodeAt(wide)} which is greater than 255.`, raw: name }
  }
  if (shape === 'read') return { type: 'UnicodeDecodeError', value: `'ascii' codec can't decode byte ${byte} in position ${at}: ordinal not in range(128)`, raw }
  return python ? { type: 'UnicodeDecodeError', value: `'utf-8' codec can't decode byte ${byte} in position ${at}: invalid start byte`, raw } : { type: 'TypeError', value: 'The encoded data was not valid for encoding utf-8', raw }
}

function rounds(builder: WorldBuilder, cast: Cast): ReturnType<WorldBuilder['failures']> {
  const { random } = builder
  const { names, shape, sender, reader, onset, path, python } = cast
  const record = (): string => `${names.prefix}_${random.int(10_000, 99_999)}`
  // Latin-1 keeps the lower byte of what it does not hold: such a name passes, and is another one.
  const fine = [...PLAIN, ...{ written: ['Aukasz Wnuk'], read: [], header: ACCENTED }[shape]]
  const kept = (from: string, to: string, all: readonly string[]): void => {
    for (const at of ticks(from, to, '2m', random.next)) builder.log(reader, { at, level: 'info', message: `kept id=${record()} name="${random.pick(all)}"` })
  }
  for (const from of [before(onset, '120m'), before(onset, '60m')]) {
    builder.log(sender, { at: from, level: 'info', message: `round begins, ${random.int(180, 420)} new` })
    kept(from, after(from, '14m'), [...PLAIN, ...ACCENTED, ...WIDE])
  }
  builder.log(sender, { at: onset, level: 'info', message: `round begins, ${random.int(180, 420)} new` })
  kept(onset, builder.now, fine)
  builder.http(reader, { from: onset, to: builder.now, every: '70s', requests: [{ method: 'POST', path: '/', status: 201, ms: [8, 50] }] })
  const broken = shape === 'header' ? WIDE : ACCENTED
  const says = (): string => {
    const [one, name] = [record(), random.pick(broken)]
    const { type, value, raw } = raised(cast, one, name)
    return `${names.noun} id=${one} refused: ${type}: ${value} data=${raw}`
  }
  const shown = record()
  const first = raised(cast, shown, random.pick(broken))
  const frame = shape === 'header' ? { file: path, line: 'await fetch(', fn: 'send' } : { file: python ? DECODE : DECODE_JS, line: python ? 'raw.decode(' : 'utf8.decode(', fn: 'fields' }
  return builder.failures(shape === 'header' ? sender : reader, {
    where: shape === 'header' ? 'round' : 'POST /',
    type: first.type,
    value: first.value,
    from: after(onset, '8s'),
    to: builder.now,
    every: '90s',
    ...(shape === 'header' ? {} : { answered: { status: python ? 500 : 422, path: '/', ms: [3, 14] as const } }),
    frames: [{ ...frame, vars: shape === 'header' ? { entry: { id: shown, name: first.raw } } : { raw: first.raw } }],
    says,
    events: random.int(2, 5),
    users: 0,
  })
}

function answerOf(builder: WorldBuilder, { names, shape, path, guilty, guiltyService, twin }: Cast, innocent: string, asked: Story['asked']): Story['answer'] {
  const how = {
    written: fact('charset', 'the charset records are written in now', [pattern('\\blatin[- ]?1\\b'), pattern('\\biso[- ]?8859[- ]?1\\b')]),
    read: fact('charset', 'the charset records are read in now', [pattern('\\bascii\\b')], { inAlert: typeof asked !== 'string' }),
    header: fact('header', 'the header that the name went into', [id(names.header)]),
  }[shape]
  return rootCause(commitCulprit(builder, guiltyService.name, guilty, [path]), {
    required: [how, fact('file', 'where it was changed', [id(path), id(path.split('/').at(-1) ?? path)])],
    forbidden: [
      fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent)]),
      fact('near-twin', 'a change that trims names, days ago', [id(twin)]),
    ],
  })
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, shape, sender, reader, onset } = cast
  const { random } = builder
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  const failing = shape === 'header' ? sender : reader
  const innocent = builder.innocentDeploy(failing, before(onset, `${random.int(4, 9)}m`))
  const issue = rounds(builder, cast)
  builder.page(`services/${names.sender}.md`, [
    `# ${names.sender} and ${names.reader}`,
    '',
    `Once an hour ${names.sender} sends what is new, one ${names.noun} a request, one line: id, name, city. What ${names.reader} refuses is not sent again.`,
    '',
    '- Names are names: people have letters and signs of all kinds in them, and we keep them as they were typed.',
    `- Nachsenden von Hand: \`${names.sender}\` neu anstoßen, mit der Liste der ids.`,
  ])
  const asked = random.pick([
    issue,
    issue,
    `${names.complaint}, most are fine. I see nothing they have in common. ${failing.name} was deployed just before the round at ${onset.slice(11, 16)} UTC, so that?`,
    `${failing.name} throws for a few percent of the ${names.noun}s since the round of ${onset.slice(11, 16)}, the rest goes through. anybody touched it today besides the last deploy?`,
  ])
  return { asked, answer: answerOf(builder, cast, innocent.sha, asked) }
}

/** A change takes text for bytes of another charset; records whose names need more than it holds fail, the others do not. */
export const encodingChange = defineFamily({
  slug: 'encoding-change',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'A few records of a round fail',
  motivation:
    'Bytes do not say which charset they are in; who changes one side breaks exactly the people whose names need more than ASCII (what decoders do with that: https://docs.python.org/3/howto/unicode.html; a header value is a byte string: https://fetch.spec.whatwg.org/#concept-header-value). Tests with plain names pass.',
  tell,
})
