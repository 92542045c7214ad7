import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { projectField } from '../fields.ts'
import { organizationRead } from '../operations.ts'
import type { ReleaseShape } from '../shapes.ts'

const Release = z.object({
  version: z.string(), createdAt: z.string().nullable(), releasedAt: z.string().nullable(), projects: z.array(z.string()), newIssues: z.number(), commits: z.number(),
  lastCommit: z.object({ sha: z.string(), message: z.string().nullable() }).nullable(), authors: z.array(z.string()),
  lastDeploy: z.object({ environment: z.string().nullable(), at: z.string().nullable() }).nullable(),
})
type Release = z.infer<typeof Release>

/** Releases created in a window, the newest first. */
export const listReleases = defineTool<SentryClient>()({
  name: 'sentry_list_releases',
  title: 'List releases',
  useWhen: 'Use when you need to know which releases went out around an onset, with their commits and deploys.',
  input: z.object({ project: projectField, ...windowFields, limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ releases: z.array(Release) }),
  operations: [organizationRead('releases/'), { type: 'http', method: 'GET', path: '/api/0/projects/{organization}/{project}/releases/' }],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const query = { per_page: args.limit, cursor: args.cursor }
    const page = args.project === undefined ? await client.releases(query) : await client.projectReleases(args.project, query)
    const all = page.items.map((release) => releaseOf(release, args.project))
    // Sentry lists by date of creation and knows no window here.
    const releases = all.filter((release) => momentOf(release) >= window.start.getTime() && momentOf(release) < window.end.getTime()).slice(0, args.limit)
    const older = all.some((release) => momentOf(release) < window.start.getTime())
    const span = `${utc(window.start)} to ${utc(window.end)}`
    const where = args.project === undefined ? '' : ` of ${args.project}`
    return {
      structured: { releases },
      text: releases.length === 0 ? `No release${where} between ${span}.` : releases.map(releaseLine).join('\n'),
      entities: releases.flatMap(releaseEntities),
      signals: releases.length === 0
        ? [makeSignal('absence', 0, `No release${where} in Sentry between ${span}`)]
        : releases.map((release) => makeSignal('change', release.newIssues > 0 ? 2 : 1, `Release ${releaseLine(release)}`, { at: new Date(momentOf(release)).toISOString(), about: releaseEntities(release) })),
      truncated: page.cursor !== undefined && !older,
      cursor: older ? undefined : page.cursor,
    }
  },
})

function releaseOf(release: z.output<typeof ReleaseShape>, project: string | undefined): Release {
  const { lastCommit, lastDeploy } = release
  return {
    version: release.version, createdAt: release.dateCreated ?? null, releasedAt: release.dateReleased ?? null,
    projects: release.projects?.map(({ slug }) => slug) ?? (project === undefined ? [] : [project]), newIssues: release.newGroups ?? 0, commits: release.commitCount ?? 0,
    lastCommit: lastCommit?.id === null || lastCommit?.id === undefined ? null : { sha: lastCommit.id, message: lastCommit.message ?? null },
    authors: (release.authors ?? []).flatMap(({ name, email }) => name ?? email ?? []),
    lastDeploy: lastDeploy === null || lastDeploy === undefined ? null : { environment: lastDeploy.environment ?? null, at: lastDeploy.dateFinished ?? null },
  }
}

function momentOf({ createdAt, releasedAt }: Release): number {
  return Date.parse(releasedAt ?? createdAt ?? '')
}

function releaseLine(release: Release): string {
  const { version, projects, newIssues, commits, lastCommit, authors, lastDeploy } = release
  return [
    `${version} [${projects.join(', ')}] at ${utc(momentOf(release))}`, `${commits} commits`, `${newIssues} new issues`,
    ...(authors.length > 0 ? [`by ${authors.join(', ')}`] : []),
    ...(lastCommit === null ? [] : [`last commit ${lastCommit.sha}${lastCommit.message === null ? '' : ` "${clip(lastCommit.message, 120)}"`}`]),
    ...(lastDeploy === null ? [] : [`deployed to ${lastDeploy.environment ?? '?'}${lastDeploy.at === null ? '' : ` at ${utc(lastDeploy.at)}`}`]),
  ].join(', ')
}

function releaseEntities({ version, createdAt, projects, lastCommit, lastDeploy }: Release) {
  return [
    { kind: 'release' as const, value: version, ...(createdAt === null ? {} : { at: createdAt }) },
    ...projects.map((value) => ({ kind: 'project' as const, value })),
    ...(lastCommit === null ? [] : [{ kind: 'commit' as const, value: lastCommit.sha, ...(lastCommit.message === null ? {} : { label: clip(lastCommit.message, 150) }) }]),
    ...(lastDeploy?.environment === null || lastDeploy === null ? [] : [{ kind: 'environment' as const, value: lastDeploy.environment }]),
  ]
}
