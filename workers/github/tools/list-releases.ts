import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient, Repository } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const Release = z.object({ tag: z.string(), repository: z.string(), sha: z.string().nullable(), name: z.string(), at: z.string(), author: z.string(), prerelease: z.boolean(), body: z.string(), url: z.string().nullable() })
type Release = z.infer<typeof Release>
const Tag = z.object({ name: z.string(), repository: z.string(), sha: z.string() })
type Tag = z.infer<typeof Tag>

/** Releases published in a window with their commits, and the newest tags without one; GitHub keeps no time for a tag. */
export const listReleases = defineTool<GithubClient>()({
  name: 'github_list_releases',
  title: 'List releases and tags',
  useWhen: 'Use when you need which version was released when, from which commit, and what its notes say.',
  input: z.object({ repository: repositoryField, ...windowFields, limit: limitField(15, 100), cursor: cursorField }),
  output: z.object({ releases: z.array(Release), tags: z.array(Tag) }),
  operations: [repositoryRead('releases'), repositoryRead('tags')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 30 * 24 * 60, maxMinutes: 3 * 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => releasesOf(repository, { per_page: args.limit, page }, client)))
    const releases = lists.flatMap((list) => list.releases).filter(({ at }) => Date.parse(at) >= window.start.getTime() && Date.parse(at) < window.end.getTime()).sort((a, b) => b.at.localeCompare(a.at)).slice(0, args.limit)
    const tags = lists.flatMap((list) => list.loose.slice(0, 10))
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.releases.length)), args.limit)
    const nothing = `No release was published on GitHub between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { releases, tags },
      text: [
        ...(releases.length === 0 ? [`${nothing}.`] : releases.map((release) => `${releaseLine(release)}${release.body === '' ? '' : `\n    ${clip(release.body, 300)}`}`)),
        ...(tags.length === 0 ? [] : [`Tags without a release: ${tags.map(({ name, repository, sha }) => `${name} ${sha.slice(0, 12)} [${repository}]`).join(', ')}`]),
      ].join('\n'),
      entities: [...releases.flatMap(releaseEntities), ...tags.map(({ sha }): Entity => ({ kind: 'commit', value: sha }))],
      signals: releases.length === 0 ? [makeSignal('absence', 0, nothing)] : releases.map((release) => makeSignal('change', 1, releaseLine(release), { at: release.at, about: releaseEntities(release), says: release.body })),
      links: releases.flatMap(({ url, tag }) => (url === null ? [] : [{ title: tag, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

async function releasesOf(repository: Repository, query: { per_page: number; page: number }, client: GithubClient): Promise<{ releases: Release[]; loose: Tag[] }> {
  const [published, tags] = await Promise.all([client.releases(repository, query), client.tags(repository)])
  const releases = published.filter(({ draft }) => !draft).map((release): Release => ({
    tag: release.tag_name, repository: repository.fullName, sha: tags.find(({ name }) => name === release.tag_name)?.commit.sha ?? null, name: release.name ?? release.tag_name, at: release.published_at ?? release.created_at,
    author: release.author?.login ?? 'unknown', prerelease: release.prerelease, body: (release.body ?? '').slice(0, 2_000), url: release.html_url ?? null,
  }))
  const released = new Set(releases.map(({ tag }) => tag))
  // With a full page of releases it is not known which tags belong to the further ones.
  const loose = published.length === query.per_page ? [] : tags.filter(({ name }) => !released.has(name)).map(({ name, commit }): Tag => ({ name, repository: repository.fullName, sha: commit.sha }))
  return { releases, loose }
}

function releaseLine({ tag, repository, sha, name, at, author, prerelease }: Release): string {
  return `Release ${tag}${name === tag ? '' : ` "${name}"`} [${repository}]${prerelease ? ' (a preview)' : ''} by ${author} at ${utc(at)}${sha === null ? '' : ` from ${sha.slice(0, 12)}`}`
}

function releaseEntities({ tag, repository, sha, at, author }: Release): Entity[] {
  return [{ kind: 'release', value: tag, at }, ...(sha === null ? [] : [{ kind: 'commit' as const, value: sha }]), { kind: 'repository', value: repository }, { kind: 'user', value: author }]
}
