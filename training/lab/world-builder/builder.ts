import type { GithubCommit } from '../../../src/core/world/github.ts'
import type { KubernetesObject } from '../../../src/core/world/kubernetes.ts'
import type { SentryIssue } from '../../../src/core/world/sentry.ts'
import { World } from '../../../src/core/world/world.ts'
import { type BranchActs, branchActs } from './branch-deploy.ts'
import { drawOrganization, drawPeople, type Organization, type Person } from './cast.ts'
import { type ClusterActs, clusterActs } from './cluster-acts.ts'
import { createDatabaseActs, type DatabaseActs } from './database-acts.ts'
import { deploy, type DeployAct } from './deploy.ts'
import { createDraft, daysAgo, type Draft, railwayProject, repositoryOf } from './draft.ts'
import { addCompany, addMetrics, type CompanyAct } from './company.ts'
import { addFailures, type FailuresAct } from './failures.ts'
import { harmlessChange } from './harmless-change.ts'
import { crash, type CrashAct } from './kubernetes-crash.ts'
import { addEvent, addNodes, type EventAct as ClusterEventAct, findObject } from './kubernetes-objects.ts'
import { httpTraffic, log, type LogAct, type TrafficAct } from './logs.ts'
import { before, wholeSecond } from './moments.ts'
import { createRandom, type Random } from './random.ts'
import { railwayActs, type RailwayActs } from './railway-settings.ts'
import { addRepository, commit, type CommitAct } from './repository.ts'
import { addIssue, addMonitor, addUptime, type IssueAct } from './sentry.ts'
import { createSentryActs, type SentryActs } from './sentry-acts.ts'
import { addService } from './service.ts'
import type { Release, Service, ServiceSpec } from './service-record.ts'
import { addTrace, type SpanAct } from './trace.ts'
import { addCron, addEdgeLog, addMigration, addPostgresLog, addSql, type EdgeLogAct, type PostgresLogAct } from './supabase.ts'

/** Acts that keep a world consistent: each writes all that one thing leaves behind in the six services. Times are ISO 8601. */
export interface WorldBuilder extends RailwayActs, BranchActs {
  readonly random: Random
  readonly now: string
  readonly organization: Organization
  readonly people: readonly Person[]
  /** The world so far, for what no act covers; `build` checks whatever was done to it. */
  readonly world: World
  /** The instant `span` (such as `1h30m`) before now. */
  ago(span: string): string
  /** Some moment of the working day about `days` days before now. */
  daysAgo(days: number): string
  company(act?: CompanyAct): Service[]
  service(spec: ServiceSpec): Service
  repository(name: string, options: { at: string; description: string; files: Readonly<Record<string, string>> }): void
  commit(repository: string, act: CommitAct): string
  commitOf(repository: string, sha: string): GithubCommit
  deploy(service: Service, act: DeployAct): Release
  /** A deploy that has nothing to do with anything: a small honest change goes live. */
  innocentDeploy(service: Service, at: string): Release
  log(service: Service, act: LogAct): void
  http(service: Service, act: TrafficAct): void
  issue(service: Service, act: IssueAct): SentryIssue
  /** Failures of one route: lines, requests, traces, and the issue that counts them. */
  failures(service: Service, act: FailuresAct): SentryIssue
  /** What only Sentry records, in detail: versions, lives of issues, timings, check-ins. */
  readonly sentry: SentryActs
  monitor: (service: Service, act: Parameters<typeof addMonitor>[2]) => void
  uptime: (service: Service, act: Parameters<typeof addUptime>[2]) => void
  migration: (act: Parameters<typeof addMigration>[1]) => string
  cron: (act: Parameters<typeof addCron>[1]) => void
  sql(act: { schema?: string; data?: string }): void
  /** The shared database beyond its tables: its schema's repository, sessions, statistics, storage. */
  readonly database: DatabaseActs
  postgresLog(act: PostgresLogAct): void
  edgeLog(act: EdgeLogAct): void
  event(act: ClusterEventAct): void
  crash(service: Service, act: CrashAct): void
  trace(act: { id: string; at: string; root: SpanAct }): void
  /** CPU and memory of a Railway service as a share of its limits, quarter-hourly for three hours. */
  metrics(service: Service, shape: (time: string) => number): void
  object(kind: string, name: string, namespace?: string): KubernetesObject
  railway(): World['railway']['projects'][number]
  page(path: string, lines: readonly string[]): void
  readonly cluster: ClusterActs
  build(): World
}

