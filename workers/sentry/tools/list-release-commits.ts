import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, entityField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { organizationRead } from '../operations.ts'
import type { ReleaseCommitShape } from '../release-shapes.ts'

const Commit = z.object({ sha: z.string(), message: z.string(), at: z.string().nullable(), author: z.string(), repository: z.string().nullable(), pull: z.string().nullable() })
type Commit = z.infer<typeof Commit>
const ChangedFile = z.object({ path: z.string(), change: z.string(), repository: z.string().nullable() })

const CHANGES: Readonly<Record<string, string>> = { A: 'added', M: 'modified', D: 'deleted' }

/** The commits Sentry counts to a release, with the files they touched. */
export const listReleaseCommits = defineTool<SentryClient>()({
  name: 'sentry_list_release_commits',
  title: 'List the commits of a release',
  useWhen: 'Use when a release is suspect and you need which commits and files it brought, by whom.',
  input: z.object({ release: entityField('release', 'Version as Sentry writes it'), cursor: cursorField }),
  output: z.object({ commits: z.array(Commit), files: z.array(ChangedFile) }),
  operations: [organizationRead('releases/{version}/commits/'), organizationRead('releases/{version}/commitfiles/')],
  run: async (args, { client }) => {
    const [page, changed] = await Promise.all([client.releaseCommits(args.release, { cursor: args.cursor }), client.commitFiles(args.release)])
    const commits = page.items.map(commitOf)
    // Sentry lists a file once for every commit that touched it.
    const files = [...new Map(changed.map(({ filename, type, repoName }) => [`${repoName ?? ''} ${filename}`, { path: filename, change: CHANGES[type ?? ''] ?? 'changed', repository: repoName ?? null }])).values()]
    const release: Entity = { kind: 'release', value: args.release }
    const nothing = `Sentry knows no commit of release ${args.release}: none was reported with it`
    return {
      structured: { commits, files },
      text: commits.length === 0 ? `${nothing}.` : [...commits.map(commitLine), `Files: ${files.map(({ path, change }) => `${path} (${change})`).join(', ') || 'not reported'}`].join('\n'),
      entities: [release, ...commits.flatMap(commitEntities), ...files.slice(0, 50).map(({ path }): Entity => ({ kind: 'file', value: path }))],
      signals: commits.length === 0
        ? [makeSignal('absence', 0, nothing, { about: [release] })]
        : commits.slice(0, 12).map((commit) => makeSignal('change', 1, `In release ${args.release}: ${commitLine(commit)}`, { at: commit.at ?? undefined, about: [...commitEntities(commit), release], says: commit.message })),
      truncated: page.cursor !== undefined,
      cursor: page.cursor,
    }
  },
})

function commitOf({ id, message, dateCreated, author, repository, pullRequest }: z.output<typeof ReleaseCommitShape>): Commit {
  return {
    sha: id, message: message ?? '', at: dateCreated ?? null, author: author?.name ?? author?.email ?? 'unknown', repository: repository?.name ?? null,
    pull: pullRequest === null || pullRequest === undefined ? null : `#${pullRequest.id}`,
  }
}

function commitLine({ sha, message, at, author, repository, pull }: Commit): string {
  return `${sha.slice(0, 12)} ${at === null ? '' : `${utc(at)} `}${author}${repository === null ? '' : ` [${repository}]`} ${clip(message, 160)}${pull === null || message.includes(pull) ? '' : ` (${pull})`}`
}

function commitEntities({ sha, message, at, author, repository, pull }: Commit): Entity[] {
  return [
    { kind: 'commit', value: sha, ...(message === '' ? {} : { label: clip(message, 150) }), ...(at === null ? {} : { at }) }, { kind: 'user', value: author },
    ...(repository === null ? [] : [{ kind: 'repository' as const, value: repository }]), ...(pull === null ? [] : [{ kind: 'pull_request' as const, value: pull }]),
  ]
}
