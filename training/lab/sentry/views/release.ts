import type { SentryWorld } from '../../../../src/core/world/sentry.ts'
import type { GithubCommit } from '../../../../src/core/world/github.ts'
import type { World } from '../../../../src/core/world/world.ts'
import type { SentryState } from '../state.ts'
import { sentryTime } from '../time-window.ts'
import { projectReference } from './organization.ts'
import { userOrNull } from './user.ts'

export type SentryRelease = SentryWorld['releases'][number]

/** A commit of a release, found in the world's repositories. */
export interface ReleaseCommit {
  readonly repository: World['github']['repositories'][number]
  readonly commit: GithubCommit
}

/** The commits of a release that the world's repositories hold, in the release's order. */
export function commitsOf({ world }: SentryState, release: SentryRelease): ReleaseCommit[] {
  return release.commits.flatMap((sha) => world.github.repositories.flatMap((repository) =>
    repository.commits.filter((commit) => commit.sha.startsWith(sha)).map((commit) => ({ repository, commit }))).slice(0, 1))
}

function repositoryReference({ id, owner, name, createdAt }: ReleaseCommit['repository']): Record<string, unknown> {
  return { id: String(id), name: `${owner}/${name}`, url: `https://github.com/${owner}/${name}`, provider: { id: 'integrations:github', name: 'GitHub' }, status: 'active', dateCreated: sentryTime(createdAt), integrationId: '1', externalSlug: `${owner}/${name}` }
}

/** A commit as release pages show it, with the pull request that brought it in. */
export function commitView({ world }: SentryState, { repository, commit }: ReleaseCommit): Record<string, unknown> {
  const pull = repository.pulls.find((each) => each.mergeSha === commit.sha || each.head.sha === commit.sha)
  return {
    id: commit.sha, message: commit.message, dateCreated: sentryTime(commit.at), author: userOrNull(world, commit.author), repository: repositoryReference(repository),
    pullRequest: pull === undefined ? null : {
      id: String(pull.number), title: pull.title, message: pull.body, dateCreated: sentryTime(pull.createdAt), mergedAt: pull.mergedAt === null ? null : sentryTime(pull.mergedAt),
      status: pull.mergedAt === null ? pull.state : 'merged', repository: repositoryReference(repository), author: userOrNull(world, pull.author),
      externalUrl: `https://github.com/${repository.owner}/${repository.name}/pull/${pull.number}`,
    },
    suspectCommitType: '', releases: [],
  }
}

/** The files a release's commits touched. */
export function commitFilesView(state: SentryState, release: SentryRelease): Record<string, unknown>[] {
  return commitsOf(state, release).flatMap(({ repository, commit }) => Object.entries(commit.files).map(([filename, content], index) => ({
    id: `${commit.sha.slice(0, 8)}${index}`, orgId: Number(state.sentry.organization.id), author: userOrNull(state.world, commit.author), commitMessage: commit.message, filename,
    type: content === null ? 'D' : isNew(repository, commit, filename) ? 'A' : 'M', repoName: `${repository.owner}/${repository.name}`,
  })))
}

function isNew(repository: ReleaseCommit['repository'], commit: GithubCommit, path: string): boolean {
  return !repository.commits.some((each) => Date.parse(each.at) < Date.parse(commit.at) && typeof each.files[path] === 'string')
}

function percent(share: number): number {
  return Math.round(share * 1e6) / 1e4
}

/** Sessions of a release, in percent where Sentry gives percent; null without session data. */
function healthView({ health }: SentryRelease): Record<string, unknown> | null {
  if (health === undefined) return null
  return {
    crashFreeSessions: percent(health.crashFreeSessions), crashFreeUsers: percent(health.crashFreeUsers), totalSessions: health.sessions, totalSessions24h: health.sessions,
    sessionsCrashed: Math.round(health.sessions * (1 - health.crashFreeSessions)), sessionsErrored: Math.round(health.sessions * (1 - health.crashFreeSessions)), totalUsers: null, totalUsers24h: null,
    adoption: percent(health.adoption), sessionsAdoption: percent(health.adoption), hasHealthData: true, durationP50: null, durationP90: null, stats: {},
  }
}

function stageOf({ health }: SentryRelease): string {
  if (health === undefined || health.adoption < 0.1) return 'low_adoption'
  return 'adopted'
}

/** When a release went out: its release date, or when Sentry first saw it. */
export function releaseDate(release: SentryRelease): string {
  return release.releasedAt ?? release.createdAt
}

/** A release, with session health inside its projects when asked for. */
export function releaseView(state: SentryState, release: SentryRelease, withHealth: boolean): Record<string, unknown> {
  const { sentry, world } = state
  const commits = commitsOf(state, release)
  const [package_, version = release.version] = release.version.includes('@') ? release.version.split('@') : [null, release.version]
  const rows = state.rows('errors').filter((row) => row.fields['release'] === release.version && row.stored)
  const newest = sentry.issues.filter((issue) => release.projects.includes(issue.project) && Date.parse(issue.firstSeen) >= Date.parse(releaseDate(release)) && issue.events.some((event) => event.release === release.version))
  const deploy = release.deploys.toSorted((one, other) => Date.parse(other.finishedAt) - Date.parse(one.finishedAt))[0]
  return {
    id: 30_001 + sentry.releases.indexOf(release), version: release.version, shortVersion: version, status: 'open', ref: commits[0]?.commit.sha ?? null, url: null, owner: null, data: {}, userAgent: null,
    versionInfo: { package: package_, version: { raw: version }, description: version, buildHash: null }, dateCreated: sentryTime(release.createdAt),
    dateReleased: release.releasedAt === undefined ? null : sentryTime(release.releasedAt), dateStarted: null, firstEvent: rows.length === 0 ? null : sentryTime(Math.min(...rows.map((row) => row.at))),
    lastEvent: rows.length === 0 ? null : sentryTime(Math.max(...rows.map((row) => row.at))), newGroups: newest.length, commitCount: release.commits.length, deployCount: release.deploys.length,
    authors: [...new Set(commits.map(({ commit }) => commit.author))].map((author) => userOrNull(world, author)), lastCommit: commits[0] === undefined ? null : commitView(state, commits[0]),
    lastDeploy: deploy === undefined ? null : deployView(release, deploy),
    projects: sentry.projects.filter((project) => release.projects.includes(project.slug)).map((project) => ({
      ...projectReference(project), id: Number(project.id), platforms: [project.platform], hasHealthData: release.health !== undefined, newGroups: newest.filter((issue) => issue.project === project.slug).length,
      ...(withHealth && release.health !== undefined ? { healthData: healthView(release) } : {}),
    })),
    adoptionStages: Object.fromEntries(release.projects.map((slug) => [slug, { stage: stageOf(release), adopted: release.releasedAt ?? null, unadopted: null }])),
    currentProjectMeta: {},
  }
}

/** One deploy of a release. */
export function deployView(release: SentryRelease, deploy: SentryRelease['deploys'][number]): Record<string, unknown> {
  return { id: String(50_001 + release.deploys.indexOf(deploy)), environment: deploy.environment, dateStarted: null, dateFinished: sentryTime(deploy.finishedAt), name: release.version, url: null }
}
