import { z } from 'zod'
import { clip, utc } from '../kit/plain-text.ts'
import type { ReleaseShape } from './release-shapes.ts'

/** A release as the tools give it back. */
export const Release = z.object({
  version: z.string(), createdAt: z.string().nullable(), releasedAt: z.string().nullable(), projects: z.array(z.string()), newIssues: z.number(), commits: z.number(),
  lastCommit: z.object({ sha: z.string(), message: z.string().nullable() }).nullable(), authors: z.array(z.string()),
  lastDeploy: z.object({ environment: z.string().nullable(), at: z.string().nullable() }).nullable(),
})
export type Release = z.infer<typeof Release>

/** A release as Sentry sends it, as the tools give it back; `project` is what was asked for, where the answer leaves the projects out. */
export function releaseOf(release: z.output<typeof ReleaseShape>, project: string | undefined): Release {
  const { lastCommit, lastDeploy } = release
  return {
    version: release.version, createdAt: release.dateCreated ?? null, releasedAt: release.dateReleased ?? null,
    projects: release.projects?.map(({ slug }) => slug) ?? (project === undefined ? [] : [project]), newIssues: release.newGroups ?? 0, commits: release.commitCount ?? 0,
    lastCommit: lastCommit?.id === null || lastCommit?.id === undefined ? null : { sha: lastCommit.id, message: lastCommit.message ?? null },
    authors: (release.authors ?? []).flatMap(({ name, email }) => name ?? email ?? []),
    lastDeploy: lastDeploy === null || lastDeploy === undefined ? null : { environment: lastDeploy.environment ?? null, at: lastDeploy.dateFinished ?? null },
  }
}

/** When a release went out, or else was created: milliseconds since the epoch, NaN where Sentry does not say. */
export function releaseMoment({ createdAt, releasedAt }: Release): number {
  return Date.parse(releasedAt ?? createdAt ?? '')
}

/** The release as one line of text. */
export function releaseLine(release: Release): string {
  const { version, projects, newIssues, commits, lastCommit, authors, lastDeploy } = release
  return [
    `${version} [${projects.join(', ')}] at ${utc(releaseMoment(release))}`, `${commits} commits`, `${newIssues} new issues`,
    ...(authors.length > 0 ? [`by ${authors.join(', ')}`] : []),
    ...(lastCommit === null ? [] : [`last commit${lastCommit.sha === version ? '' : ` ${lastCommit.sha}`}${lastCommit.message === null ? '' : ` "${clip(lastCommit.message, 120)}"`}`]),
    ...(lastDeploy === null ? [] : [`deployed to ${lastDeploy.environment ?? '?'}${lastDeploy.at === null ? '' : ` at ${utc(lastDeploy.at)}`}`]),
  ].join(', ')
}

/** The release and what belongs to it: projects, last commit, environment. */
export function releaseEntities({ version, createdAt, projects, lastCommit, lastDeploy }: Release) {
  return [
    { kind: 'release' as const, value: version, ...(createdAt === null ? {} : { at: createdAt }) },
    ...projects.map((value) => ({ kind: 'project' as const, value })),
    ...(lastCommit === null ? [] : [{ kind: 'commit' as const, value: lastCommit.sha, ...(lastCommit.message === null ? {} : { label: clip(lastCommit.message, 150) }) }]),
    ...(lastDeploy?.environment === null || lastDeploy === null ? [] : [{ kind: 'environment' as const, value: lastDeploy.environment }]),
  ]
}
