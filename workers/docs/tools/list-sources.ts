import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { DocsClient } from '../client.ts'
import { docsOperations, pageAge, pageEntity } from '../hits.ts'
import { pageKinds } from '../markdown.ts'

/** All pages with their kind and age. */
export const listSources = defineTool<DocsClient>()({
  name: 'docs_list_sources',
  title: 'List documents',
  useWhen: 'Use when you need to know which documents there are and how old they are.',
  input: z.object({ kind: z.enum(pageKinds).optional(), limit: limitField(50, 200), cursor: cursorField }),
  output: z.object({ pages: z.array(z.object({ path: z.string(), title: z.string(), kind: z.enum(pageKinds), date: z.string().nullable() })), total: z.number(), unread: z.array(z.string()).describe('what could not be read, and why') }),
  operations: docsOperations,
  run: async ({ kind, limit, cursor }, { client, clock }) => {
    const library = await client.library()
    const all = library.pages.filter((page) => kind === undefined || page.kind === kind)
    const from = Math.max(0, Number.parseInt(cursor ?? '0', 10) || 0)
    const pages = all.slice(from, from + limit)
    const more = from + limit < all.length
    return {
      structured: { pages: pages.map(({ path, title, kind: sort, date }) => ({ path, title, kind: sort, date })), total: all.length, unread: [...library.problems] },
      text: [
        pages.length === 0 ? 'There are no such documents.' : pages.map((page) => `${page.path}: ${page.title} (${page.kind.replace('_', '-')}, ${pageAge(page, clock.now())})`).join('\n'),
        ...library.problems.map((problem) => `Not read: ${problem}.`),
      ].join('\n'),
      entities: pages.map(pageEntity),
      signals: [],
      truncated: more,
      cursor: more ? String(from + limit) : undefined,
    }
  },
})
