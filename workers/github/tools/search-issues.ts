import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { GithubClient, Repository } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import type { IssueHitShape } from '../shapes.ts'

const Hit = z.object({
  number: z.number(), repository: z.string(), kind: z.enum(['issue', 'pull']), title: z.string(), state: z.enum(['open', 'closed', 'merged']), author: z.string(), labels: z.array(z.string()),
  createdAt: z.string(), updatedAt: z.string(), body: z.string(), url: z.string().nullable(),
})
type Hit = z.infer<typeof Hit>

/** Searches are dear, 30 a minute: so many repositories are asked when none is named. */
const MOST_REPOSITORIES = 5

/** Issues and pull requests by their words: what people already know or are working on. */
export const searchIssues = defineTool<GithubClient>()({
  name: 'github_search_issues',
  title: 'Search issues and pull requests',
  useWhen: 'Use when the problem may be known already: an issue that describes it, or a pull request that names the error or the setting.',
  input: z.object({
    query: z.string().min(2).max(200).describe('Words, or GitHub search qualifiers such as label:bug'), kind: z.enum(['issue', 'pull']).default('issue'), state: z.enum(['open', 'closed', 'all']).default('all'),
    repository: repositoryField, limit: limitField(10, 50), cursor: cursorField,
  }),
  output: z.object({ total: z.number(), hits: z.array(Hit) }),
  operations: [{ type: 'http', method: 'GET', path: '/search/issues' }],
  run: async (args, { client }) => {
    const all = client.repositories(args.repository)
    const repositories = all.slice(0, MOST_REPOSITORIES)
    const page = pageOf(args.cursor)
    // One search a repository: how several `repo:` terms combine depends on the server's version.
    const terms = `${unscoped(args.query)} is:${args.kind === 'pull' ? 'pr' : 'issue'}${args.state === 'all' ? '' : ` state:${args.state}`}`
    const answers = await Promise.all(repositories.map(async (repository) => ({ repository, ...(await client.searchIssues(`${terms} repo:${repository.fullName}`, { per_page: args.limit, page })) })))
    const hits = answers.flatMap(({ repository, items }) => items.filter((item) => isOf(item, repository)).map((item) => hitOf(item, repository))).sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)).slice(0, args.limit)
    const total = answers.reduce((sum, answer) => sum + answer.total, 0)
    const cursor = cursorAfter(page, Math.max(...answers.map(({ items }) => items.length)), args.limit)
    const nothing = `No ${args.kind === 'pull' ? 'pull request' : 'issue'} in ${repositories.map(({ fullName }) => fullName).join(', ')} matches ${args.query}`
    return {
      structured: { total, hits },
      text: hits.length === 0 ? `${nothing}.` : `${total} found, the last changed first:\n${hits.map((hit) => `${hitLine(hit)}${hit.body === '' ? '' : `\n    ${clip(hit.body, 300)}`}`).join('\n')}`,
      entities: hits.flatMap(hitEntities),
      signals: hits.length === 0 ? [makeSignal('absence', 0, nothing)] : hits.slice(0, 6).map((hit) => makeSignal('knowledge', 1, `${hitLine(hit)}${hit.body === '' ? '' : `. ${clip(hit.body, 120)}`}`, { at: hit.updatedAt, about: hitEntities(hit), says: `${hit.title}\n${hit.body}` })),
      links: hits.flatMap(({ url, number }) => (url === null ? [] : [{ title: `#${number}`, url }])),
      truncated: cursor !== undefined || all.length > repositories.length,
      cursor,
    }
  },
})

/** The query without qualifiers that would widen it to other repositories. */
function unscoped(query: string): string {
  const rest = query.replaceAll(/-?\b(?:repo|org|user|owner):[^\s()]+/gi, ' ').replaceAll(/\(\s*\)/g, ' ').replaceAll(/\s+/g, ' ').trim()
  return rest.replace(/(?:\s*\b(?:OR|AND|NOT))+$/, '')
}

/** Whether a hit is of the repository asked for: a query with OR in it can reach beyond. */
function isOf({ repository_url: url }: IssueHitShape, { fullName }: Repository): boolean {
  return url.toLowerCase().endsWith(`/repos/${fullName.toLowerCase()}`)
}

function hitOf(item: IssueHitShape, { fullName }: Repository): Hit {
  const merged = typeof item.pull_request?.merged_at === 'string'
  return {
    number: item.number, repository: fullName, kind: item.pull_request === undefined || item.pull_request === null ? 'issue' : 'pull', title: item.title, state: merged ? 'merged' : item.state === 'open' ? 'open' : 'closed',
    author: item.user?.login ?? 'unknown', labels: item.labels, createdAt: item.created_at, updatedAt: item.updated_at, body: (item.body ?? '').slice(0, 1_000), url: item.html_url ?? null,
  }
}

function hitLine({ number, repository, kind, title, state, author, labels, updatedAt }: Hit): string {
  return `${kind === 'pull' ? 'Pull request' : 'Issue'} #${number} [${repository}] ${state}, last changed ${utc(updatedAt)}, by ${author}: ${clip(title, 160)}${labels.length === 0 ? '' : ` (${labels.join(', ')})`}`
}

function hitEntities({ number, repository, kind, title, author, updatedAt }: Hit): Entity[] {
  const named: Entity = { kind: kind === 'pull' ? 'pull_request' : 'identifier', value: `#${number}`, label: clip(title, 150), at: updatedAt }
  return [named, { kind: 'repository', value: repository }, { kind: 'user', value: author }]
}
