import { type Bystander, bystanders } from './bystanders.ts'
import { addCompanyDocs } from './company-docs.ts'
import { deploy } from './deploy.ts'
import { daysAgo, type Draft, railwayProject } from './draft.ts'
import { harmlessChange } from './harmless-change.ts'
import { addEvent } from './kubernetes-objects.ts'
import { httpTraffic, log } from './logs.ts'
import { after, before, ticks, wholeSecond } from './moments.ts'
import { addIssue, addMonitor, addUptime } from './sentry.ts'
import { addService } from './service.ts'
import type { Service } from './service-record.ts'
import { addCron, addEdgeLog, addMigration, addPostgresLog, addSql } from './supabase.ts'

export interface CompanyAct {
  /** How far back the background noise goes. */
  readonly since?: string
  /** How many bystanders run on Railway, and how many in the cluster. */
  readonly railway?: number
  readonly kubernetes?: number
}

/**
 * The rest of the company, so that no service is silent: bystanders with repositories, deploys, traffic and an old issue each,
 * a healthy database with its schedules, and the pages everybody has. Call it after the story's own services exist.
 */
export function addCompany(draft: Draft, act: CompanyAct): Service[] {
  const since = before(draft.now, act.since ?? '2h')
  const of = (place: 'railway' | 'kubernetes'): Bystander[] => bystanders.filter(({ spec }) => spec.runs === place && !draft.services.has(spec.name))
  const drawn = [...draft.random.sample(of('railway'), act.railway ?? 2), ...draft.random.sample(of('kubernetes'), act.kubernetes ?? 2)]
  const services = drawn.map((bystander) => addBystander(draft, bystander, since))
  addDatabase(draft, since)
  addCompanyDocs(draft)
  return services
}

function addBystander(draft: Draft, { spec, lines, paths, issue }: Bystander, since: string): Service {
  const { random, now } = draft
  const service = addService(draft, spec)
  deploy(draft, service, { at: daysAgo(draft, random.int(20, 45)) })
  harmlessChange(draft, service, daysAgo(draft, random.int(8, 9)))
  deploy(draft, service, { at: daysAgo(draft, random.int(2, 7)) })
  for (const at of ticks(since, now, '9m', random.next)) log(draft, service, { at, level: 'info', message: random.pick(lines) })
  if (spec.runs === 'railway') {
    httpTraffic(draft, service, {
      from: since,
      to: now,
      every: '8m',
      requests: paths.map((path) => ({ method: 'GET', path, status: 200, ms: [9, 140] })),
    })
    addMetrics(draft, service, () => 0.3)
  } else if (random.chance(0.5)) {
    const pod = service.releases.at(-1)?.pods[0] ?? ''
    addEvent(draft, {
      at: before(now, `${random.int(8, 55)}m`),
      kind: 'Pod',
      name: pod,
      namespace: service.namespace,
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: context deadline exceeded',
    })
  }
  const last = before(now, `${random.int(5, 100)}m`)
  addIssue(draft, service, {
    ...issue,
    first: daysAgo(draft, random.int(12, 40)),
    last,
    count: random.int(40, 900),
    users: random.int(3, 60),
    priority: 'low',
    events: [
      { at: before(last, '31m'), user: { id: `u_${random.int(1000, 9999)}` } },
      { at: last, user: { id: `u_${random.int(1000, 9999)}` } },
    ],
  })
  return service
}

/** CPU and memory of a Railway service for three hours: `shape` gives the share of its limits at a time. */
export function addMetrics(draft: Draft, service: Service, shape: (time: string) => number): void {
  const instance = railwayProject(draft).instances.find((each) => each.service === service.name)
  if (!instance) throw new Error(`${service.name} does not run on Railway`)
  const round = (value: number): number => Math.round(value * 1000) / 1000
  const times = ticks(before(draft.now, '3h'), draft.now, '15m').map(wholeSecond)
  const series = (limit: number): [string, number][] => times.map((time) => [time, round(limit * shape(time) * (0.92 + draft.random.next() * 0.16))])
  instance.metrics = { CPU_USAGE: series(instance.limits.cpu * 0.4), MEMORY_USAGE_GB: series(instance.limits.memoryGb) }
}

function addDatabase(draft: Draft, since: string): void {
  const { random, now } = draft
  const createdBy = draft.people[0]?.email ?? ''
  addMigration(draft, {
    at: daysAgo(draft, 210),
    name: 'create_accounts',
    appliedBy: createdBy,
    statements: ['create table public.accounts (id uuid primary key, email text not null, created_at timestamptz not null default now())'],
  })
  addMigration(draft, {
    at: daysAgo(draft, 96),
    name: 'index_accounts_email',
    appliedBy: createdBy,
    statements: ['create unique index accounts_email on public.accounts (lower(email))'],
  })
  addSql(draft, {
    schema:
      'create table public.accounts (id uuid primary key, email text not null, created_at timestamptz not null default now());\ncreate unique index accounts_email on public.accounts (lower(email));',
    data: `insert into public.accounts (id, email, created_at) values\n${Array.from({ length: 4 }, () => `  ('${random.uuid()}', '${random.letters(7)}@customer.example', '${daysAgo(draft, random.int(10, 190))}')`).join(',\n')};`,
  })
  const daily = ticks(after(`${before(now, '3d').slice(0, 10)}T00:00:00Z`, '3h'), now, '1d')
  addCron(draft, {
    name: 'purge-expired-sessions',
    schedule: '0 3 * * *',
    command: 'select auth_ext.purge_sessions()',
    runs: daily.map((start) => ({ start, end: after(start, '4s'), status: 'succeeded', message: '1 row' })),
  })
  for (const at of ticks(since, now, '11m', random.next)) {
    addEdgeLog(draft, {
      at,
      method: 'GET',
      path: '/rest/v1/accounts',
      search: '?select=id&limit=1',
      status: random.chance(0.93) ? 200 : 406,
      client: 'supabase-js-node/2.109.0',
    })
  }
  for (const at of ticks(since, now, '30m')) {
    addPostgresLog(draft, {
      at,
      severity: 'LOG',
      user: 'supabase_admin',
      message: `checkpoint complete: wrote ${random.int(40, 400)} buffers (0.${random.int(1, 9)}%)`,
    })
  }
  const watched = draft.services.values().next().value
  if (watched && watched.spec.sentry !== false) {
    addMonitor(draft, watched, { slug: 'nightly-report', schedule: '30 2 * * *', times: daily.map((time) => before(time, '29m')) })
    addUptime(draft, watched, { url: `https://status.${draft.organization.slug}.example/healthz`, times: ticks(before(now, '1h'), now, '10m') })
  }
  draft.world.supabase.project.health = (['auth', 'db', 'pooler', 'realtime', 'rest', 'storage'] as const).map((name) => ({
    name,
    status: 'ACTIVE_HEALTHY' as const,
  }))
  draft.world.supabase.project.stats.connectionsByRole = {
    authenticator: random.int(6, 14),
    postgres: random.int(1, 3),
    supabase_admin: random.int(4, 6),
  }
}
