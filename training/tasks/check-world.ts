import { z } from 'zod'
import type { GithubRepository } from '../../src/core/world/github.ts'
import type { SentryEvent } from '../../src/core/world/sentry.ts'
import type { World } from '../../src/core/world/world.ts'

/**
 * What does not fit together in a world beyond its references (the loader's question): things that happen after now, log lines
 * of deployments or pods that do not exist, pods of nobody, releases and deployments without their commit, frames whose line is not in the code.
 */
export function checkWorld(world: World): string[] {
  return [
    ...future(world),
    ...logProblems(world),
    ...clusterProblems(world),
    ...releaseProblems(world),
    ...cardProblems(world),
    ...world.github.repositories.flatMap(historyProblems),
  ]
}

function future(world: World): string[] {
  const now = Date.parse(world.header.now)
  const { sentry, github, supabase, railway } = world
  const times: [string, string][] = [
    ...world.logs.map((line): [string, string] => [`logs.jsonl: ${line.source} "${line.message.slice(0, 40)}"`, line.time]),
    ...sentry.issues.flatMap((issue) => [
      ...issue.events.map((event): [string, string] => [`sentry.json: event ${event.id}`, event.time]),
      [`sentry.json: issue ${issue.shortId} lastSeen`, issue.lastSeen] as [string, string],
    ]),
    ...sentry.releases.map((release): [string, string] => [`sentry.json: release ${release.version}`, release.createdAt]),
    ...github.repositories.flatMap((repository) =>
      repository.commits.map((commit): [string, string] => [`github.json: commit ${commit.sha.slice(0, 7)}`, commit.at]),
    ),
    ...github.repositories.flatMap((repository) =>
      repository.deployments.map((each): [string, string] => [`github.json: deployment ${each.id}`, each.createdAt]),
    ),
    ...railway.projects.flatMap((project) =>
      project.deployments.map((each): [string, string] => [`railway.json: deployment ${each.id}`, each.createdAt]),
    ),
    ...supabase.project.cron.flatMap((job) => job.runs.map((run): [string, string] => [`supabase/project.json: run of ${job.jobname}`, run.start])),
  ]
  const early = sentry.issues
    .filter(({ firstSeen, lastSeen }) => Date.parse(firstSeen) > Date.parse(lastSeen))
    .map(({ shortId }) => `sentry.json: issue ${shortId} was last seen before it was first seen`)
  return [...early, ...times.filter(([, time]) => Date.parse(time) > now).map(([what, time]) => `${what} is at ${time}, after now`)]
}

function logProblems({ logs, railway, kubernetes }: World): string[] {
  const deployments = new Set(railway.projects.flatMap((project) => project.deployments.map(({ id }) => id)))
  const pods = new Set(kubernetes.objects.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.name))
  return [
    ...new Set(
      logs.flatMap(({ source, fields }) => {
        if (source.startsWith('railway.') && !deployments.has(String(fields['deployment'])))
          return [`logs.jsonl: ${source} names deployment "${fields['deployment']}", which Railway does not know`]
        if (source.startsWith('kubernetes.') && !pods.has(String(fields['pod'])))
          return [`logs.jsonl: ${source} names pod "${fields['pod']}", which the cluster does not have`]
        return []
      }),
    ),
  ]
}

