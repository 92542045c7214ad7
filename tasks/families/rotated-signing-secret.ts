import { fact, id, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

/** One kind of event, and its route at the receiver. */
interface Kind {
  readonly kind: string
  readonly route: string
}

/** What each side calls the secret they share. */
interface Hook extends Kind {
  readonly senderKey: string
  readonly secret: string
}

interface Names {
  readonly receiver: string
  readonly sender: string
  /** Who sends it where the sender is no service of ours. */
  readonly vendor: string
  readonly hook: Kind
  readonly twin: Kind
  readonly status: 400 | 401
  readonly complaint: string
}

/** The names of one company: both kinds with the names of their secrets. */
interface Named extends Names {
  readonly hook: Hook
  readonly twin: Hook
}

const NAMES: readonly Names[] = [
  {
    receiver: 'billing-hooks', sender: 'order-relay', vendor: 'paywicket', status: 401,
    hook: { kind: 'orders', route: '/hooks/orders' },
    twin: { kind: 'returns', route: '/hooks/returns' },
    complaint: 'no invoices for orders any more, returns are still credited as always. The deliveries all come back, so they do arrive?',
  },
  {
    receiver: 'shipment-inbox', sender: 'stock-depot', vendor: 'hauline', status: 400,
    hook: { kind: 'shipments', route: '/webhooks/shipments' },
    twin: { kind: 'stock', route: '/webhooks/stock' },
    complaint: 'Sendungen hängen alle auf "wird verpackt", der Bestand stimmt aber. Aus dem Lager heißt es, gemeldet wird alles wie immer, nur kommen Fehler zurück',
  },
  {
    receiver: 'crm-sync', sender: 'web-forms', vendor: 'formloom', status: 401,
    hook: { kind: 'contacts', route: '/in/contacts' },
    twin: { kind: 'newsletter', route: '/in/newsletter' },
    complaint: 'sales gets no new contacts from the website form, newsletter signups do come in. nobody touched the form as far as I know',
  },
  {
    receiver: 'ledger-intake', sender: 'payout-engine', vendor: 'ibanette', status: 401,
    hook: { kind: 'payouts', route: '/callbacks/payouts' },
    twin: { kind: 'refunds', route: '/callbacks/refunds' },
    complaint: 'payouts stay "sent" in the ledger and never turn "settled". refunds do. finance closes the day in two hours...',
  },
  {
    receiver: 'media-callbacks', sender: 'transcode-farm', vendor: 'clipforge', status: 400,
    hook: { kind: 'transcodes', route: '/callbacks/transcodes' },
    twin: { kind: 'subtitles', route: '/callbacks/subtitles' },
    complaint: 'videos are stuck at "processing" since a while, subtitles finish. Whoever does the transcoding looks bored, I think it is done with them',
  },
]

/** Whose side moved alone: our receiver's, our sender's, or that of a vendor, whose old secret counts a day longer. */
type Side = 'receiver' | 'sender' | 'vendor'

interface Cast {
  readonly names: Named
  readonly side: Side
  readonly receiver: Service
  readonly sender: Service | undefined
  readonly onset: string
  readonly endpoint: string
  readonly twinEndpoint: string
  readonly innocent: Release
}

const receiverFiles = ({ hook, twin, status }: Named): Record<string, string> => ({
  'src/server.js': `import { verify } from './verify.js'\nimport { handle } from './handle.js'\n\nfor (const [kind, route] of Object.entries({ ${hook.kind}: '${hook.route}', ${twin.kind}: '${twin.route}' })) {\n  serve(\`POST \${route}\`, (request) => {\n    verify(kind, request.headers['x-signature'], request.raw)\n    return handle(kind, request.body)\n  })\n}\n`,
  'src/verify.js': `import { createHmac, timingSafeEqual } from 'node:crypto'\n\nconst SECRETS = { ${hook.kind}: '${hook.secret}', ${twin.kind}: '${twin.secret}' }\n\nexport class SignatureError extends Error {\n  status = ${status}\n}\n\nexport function verify(kind, header, raw) {\n  const expected = createHmac('sha256', process.env[SECRETS[kind]]).update(raw).digest()\n  const given = Buffer.from(header ?? '', 'hex')\n  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new SignatureError(\`no signature matches the body (\${kind})\`)\n}\n`,
})

const senderFiles = ({ receiver, hook, twin }: Named): Record<string, string> => ({
  'src/server.js': "import { due } from './outbox.js'\nimport { deliver } from './deliver.js'\n\nfor await (const event of due()) await deliver(event)\n",
  'src/deliver.js': `import { createHmac } from 'node:crypto'\nimport { log } from './log.js'\n\nconst TARGETS = { ${hook.kind}: ['${hook.route}', '${hook.senderKey}'], ${twin.kind}: ['${twin.route}', '${twin.senderKey}'] }\n\nexport async function deliver({ id, kind, body, attempt }) {\n  const [route, key] = TARGETS[kind]\n  const signature = createHmac('sha256', process.env[key]).update(body).digest('hex')\n  const { status } = await fetch(\`http://${receiver}.railway.internal:8080\${route}\`, { method: 'POST', headers: { 'x-signature': signature }, body })\n  log.info(\`delivery \${id} \${kind} attempt=\${attempt} answered \${status}\`)\n}\n`,
})

/** Draws who plays, and what the secrets are called on either side this time. */
function nameAll({ random }: WorldBuilder, side: Side): Named {
  const names = random.pick(NAMES)
  const [key, secret] = [random.pick(['SIGNING_KEY', 'HMAC_KEY', 'SIGNATURE_KEY', 'WEBHOOK_KEY']), random.pick(['SECRET', 'HOOK_SECRET', 'SIGNING_SECRET', 'WEBHOOK_SECRET'])]
  const source = side === 'vendor' ? names.vendor : (names.sender.split('-').at(-1) ?? '')
  const withSecret = (each: Kind): Hook => ({ ...each, senderKey: `${each.kind}_${key}`.toUpperCase(), secret: `${source}_${each.kind}_${secret}`.toUpperCase() })
  return { ...names, hook: withSecret(names.hook), twin: withSecret(names.twin) }
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const side = random.pick(['receiver', 'sender', 'vendor'] as const)
  const names = nameAll(builder, side)
  const { hook, twin } = names
  const onset = builder.ago(`${random.int(24, 80)}m`)
  const [moved, stayed, other] = [random.token(40), random.token(40), random.token(40)]
  const receiver = builder.service({ name: names.receiver, description: 'Hears what others report, and checks who says it.', runs: 'railway', files: receiverFiles(names), variables: { [hook.secret]: side === 'receiver' ? moved : stayed, [twin.secret]: other } })
  const sender = side === 'vendor' ? undefined : builder.service({ name: names.sender, description: `Reports to ${names.receiver}.`, runs: 'railway', dependsOn: [names.receiver], files: senderFiles(names), variables: { [hook.senderKey]: side === 'sender' ? moved : stayed, [twin.senderKey]: other } })
  for (const service of [receiver, ...(sender ? [sender] : [])]) builder.deploy(service, { at: builder.daysAgo(random.int(11, 21)) })
  // The other secret went well some days ago: on both sides within a minute.
  const [actor, earlier] = [random.pick(builder.people).login, side === 'vendor' ? before(onset, '91h') : builder.daysAgo(random.int(2, 5))]
  const rotate = (service: Service, name: string, at: string): void => {
    builder.activity(service, { at: before(at, '9s'), actor, object: 'Variable', payload: { name } })
    builder.deploy(service, { at, reason: 'variables' })
  }
  if (sender) rotate(sender, twin.senderKey, earlier)
  rotate(receiver, twin.secret, after(earlier, '48s'))
  const innocent = builder.innocentDeploy(side === 'receiver' && sender ? sender : receiver, before(onset, `${random.int(5, 9)}m`))
  if (sender && side === 'sender') rotate(sender, hook.senderKey, before(onset, '150s'))
  if (side === 'receiver') rotate(receiver, hook.secret, before(onset, '150s'))
  return { names, side, receiver, sender, onset, endpoint: `whe_${random.token(10)}`, twinEndpoint: `whe_${random.token(10)}`, innocent }
}

function traffic(builder: WorldBuilder, { names, side, receiver, sender, onset, endpoint, twinEndpoint }: Cast): void {
  const { random } = builder
  const good = (route: string, to: string, every: string): void => builder.http(receiver, { from: builder.ago('150m'), to, every, requests: [{ method: 'POST', path: route, status: 200, ms: [6, 50] }] })
  good(names.hook.route, onset, '6m')
  good(names.twin.route, builder.now, '8m')
  for (const at of ticks(builder.ago('150m'), builder.now, '9m', random.next)) {
    const hook = random.chance(0.5) && Date.parse(at) < Date.parse(onset) ? names.hook : names.twin
    const from = side === 'vendor' ? ` endpoint=${hook === names.hook ? endpoint : twinEndpoint}` : ''
    builder.log(receiver, { at, level: 'info', message: `accepted ${hook.kind} evt_${random.token(8)}${from}` })
    if (sender) builder.log(sender, { at, level: 'info', message: `delivery evt_${random.token(8)} ${hook.kind} attempt=1 answered 200` })
  }
  if (sender) for (const at of ticks(after(onset, '20s'), builder.now, '3m', random.next)) builder.log(sender, { at, level: 'warning', message: `delivery evt_${random.token(8)} ${names.hook.kind} attempt=${random.int(1, 7)} answered ${names.status}` })
}

function rejected(builder: WorldBuilder, { names, side, receiver, onset, endpoint }: Cast): Story['asked'] {
  const { hook, status } = names
  const value = `no signature matches the body (${hook.kind})`
  return builder.failures(receiver, {
    where: `POST ${hook.route}`,
    type: 'SignatureError',
    value,
    from: after(onset, '7s'),
    to: builder.now,
    every: '110s',
    answered: { status, path: hook.route, ms: [1, 5] },
    frames: [
      { file: 'src/server.js', line: 'verify(kind, request', fn: 'serve' },
      { file: 'src/verify.js', line: 'throw new SignatureError', fn: 'verify' },
    ],
    says: () => `rejected ${hook.kind} evt_${builder.random.token(8)}${side === 'vendor' ? ` endpoint=${endpoint}` : ''}: SignatureError: ${value}`,
    tags: { kind: hook.kind, status: String(status) },
    events: builder.random.int(4, 9),
    users: 0,
  })
}

/** The register of secrets as the team keeps it: pairs of ours, or endpoints at the vendor with their last roll. */
function pages(builder: WorldBuilder, { names, side, onset, endpoint, twinEndpoint }: Cast): void {
  const { hook, twin, vendor, receiver, sender } = names
  const minute = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`
  const someone = builder.random.pick(builder.people).login
  if (side === 'vendor') {
    builder.page(`vendors/${vendor}.md`, [
      `# ${vendor}`, '', `Reports to ${receiver}. Each endpoint has a signing secret of its own; rolling one is done in the dashboard of ${vendor}, by whoever has access.`, '',
      '| Endpoint | Route | Our variable | Last rolled | Old one counted until |', '| --- | --- | --- | --- | --- |',
      `| ${twinEndpoint} | ${twin.route} | ${twin.secret} | ${minute(before(onset, '98h'))}, ${someone} | ${minute(before(onset, '74h'))} |`,
      `| ${endpoint} | ${hook.route} | ${hook.secret} | ${minute(before(onset, '24h'))}, ${someone} | ${minute(onset)} |`, '',
      `- ${vendor} repeats what is not answered with 2xx for three days, then drops it.`,
    ])
    return
  }
  builder.page('signed-hooks.md', [
    '# Hooks between our services', '', 'A body is signed with HMAC-SHA256; both sides hold the same secret, each by its own name.', '',
    '| From | To | Kind | Name at the sender | Name at the receiver |', '| --- | --- | --- | --- | --- |',
    ...[hook, twin].map((each) => `| ${sender} | ${receiver} | ${each.kind} | ${each.senderKey} | ${each.secret} |`), '',
    '- A new value counts from the restart that follows it. There is no time in which both count.',
    '- Deliveries are repeated for 24 hours.',
  ])
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { names, side, endpoint, innocent } = cast
  const { hook, twin } = names
  builder.company({ since: '2h', railway: 1, kubernetes: 1 })
  traffic(builder, cast)
  pages(builder, cast)
  const issue = rejected(builder, cast)
  const variable = side === 'sender' ? hook.senderKey : hook.secret
  const required =
    side === 'vendor'
      ? [fact('endpoint', 'which endpoint of the vendor got a new secret', [id(endpoint)])]
      : [fact('receiver', 'the name of the secret at the receiver', [id(hook.secret)]), fact('sender', 'and at the sender', [id(hook.senderKey)])]
  return {
    asked: builder.random.pick([issue, issue, names.complaint]),
    answer: rootCause(
      { kind: 'variable', name: variable, accepts: side === 'vendor' ? [id(variable)] : [id(hook.secret), id(hook.senderKey)], within: [id(names.receiver), id(side === 'vendor' ? names.vendor : names.sender)] },
      {
        required,
        forbidden: [
          fact('innocent-deploy', 'the newest deploy of the other side before the onset', [id(innocent.sha)]),
          fact('near-twin', 'the secret of the other kind, which was changed properly', [id(twin.secret), ...(side === 'vendor' ? [] : [id(twin.senderKey)])]),
        ],
      },
    ),
  }
}

/** A signing secret is changed on one side only; every delivery of that kind is refused from then on. */
export const rotatedSigningSecret = defineFamily({
  slug: 'rotated-signing-secret',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'Everything of one kind is turned away at the door',
  motivation:
    'Both sides of a signed webhook must change their secret together, or within the time in which the old one still counts; whoever changes one alone breaks every delivery at once, or a day later (rolling an endpoint secret with a delay: https://docs.stripe.com/webhooks#roll-endpoint-secrets).',
  tell,
})
