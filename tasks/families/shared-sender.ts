import { fact, id, undecided } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

/** One of those that post through the relay: its name, and how it came to count otherwise. */
interface Poster {
  readonly service: string
  readonly runs: 'railway' | 'kubernetes'
  readonly title: string
  readonly was: string
  readonly now: string
}

interface Names {
  /** Works through what came in, some minutes later. */
  readonly service: string
  readonly namespace: string
  readonly noun: string
  readonly field: string
  readonly posters: readonly [Poster, Poster]
  /** Posts past the relay, under a name of its own, and changed as well. */
  readonly apart: Poster
  /** The name that whatever comes through the relay has. */
  readonly identity: string
  readonly relay: string
}

const NAMES: readonly Names[] = [
  {
    service: 'stock-ledger', namespace: 'goods', noun: 'movement', field: 'quantity', identity: 'svc-relay', relay: 'event-relay',
    posters: [{ service: 'goods-inward', runs: 'railway', title: 'Post what is left after rejects', was: 'delivered', now: 'delivered - rejected' }, { service: 'returns-bench', runs: 'kubernetes', title: 'Post returns net of scrap', was: 'returned', now: 'returned - scrapped' }],
    apart: { service: 'till-feed', runs: 'railway', title: 'Till: net of voided lines', was: 'sold', now: 'sold - voided' },
  },
  {
    service: 'points-book', namespace: 'loyalty', noun: 'entry', field: 'points', identity: 'svc-internal', relay: 'inner-gate',
    posters: [{ service: 'purchase-points', runs: 'kubernetes', title: 'Purchases: less the points of vouchers', was: 'earned', now: 'earned - vouchers' }, { service: 'campaign-points', runs: 'railway', title: 'Campaigns: less what was granted before', was: 'bonus', now: 'bonus - granted' }],
    apart: { service: 'partner-points', runs: 'kubernetes', title: 'Partners: less what they keep', was: 'miles', now: 'miles - kept' },
  },
  {
    service: 'hours-account', namespace: 'people', noun: 'booking', field: 'minutes', identity: 'svc-shared', relay: 'posting-relay',
    posters: [{ service: 'gate-terminal', runs: 'railway', title: 'Terminal: take the break off at once', was: 'present', now: 'present - breaks' }, { service: 'absence-desk', runs: 'railway', title: 'Absences: take clashing shifts off', was: 'absent', now: 'absent - clashing' }],
    apart: { service: 'field-app', runs: 'kubernetes', title: 'Field: minutes without the way there', was: 'onSite', now: 'onSite - way' },
  },
  {
    service: 'credit-journal', namespace: 'finance', noun: 'posting', field: 'cents', identity: 'svc-bus', relay: 'bus-bridge',
    posters: [{ service: 'refund-runner', runs: 'kubernetes', title: 'Refunds: keep the fee back', was: 'refund', now: 'refund - fee' }, { service: 'goodwill-desk', runs: 'railway', title: 'Goodwill: less what was credited before', was: 'credit', now: 'credit - earlier' }],
    apart: { service: 'chargeback-feed', runs: 'railway', title: 'Chargebacks: less our costs', was: 'amount', now: 'amount - costs' },
  },
]

const posterFiles = ({ noun, field, relay }: Names, value: string, through: boolean): Record<string, string> => ({
  [`src/${noun}.js`]: `// Values come from people and machines; zero is left to whoever takes it.\nexport const ${noun} = (source) => {\n  const { ${value.replace(' - ', ', ')} } = source\n  return { ref: source.ref, ${field}: ${value} }\n}\n`,
  'src/server.js': `import { source } from './source.js'\nimport { ${noun} } from './${noun}.js'\nimport { post } from './post.js'\nimport { log } from './log.js'\n\nlet sent = 0\nsource.on('item', async (item) => {\n  await post(${through ? `'https://${relay}.internal/in'` : 'process.env.JOURNAL_URL'}, ${noun}(item))\n  sent += 1\n})\nsetInterval(() => log.info(\`posted \${sent} so far\`), 600_000)\n`,
})