function clusterProblems({ kubernetes }: World): string[] {
  const keys = new Set(kubernetes.objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`))
  return kubernetes.objects.flatMap(({ kind, metadata, spec }) => [
    ...(metadata.ownerReferences ?? [])
      .filter((owner) => !keys.has(`${owner.kind} ${metadata.namespace ?? ''}/${owner.name}`))
      .map((owner) => `kubernetes.json: ${kind} ${metadata.name} belongs to ${owner.kind} ${owner.name}, which is not there`),
    ...nodeProblems(spec, metadata.name, keys),
    ...(kind === 'Pod' && (metadata.ownerReferences ?? []).length === 0 ? [`kubernetes.json: Pod ${metadata.name} belongs to no workload`] : []),
  ])
}

const Placed = z.looseObject({ nodeName: z.string() })

function nodeProblems(spec: unknown, pod: string, keys: ReadonlySet<string>): string[] {
  const placed = Placed.safeParse(spec)
  return placed.success && !keys.has(`Node /${placed.data.nodeName}`)
    ? [`kubernetes.json: Pod ${pod} runs on node ${placed.data.nodeName}, which is not there`]
    : []
}

function releaseProblems({ sentry, railway, github, supabase, header }: World): string[] {
  const commits = new Set(github.repositories.flatMap((repository) => repository.commits.map(({ sha }) => sha)))
  const versions = new Set(sentry.releases.map(({ version }) => version))
  const unknown = (file: string, what: string, sha: string): string[] =>
    /^[0-9a-f]{40}$/.test(sha) && !commits.has(sha) ? [`${file}: ${what} is commit ${sha.slice(0, 7)}, which no repository has`] : []
  const stamp = header.now.replaceAll(/[-T:]/g, '').slice(0, 14)
  return [
    ...sentry.releases.flatMap(({ version }) => unknown('sentry.json', 'a release', version)),
    ...railway.projects.flatMap((project) =>
      project.deployments.flatMap(({ id, commit }) => (commit ? unknown('railway.json', `deployment ${id}`, commit.sha) : [])),
    ),
    ...sentry.issues.flatMap(({ shortId, events }) =>
      events.flatMap(({ id, release }) =>
        release === undefined || versions.has(release) ? [] : [`sentry.json: event ${id} of ${shortId} has release ${release}, which is not listed`],
      ),
    ),
    ...sentry.issues.flatMap(({ project, events }) =>
      events.flatMap((event) =>
        frameProblems(
          event,
          github.repositories.find(({ name }) => name === project),
        ),
      ),
    ),
    ...supabase.project.migrations
      .filter(({ version }) => version > stamp)
      .map(({ version }) => `supabase/project.json: migration ${version} is after now`),
  ]
}

/** In-app frames must show lines that stand in the repository of that name, as of the event's release. */
function frameProblems(event: SentryEvent, repository: GithubRepository | undefined): string[] {
  const until = repository?.commits.findIndex(({ sha }) => sha === event.release) ?? -1
  if (!repository || until < 0) return []
  const text = (path: string): string | null | undefined => repository.commits.slice(0, until + 1).findLast(({ files }) => path in files)?.files[path]
  return event.exception.flatMap(({ frames }) =>
    frames
      .filter(({ inApp }) => inApp)
      .flatMap((frame) => {
        const lines = text(frame.filename)?.split('\n')
        if (!lines) return [`sentry.json: event ${event.id}: ${frame.filename} is not in ${repository.name} at its release`]
        return frame.context
          .filter(([line, shown]) => lines[line - 1] !== shown)
          .map(([line]) => `sentry.json: event ${event.id}: line ${line} of ${frame.filename} reads otherwise at its release`)
      }),
  )
}

function cardProblems({ header, sentry, railway, kubernetes, github }: World): string[] {
  const known = {
    repository: new Set(github.repositories.map(({ owner, name }) => `${owner}/${name}`)),
    sentryProject: new Set(sentry.projects.map(({ slug }) => slug)),
    railwayService: new Set(railway.projects.flatMap((project) => project.services.map(({ name }) => name))),
  }
  const workloads = new Set(kubernetes.objects.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`))
  return header.services.flatMap((card) => [
    ...(['repository', 'sentryProject', 'railwayService'] as const).flatMap((field) => {
      const name = card[field]
      return name === undefined || known[field].has(name) ? [] : [`world.json: ${card.name}: ${field} ${name} is not in this world`]
    }),
    ...(card.kubernetes && !workloads.has(`${card.kubernetes.namespace}/${card.kubernetes.workload}`)
      ? [`world.json: ${card.name}: no workload ${card.kubernetes.namespace}/${card.kubernetes.workload}`]
      : []),
  ])
}

function historyProblems(repository: GithubRepository): string[] {
  const times = new Map(repository.commits.map(({ sha, at }) => [sha, Date.parse(at)]))
  return repository.commits.flatMap(({ sha, at, parents }) =>
    parents
      .filter((parent) => (times.get(parent) ?? 0) > Date.parse(at))
      .map((parent) => `github.json: ${repository.name}: commit ${sha.slice(0, 7)} is older than its parent ${parent.slice(0, 7)}`),
  )
}
