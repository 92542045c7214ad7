import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const Pull = z.object({
  number: z.number(), repository: z.string(), title: z.string(), author: z.string(), state: z.enum(['open', 'closed', 'merged']), createdAt: z.string(), updatedAt: z.string(), mergedAt: z.string().nullable(),
  mergeCommit: z.string().nullable(), head: z.string(), headSha: z.string(), base: z.string(), body: z.string(), url: z.string().nullable(),
})
type Pull = z.infer<typeof Pull>

/** Pull requests merged or updated in a window. */
export const listPulls = defineTool<GithubClient>()({
  name: 'github_list_pulls',
  title: 'List pull requests',
  useWhen: 'Use when you need to know what was merged before an onset, why, or whether a fix is already open.',
  input: z.object({ repository: repositoryField, state: z.enum(['open', 'closed', 'all']).default('all'), ...windowFields, limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ pulls: z.array(Pull) }),
  operations: [repositoryRead('pulls')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => (await client.pulls(repository, { state: args.state, per_page: args.limit, page })).map((pull): Pull => ({
      number: pull.number, repository: repository.fullName, title: pull.title, author: pull.user?.login ?? 'unknown', state: typeof pull.merged_at === 'string' ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
      createdAt: pull.created_at, updatedAt: pull.updated_at, mergedAt: pull.merged_at ?? null, mergeCommit: pull.merge_commit_sha ?? null, head: pull.head.ref, headSha: pull.head.sha, base: pull.base.ref,
      body: (pull.body ?? '').slice(0, 2_000), url: pull.html_url ?? null,
    }))))
    const within = (time: string) => Date.parse(time) >= window.start.getTime() && Date.parse(time) < window.end.getTime()
    const pulls = lists.flat().filter((pull) => within(pull.mergedAt ?? pull.updatedAt)).sort((a, b) => momentOf(b).localeCompare(momentOf(a))).slice(0, args.limit)
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const nothing = `No pull request was merged or updated between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { pulls },
      text: pulls.length === 0 ? `${nothing}.` : pulls.map((pull) => `${pullLine(pull)}${pull.body === '' ? '' : `\n    ${clip(pull.body, 300)}`}`).join('\n'),
      entities: pulls.flatMap(pullEntities),
      signals: pulls.length === 0 ? [makeSignal('absence', 0, nothing)] : pulls.map((pull) => makeSignal('change', pull.state === 'merged' ? 1 : 0, `Pull request ${pullLine(pull)}`, { at: momentOf(pull), about: pullEntities(pull), says: `${pull.title}\n${pull.body}` })),
      links: pulls.flatMap(({ url, number }) => (url === null ? [] : [{ title: `#${number}`, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

function momentOf({ mergedAt, updatedAt }: Pull): string {
  return mergedAt ?? updatedAt
}

function pullLine(pull: Pull): string {
  const merged = pull.mergedAt === null ? '' : ` at ${utc(pull.mergedAt)}${pull.mergeCommit === null ? '' : ` as ${pull.mergeCommit.slice(0, 12)}`}`
  return `#${pull.number} [${pull.repository}] ${pull.state}${merged} by ${pull.author}: ${clip(pull.title, 160)} (${pull.head} into ${pull.base})`
}

function pullEntities(pull: Pull): Entity[] {
  return [
    { kind: 'pull_request', value: `#${pull.number}`, label: clip(pull.title, 150), at: momentOf(pull) }, { kind: 'repository', value: pull.repository }, { kind: 'user', value: pull.author },
    { kind: 'branch', value: pull.head }, ...(pull.mergeCommit === null || pull.mergedAt === null ? [] : [{ kind: 'commit' as const, value: pull.mergeCommit, at: pull.mergedAt }]), { kind: 'commit', value: pull.headSha },
  ]
}
