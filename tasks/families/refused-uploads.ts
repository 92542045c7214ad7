import { fact, id, noFault } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Service } from '../../training/lab/world-builder/service-record.ts'

interface Names {
  readonly service: string
  readonly runs: 'railway' | 'kubernetes'
  readonly route: string
  /** What partners send, one file at a time. */
  readonly noun: string
  readonly layout: number
  /** The columns as agreed, one of which the sender now calls something else. */
  readonly columns: readonly string[]
  readonly expected: string
  readonly renamed: string
  /** The sender's own program: what it was, and what it calls itself now. */
  readonly agent: readonly [before: string, now: string]
  readonly otherAgent: string
}

const NAMES: readonly Names[] = [
  { service: 'price-intake', runs: 'railway', route: '/v1/price-lists', noun: 'price list', layout: 7, columns: ['gtin', 'net_price', 'valid_from'], expected: 'net_price', renamed: 'price_net_eur', agent: ['wareport/3.8', 'wareport/4.0'], otherAgent: 'stocklink/2.1' },
  { service: 'claims-inbox', runs: 'kubernetes', route: '/v2/claim-files', noun: 'claim file', layout: 12, columns: ['policy_no', 'loss_date', 'amount'], expected: 'loss_date', renamed: 'date_of_loss', agent: ['garagenet/5.2', 'garagenet/6.0'], otherAgent: 'adjust-pro/1.9' },
  { service: 'manifest-gate', runs: 'kubernetes', route: '/v1/manifests', noun: 'manifest', layout: 4, columns: ['container_no', 'hs_code', 'gross_kg'], expected: 'hs_code', renamed: 'taric', agent: ['hafenbote/11.3', 'hafenbote/12.0'], otherAgent: 'seaway-edi/7.7' },
  { service: 'grade-import', runs: 'railway', route: '/v1/grade-sheets', noun: 'grade sheet', layout: 3, columns: ['matriculation', 'module', 'points'], expected: 'matriculation', renamed: 'student_number', agent: ['campusblatt/2.4', 'campusblatt/2.5'], otherAgent: 'notenbuch/8.0' },
  { service: 'meter-upload', runs: 'railway', route: '/v3/readings-files', noun: 'readings file', layout: 9, columns: ['meter_id', 'read_at', 'kwh'], expected: 'read_at', renamed: 'timestamp_local', agent: ['zaehlwerk/1.7', 'zaehlwerk/2.0'], otherAgent: 'gridpost/4.4' },
]

/** What the check of the first line says in Sentry: the layout, and nothing of the sender's file. */
const complaint = ({ noun, layout }: Names): string => `first line of the ${noun} does not match layout ${layout}`