const serviceFiles = ({ noun, field }: Names): Record<string, string> => ({
  'src/server.js': `import { inbox } from './inbox.js'\nimport { book } from './book.js'\n\n// Whoever posts has had its 202 long ago when this runs.\ninbox.each(book)\n`,
  'src/book.js': `import { EmptyError } from './errors.js'\nimport { journal } from './journal.js'\n\nexport async function book({ sender, ${field} }) {\n  if (${field} === 0) throw new EmptyError('${noun} without ${field}')\n  await journal.add({ sender, ${field} })\n}\n`,
})

const relayFiles = ({ identity }: Names): Record<string, string> => ({
  'src/server.js': `import { createServer } from './http.js'\nimport { forward } from './forward.js'\n\nconst server = createServer()\nserver.post('/in', async (request, reply) => {\n  forward(request.body)\n  return reply.status(202).send()\n})\nawait server.listen(8080)\n`,
  'src/forward.js': `import { batch } from './batch.js'\nimport { sign } from './sign.js'\n\n// Collected for two minutes and shuffled, then sent as one: a fresh request, with our own name and none of the headers that came in.\nexport const forward = batch('2m', (bodies) => fetch(process.env.INBOX_URL, { method: 'POST', headers: sign('${identity}'), body: JSON.stringify(bodies.map(({ ref, ...rest }) => rest)) }))\n`,
})

interface Cast {
  readonly names: Names
  readonly service: Service
  readonly relay: Service
  readonly posters: readonly Service[]
  readonly apart: Service
  readonly releases: readonly Release[]
  readonly innocent: Release
  readonly onset: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const drawn = random.pick(NAMES)
  const names = { ...drawn, identity: `${drawn.identity}-${random.hex(4)}` }
  const started = builder.ago(`${random.int(34, 80)}m`)
  const add = (poster: Poster, through: boolean): Service => {
    const service = builder.service({ name: poster.service, description: `Posts every ${names.noun} it learns of.`, runs: poster.runs, namespace: names.namespace, dependsOn: [through ? names.relay : names.service], files: posterFiles(names, poster.was, through) })
    builder.deploy(service, { at: builder.daysAgo(random.int(9, 30)) })
    return service
  }
  const service = builder.service({ name: names.service, description: `Books each ${names.noun}.`, runs: 'kubernetes', namespace: names.namespace, files: serviceFiles(names) })
  const relay = builder.service({ name: names.relay, description: 'Collects what services post and passes it on.', runs: 'kubernetes', namespace: names.namespace, dependsOn: [names.service], files: relayFiles(names) })
  for (const each of [service, relay]) builder.deploy(each, { at: builder.daysAgo(random.int(6, 28)) })
  const posters = names.posters.map((poster) => add(poster, true))
  const apart = add(names.apart, false)
  const change = (poster: Poster, through: boolean, at: string): void => {
    builder.cluster.mergeChange(poster.service, { at: before(at, '50s'), title: poster.title, files: posterFiles(names, poster.now, through) })
  }
  change(names.apart, false, before(started, '7m'))
  builder.deploy(apart, { at: before(started, '7m') })
  const innocent = builder.innocentDeploy(service, before(started, `${random.int(9, 16)}m`))
  // Both are live before the relay sends the next batch, so the clock does not tell them apart.
  const releases = random.sample([0, 1], 2).flatMap((index, place) => {
    const [poster, placed] = [names.posters[index], posters[index]]
    if (!poster || !placed) return []
    const at = after(started, `${place * random.int(5, 40)}s`)
    change(poster, true, at)
    return [builder.deploy(placed, { at })]
  })
  const live = releases.map(({ liveAt }) => liveAt).toSorted().at(-1) ?? started
  return { names, service, relay, posters, apart, releases, innocent, onset: after(live, `${random.int(70, 150)}s`) }
}

