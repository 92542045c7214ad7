import type { GithubRepository } from '../../../src/core/world/github.ts'
import type { RailwayWorld } from '../../../src/core/world/railway.ts'
import type { SentryWorld } from '../../../src/core/world/sentry.ts'
import type { World } from '../../../src/core/world/world.ts'

/** One list of names and the things that refer to it: yields a problem for each name that is not in the list. */
function missing(file: string, kind: string, known: Iterable<string>, references: Iterable<readonly [where: string, name: string | null | undefined]>): string[] {
  const names = new Set(known)
  return [...references].flatMap(([where, name]) =>
    name === undefined || name === null || names.has(name) ? [] : [`${file}: ${where}: there is no ${kind} "${name}"`])
}

function sentryProblems(sentry: SentryWorld): string[] {
  const file = 'sentry.json'
  const projects = sentry.projects.map((project) => project.slug)
  const issues = sentry.issues.map((issue) => issue.id)
  const parts = { issues: sentry.issues, monitors: sentry.monitors, uptime: sentry.uptime, alertRules: sentry.alertRules, replays: sentry.replays }
  const owned = Object.entries(parts).flatMap(([part, items]) => items.map((item, index) => [`${part}.${index}.project`, item.project] as const))
  const released = sentry.releases.flatMap((release, index) => release.projects.map((slug) => [`releases.${index}.projects`, slug] as const))
  const spanned = sentry.traces.flatMap((trace, index) => trace.spans.map((span) => [`traces.${index}.spans.${span.id}.project`, span.project] as const))
  const replayed = sentry.replays.flatMap((replay, index) => replay.issueIds.map((id) => [`replays.${index}.issueIds`, id] as const))
  const teams = sentry.projects.map((project, index) => [`projects.${index}.team`, project.team] as const)
  return [
    ...missing(file, 'project', projects, [...owned, ...released, ...spanned]),
    ...missing(file, 'issue', issues, replayed),
    ...missing(file, 'team', sentry.teams.map((team) => team.slug), teams),
  ]
}

function repositoryProblems(repository: GithubRepository, at: number): string[] {
  const where = `repositories.${at}`
  const references: (readonly [string, string | null])[] = [
    ...repository.commits.flatMap((commit) => commit.parents.map((sha) => [`${where}.commits.${commit.sha.slice(0, 7)}.parents`, sha] as const)),
    ...repository.branches.map((branch) => [`${where}.branches.${branch.name}`, branch.sha] as const),
    ...repository.tags.map((tag) => [`${where}.tags.${tag.name}`, tag.sha] as const),
    ...repository.pulls.flatMap((pull) => [[`${where}.pulls.${pull.number}.head`, pull.head.sha] as const, [`${where}.pulls.${pull.number}.mergeSha`, pull.mergeSha] as const]),
    ...repository.deployments.map((deployment) => [`${where}.deployments.${deployment.id}.sha`, deployment.sha] as const),
    ...repository.workflowRuns.map((run) => [`${where}.workflowRuns.${run.id}.sha`, run.sha] as const),
  ]
  return [
    ...missing('github.json', 'commit', repository.commits.map((commit) => commit.sha), references),
    ...missing('github.json', 'branch', repository.branches.map((branch) => branch.name), [[`${where}.defaultBranch`, repository.defaultBranch]]),
    ...missing('github.json', 'tag', repository.tags.map((tag) => tag.name), repository.releases.map((release) => [`${where}.releases.${release.id}.tag`, release.tag])),
  ]
}

function railwayProblems(project: RailwayWorld['projects'][number], at: number): string[] {
  const where = `projects.${at}`
  const parts = Object.entries({ instances: project.instances, deployments: project.deployments, volumes: project.volumes })
  const items = parts.flatMap(([part, list]) => list.map((item, index) => ({ path: `${where}.${part}.${index}`, item })))
  return [
    ...missing('railway.json', 'service', project.services.map((service) => service.name), items.map(({ path, item }) => [`${path}.service`, item.service])),
    ...missing('railway.json', 'environment', project.environments.map((environment) => environment.name), items.map(({ path, item }) => [`${path}.environment`, item.environment])),
  ]
}

/** What in a world points at something the world does not hold, as `file: path: what`; empty when it is whole. */
export function brokenReferences(world: World): string[] {
  return [
    ...sentryProblems(world.sentry),
    ...world.railway.projects.flatMap(railwayProblems),
    ...world.github.repositories.flatMap(repositoryProblems),
  ]
}