const files = (names: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { upload } from './upload.js'\n\nconst server = createServer()\nserver.post('${names.route}', upload)\nawait server.listen(8080)\n`,
  'src/upload.js': `import { LayoutError } from './errors.js'\nimport { columns } from './layout.js'\nimport { store } from './store.js'\nimport { log } from './log.js'\n\n// A file is taken whole or not at all; the sender gets 422 and may send it again.\nexport async function upload(request, reply) {\n  const [first = '', ...rows] = (await request.text()).split('\\n')\n  const found = first.split(';')\n  if (columns.some((column) => !found.includes(column))) {\n    log.warning('refused', { sender: request.sender, agent: request.agent, unknown: found.filter((each) => !columns.includes(each)) })\n    throw new LayoutError('${complaint(names)}')\n  }\n  return reply.status(201).json(await store(rows, found))\n}\n`,
  'src/layout.js': `// Layout ${names.layout}, see docs/layout.md.\nexport const columns = ${JSON.stringify(names.columns).replaceAll('"', "'")}\n`,
  'docs/layout.md': `# Layout ${names.layout}\n\nFor whoever sends us a ${names.noun}. UTF-8, semicolons, the first line names the columns:\n\n${names.columns.map((column) => `- \`${column}\``).join('\n')}\n\nMore columns are ignored. If one of these is missing, the whole file is refused with **422** and nothing of it is stored: half a ${names.noun} is worse than none. Whoever sends it gets the reason, corrects it and sends it again. A new layout is announced eight weeks ahead.\n`,
})

interface Cast {
  readonly names: Names
  readonly service: Service
  readonly sender: string
  readonly twin: string
  readonly others: readonly string[]
  readonly onset: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const names = random.pick(NAMES)
  const service = builder.service({ name: names.service, description: `Takes every ${names.noun} that partners send.`, runs: names.runs, namespace: 'exchange', files: files(names) })
  builder.deploy(service, { at: builder.daysAgo(random.int(6, 15)) })
  const [sender = '', twin = '', ...others] = random.sample([12, 17, 26, 31, 44, 58, 63, 79, 85, 92], 6).map((part) => `pt_${part}${random.int(100, 999)}`)
  return { names, service, sender, twin, others, onset: builder.ago(`${random.int(22, 75)}m`) }
}

/** Files that are taken, the sender's own among them until it changed its program; and one slip of another partner. */
function taken(builder: WorldBuilder, { names, service, sender, twin, others, onset }: Cast): void {
  const { random } = builder
  const line = (at: string, who: string, agent: string): void => {
    builder.log(service, { at, level: 'info', message: `stored ${names.noun} sender=${who} agent="${agent}" rows=${random.int(40, 2600)}` })
    builder.http(service, { from: at, to: new Date(Date.parse(at) + 1000).toISOString(), every: '1s', requests: [{ method: 'POST', path: names.route, status: 201, ms: [60, 900] }] })
  }
  for (const at of ticks(builder.ago('170m'), builder.now, '6m', random.next)) line(at, random.pick([...others, twin]), names.otherAgent)
  for (const at of ticks(builder.ago('170m'), before(onset, '9m'), '25m', random.next)) line(at, sender, names.agent[0])
  builder.log(service, { at: before(onset, '160s'), level: 'warning', message: `refused sender=${twin} agent="${names.otherAgent}" reason=empty file` })
  line(before(onset, '55s'), twin, names.otherAgent)
}

function refused(builder: WorldBuilder, { names, service, sender, onset }: Cast): ReturnType<WorldBuilder['failures']> {
  const { random } = builder
  const issue = builder.failures(service, {
    where: `POST ${names.route}`,
    type: 'LayoutError',
    value: complaint(names),
    level: 'warning',
    from: onset,
    to: builder.now,
    every: random.pick(['2m', '3m', '4m']),
    answered: { path: names.route, status: 422, ms: [5, 40] },
    frames: [{ file: 'src/upload.js', line: 'throw new LayoutError', fn: 'upload' }],
    says: () => `refused sender=${sender} agent="${names.agent[1]}" reason=layout unknown=${names.renamed}`,
    tags: { sender },
    events: random.int(2, 7),
    users: 1,
  })
  issue.userCount = 1
  for (const event of issue.events) {
    event.user = { id: sender }
    if (event.request) event.request.headers = { 'user-agent': names.agent[1], 'content-type': 'text/csv; charset=utf-8' }
  }
  return issue
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, sender, twin, onset } = cast
  const { random } = builder
  builder.company({ since: '170m', railway: 1, kubernetes: 1 })
  const innocent = builder.innocentDeploy(service, before(onset, `${random.int(5, 13)}m`))
  taken(builder, cast)
  const issue = refused(builder, cast)
  const since = issue.firstSeen.slice(11, 16)
  return {
    asked: random.pick([
      issue,
      issue,
      `${service.name} turns ${names.noun}s away since ${since} UTC, we deployed shortly before that. Did we break the import? Roll back?`,
      `Seit ${since} UTC lehnt ${service.name} Dateien mit 422 ab, kurz nach unserem Deploy. Haben wir am Einlesen etwas kaputt gemacht?`,
    ]),
    answer: noFault({
      required: [
        fact('sender', 'the one partner whose files are refused', [id(sender)]),
        fact('change', "what is different about its files: the column's new name, or the program that writes them now", [id(names.renamed), id(names.agent[1])]),
      ],
      forbidden: [fact('innocent-deploy', 'the deploy minutes before', [id(innocent.sha)]), fact('near-twin', 'a partner who sent one empty file and then a good one', [id(twin)])],
    }),
  }
}

/** One partner's new program writes another first line than agreed; its files are refused as the agreement says, everybody else's are taken. */
export const refusedUploads = defineFamily({
  slug: 'refused-uploads',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Files that were taken an hour ago are refused',
  motivation:
    'A 422 says that the server understood the request and that its content is wrong (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/422): a rising count of them after a deploy looks like our doing until somebody looks whose they are.',
  tell,
})
