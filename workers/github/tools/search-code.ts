import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { isUnrun } from '../patch-signal.ts'

const Hit = z.object({ path: z.string(), repository: z.string(), fragments: z.array(z.string()), url: z.string().nullable() })

/** Where a string stands in the code of the default branches. */
export const searchCode = defineTool<GithubClient>()({
  name: 'github_search_code',
  title: 'Search code',
  useWhen: 'Use when you have an exact name (function, variable, message, table, setting) and need the files that use it.',
  input: z.object({ query: z.string().min(2).max(200).describe('The exact string; path:, language: and filename: narrow it'), repository: repositoryField, limit: limitField(15, 50), cursor: cursorField }),
  output: z.object({ total: z.number(), hits: z.array(Hit) }),
  operations: [{ type: 'http', method: 'GET', path: '/search/code' }],
  run: async (args, { client }) => {
    const repositories = client.repositories(args.repository)
    const scope = repositories.map(({ fullName }) => `repo:${fullName}`).join(' ')
    // A string with spaces or punctuation is searched for as one phrase.
    const phrase = /["\s]|:\S/.test(args.query) ? args.query : `"${args.query}"`
    const page = pageOf(args.cursor)
    const { total, items } = await client.searchCode(`${phrase} ${scope}`, { per_page: args.limit, page })
    // A query can name further repositories itself: what is public there is nobody's business here.
    const known = new Set(repositories.map(({ fullName }) => fullName.toLowerCase()))
    const hits = items.filter((item) => known.has(item.repository.full_name.toLowerCase())).map((item) => ({ path: item.path, repository: item.repository.full_name, fragments: (item.text_matches ?? []).map(({ fragment }) => fragment), url: item.html_url ?? null }))
    const cursor = cursorAfter(page, items.length, args.limit)
    const nothing = `No code in ${repositories.map(({ fullName }) => fullName).join(', ')} contains ${args.query}`
    return {
      structured: { total, hits },
      text: hits.length === 0 ? `${nothing} (default branches only).` : `${total} files:\n${hits.map(({ path, repository, fragments }) => [`${repository} ${path}`, ...fragments.slice(0, 3).map((fragment) => fragment.split('\n').map((line) => `    ${line}`).join('\n'))].join('\n')).join('\n')}`,
      entities: hits.flatMap(({ path, repository }) => [{ kind: 'file' as const, value: path }, { kind: 'repository' as const, value: repository }]),
      signals: hits.length === 0 ? [makeSignal('absence', 1, nothing)] : hits.slice(0, 8).map(({ path, repository, fragments }) => makeSignal('knowledge', isUnrun(path) ? 0 : 1, `${args.query} stands in ${repository} ${path}: ${clip(lineWith(fragments, args.query), 160)}`, {
        about: [{ kind: 'file', value: path }, { kind: 'repository', value: repository }], says: fragments.slice(0, 3).join('\n'),
      })),
      links: hits.flatMap(({ path, url }) => (url === null ? [] : [{ title: path, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

/** The line of the fragments that holds the string, or else what they begin with. */
function lineWith(fragments: readonly string[], wanted: string): string {
  const lines = fragments.flatMap((fragment) => fragment.split('\n'))
  return lines.find((line) => line.toLowerCase().includes(wanted.toLowerCase().replaceAll('"', ''))) ?? fragments[0] ?? ''
}
