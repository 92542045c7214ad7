import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { DocsClient } from '../client.ts'
import { docsOperations, pageAge } from '../hits.ts'
import { datedStatements, pageEntity } from '../knowledge.ts'
import { pageKinds } from '../markdown.ts'

const MOST_ANNOUNCED = 8

/** All pages with their kind and age, and what they announce for now. */
export const listSources = defineTool<DocsClient>()({
  name: 'docs_list_sources',
  title: 'List documents',
  useWhen: 'Use when you need to know which documents there are, and what they announce for now: drills, load tests, maintenance, credentials that ended.',
  input: z.object({ kind: z.enum(pageKinds).optional(), limit: limitField(50, 200), cursor: cursorField }),
  output: z.object({ pages: z.array(z.object({ path: z.string(), title: z.string(), kind: z.enum(pageKinds), date: z.string().nullable() })), total: z.number(), announced: z.array(z.object({ path: z.string(), line: z.number().int(), text: z.string(), at: z.string().nullable() })).describe('what the pages say of these days: plans, drills, what ended'), unread: z.array(z.string()).describe('what could not be read, and why') }),
  operations: docsOperations,
  run: async ({ kind, limit, cursor }, { client, clock }) => {
    const library = await client.library()
    const all = library.pages.filter((page) => kind === undefined || page.kind === kind)
    const from = Math.max(0, Number.parseInt(cursor ?? '0', 10) || 0)
    const pages = all.slice(from, from + limit)
    const announced = from > 0 ? [] : datedStatements(all, { library, now: clock.now() }).slice(0, MOST_ANNOUNCED)
    const more = from + limit < all.length
    return {
      structured: { pages: pages.map(({ path, title, kind: sort, date }) => ({ path, title, kind: sort, date })), total: all.length, announced: announced.map(({ page, line, signal }) => ({ path: page.path, line, text: signal.text, at: signal.at ?? null })), unread: [...library.problems] },
      text: [
        pages.length === 0 ? 'There are no such documents.' : pages.map((page) => `${page.path}: ${page.title} (${page.kind.replace('_', '-')}, ${pageAge(page, clock.now())})`).join('\n'),
        ...(announced.length === 0 ? [] : [`What they say of these days:\n${announced.map(({ signal }) => signal.text).join('\n')}`]),
        ...library.problems.map((problem) => `Not read: ${problem}.`),
      ].join('\n'),
      entities: [...pages.map(pageEntity), ...announced.flatMap(({ signal }) => signal.entities)],
      signals: announced.map(({ signal }) => signal),
      truncated: more,
      cursor: more ? String(from + limit) : undefined,
    }
  },
})