export interface BuilderOptions {
  readonly seed: string
  /** The instant the world is frozen at; a working hour of some weekday in autumn 2026 when left out. */
  readonly now?: string
  readonly organization?: Organization
}

/** A builder with an empty company: people, a Sentry organisation, one Railway project, a cluster of three nodes, one Supabase project. */
export function createWorldBuilder(options: BuilderOptions): WorldBuilder {
  const random = createRandom(options.seed)
  const now = options.now ?? drawNow(random)
  const organization = options.organization ?? drawOrganization(random)
  const draft = createDraft(random, new Date(now).toISOString(), organization, drawPeople(random, organization, 6))
  addNodes(draft, 3)
  return {
    random,
    now: draft.now,
    organization,
    people: draft.people,
    world: draft.world,
    ago: (span) => before(draft.now, span),
    daysAgo: (days) => daysAgo(draft, days),
    company: (act = {}) => addCompany(draft, act),
    service: (spec) => addService(draft, spec),
    repository: (name, repository) => {
      addRepository(draft, name, repository)
    },
    commit: (repository, act) => commit(draft, repository, act),
    commitOf: (repository, sha) => commitOf(draft, repository, sha),
    deploy: (service, act) => deploy(draft, service, act),
    innocentDeploy: (service, at) => {
      harmlessChange(draft, service, before(at, '70s'))
      return deploy(draft, service, { at })
    },
    log: (service, act) => log(draft, service, act),
    http: (service, act) => httpTraffic(draft, service, act),
    issue: (service, act) => addIssue(draft, service, act),
    failures: (service, act) => addFailures(draft, service, act),
    sentry: createSentryActs(draft),
    ...railwayActs(draft),
    ...branchActs(draft),
    monitor: (service, act) => addMonitor(draft, service, act),
    uptime: (service, act) => addUptime(draft, service, act),
    migration: (act) => addMigration(draft, act),
    cron: (act) => addCron(draft, act),
    sql: (act) => addSql(draft, act),
    database: createDatabaseActs(draft),
    postgresLog: (act) => addPostgresLog(draft, act),
    edgeLog: (act) => addEdgeLog(draft, act),
    event: (act) => addEvent(draft, act),
    crash: (service, act) => crash(draft, service, act),
    trace: (act) => addTrace(draft, act),
    metrics: (service, shape) => addMetrics(draft, service, shape),
    object: (kind, name, namespace) => {
      const found = findObject(draft, kind, name, namespace)
      if (!found) throw new Error(`no ${kind} ${name} in this cluster`)
      return found
    },
    railway: () => railwayProject(draft),
    page: (path, lines) => {
      draft.world.docs[path] = `${lines.join('\n').trim()}\n`
    },
    cluster: clusterActs(draft),
    build: () => build(draft),
  }
}

function drawNow(random: Random): string {
  const monday = Date.parse('2026-09-07T00:00:00Z')
  const day = random.int(0, 10) * 7 + random.int(0, 4)
  return new Date(monday + day * 86_400_000 + random.int(9 * 60, 18 * 60) * 60_000).toISOString()
}

function commitOf(draft: Draft, repository: string, sha: string): GithubCommit {
  const found = repositoryOf(draft, repository).commits.find((each) => each.sha === sha)
  if (!found) throw new Error(`${repository} has no commit ${sha}`)
  return found
}

/** The finished world: logs in order of time, without lines of pods that are gone (their logs went with them), checked by the schema. */
function build(draft: Draft): World {
  const { world } = draft
  const pods = new Set(world.kubernetes.objects.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.name))
  const logs = world.logs
    .filter((line) => !line.source.startsWith('kubernetes.') || pods.has(String(line.fields['pod'])))
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
  return World.parse(structuredClone({ ...world, header: { ...world.header, now: wholeSecond(draft.now) }, logs }))
}