function traffic(builder: WorldBuilder, { names, service, relay, posters, apart, onset }: Cast): ReturnType<WorldBuilder['failures']> {
  const { random } = builder
  const from = builder.ago('110m')
  for (const each of [...posters, apart]) {
    let sent = random.int(4000, 9000)
    for (const at of ticks(from, builder.now, '10m', random.next)) builder.log(each, { at, level: 'info', message: `posted ${(sent += random.int(18, 60))} so far` })
  }
  for (const at of ticks(from, builder.now, '6m', random.next)) builder.log(relay, { at, level: 'info', message: `passed on ${random.int(9, 40)} in one batch, 202` })
  for (const at of ticks(from, builder.now, '6m', random.next)) builder.log(service, { at, level: 'info', message: `booked ${names.noun} sender=${random.chance(0.7) ? names.identity : `svc-${names.apart.service}`} ${names.field}=${random.int(3, 900)}` })
  return builder.failures(service, {
    where: `inbox.${names.noun}`,
    type: 'EmptyError',
    value: `${names.noun} without ${names.field}`,
    from: onset,
    to: builder.now,
    every: '95s',
    frames: [{ file: 'src/book.js', line: 'throw new EmptyError', fn: 'book', vars: { sender: names.identity, [names.field]: 0 } }],
    says: () => `EmptyError: ${names.noun} without ${names.field} sender=${names.identity} request=${random.uuid()}`,
    inside: () => [{ service, op: 'queue.process', description: 'inbox', ms: random.int(3, 12) }],
    tags: { sender: names.identity },
    events: random.int(3, 9),
    users: 0,
  })
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, service, posters, apart, innocent } = cast
  const { random } = builder
  builder.company({ since: '100m', railway: 1, kubernetes: 0 })
  const issue = traffic(builder, cast)
  builder.page(`services/${names.relay}.md`, [
    `# ${names.relay}`,
    '',
    `Through it: ${random.sample(names.posters, 2).map((each) => each.service).join(', ')}. Past it, with a name of its own (\`svc-${names.apart.service}\`): ${names.apart.service}.`,
    '',
    `- To ${names.service} all that comes through here is \`${names.identity}\`. A request id that came in ends here; the one that ${names.service} prints is that of the batch's own item.`,
    '- Bodies are kept nowhere, neither here nor by those who post.',
    '- Offen: Absender mitgeben. Seit dem Frühjahr auf der Liste.',
  ])
  const since = issue.firstSeen.slice(11, 16)
  const shown = (each: Service, index: number) => fact(`candidate-${index + 1}`, 'one of the two that can have sent it', [id(each.name)])
  return {
    asked: random.pick([
      issue,
      issue,
      `${service.name} throws away ${names.noun}s since ${since} UTC because ${names.field} is 0. Who sends them? Please a name, so that we can roll that one back.`,
      `since ${since} we get empty ${names.noun}s in ${service.name}. which service posts these?`,
    ]),
    answer: undecided({
      required: [...posters.map(shown), fact('identity', 'the one name under which both post', [id(names.identity)])],
      forbidden: [fact('innocent-deploy', 'the deploy of the one that books', [id(innocent.sha)]), fact('near-twin', 'changed as well, but posts under a name of its own', [id(apart.name), id(`svc-${apart.name}`)])],
    }),
  }
}

/** Two services changed what they post, and both post through a relay that gives everything its own name: who sent the empty ones was never kept. */
export const sharedSender = defineFamily({
  slug: 'shared-sender',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'hard',
  title: 'Empty entries arrive, and everybody posts through one relay',
  motivation:
    'What is not carried over a boundary cannot be asked for behind it: without the caller in the context, two callers stay equally possible (why context is passed on: https://opentelemetry.io/docs/concepts/context-propagation/).',
  tell,
})
