import { z } from 'zod'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField } from '../../kit/window.ts'
import type { DocsClient } from '../client.ts'
import { findPage } from '../find-page.ts'
import { docsOperations, entitiesIn, pageAge, pageEntity, pageLinks } from '../hits.ts'
import { pageKinds, statements } from '../markdown.ts'

const MOST_CHARACTERS = 20_000
const MOST_SIGNALS = 10

/** One page, or one part of it. */
export const getPage = defineTool<DocsClient>()({
  name: 'docs_get_page',
  title: 'Read a document',
  useWhen: 'Use when a search found a page and you need all of it, or the part under one heading.',
  input: z.object({ page: entityField('document', 'Path as a search gave it'), heading: z.string().min(1).max(200).optional().describe('Only the part under this heading') }),
  output: z.object({ path: z.string(), title: z.string(), kind: z.enum(pageKinds), date: z.string().nullable(), headings: z.array(z.string()), markdown: z.string() }),
  operations: docsOperations,
  run: async (args, { client, clock }) => {
    const library = await client.library()
    const page = findPage(library, args.page)
    const wanted = args.heading?.toLowerCase()
    const sections = wanted === undefined ? page.sections : page.sections.filter(({ heading }) => heading.toLowerCase().includes(wanted))
    if (sections.length === 0) fail('not_found', `${page.path} has no heading "${args.heading ?? ''}". Its headings: ${page.sections.map(({ heading }) => heading).join('; ').slice(0, 400)}.`)
    const markdown = wanted === undefined ? page.markdown : sections.map(({ text }) => text).join('\n\n')
    const said = sections.flatMap((section) => statements(section).map((statement) => ({ ...statement, heading: section.heading })))
    return {
      structured: { path: page.path, title: page.title, kind: page.kind, date: page.date, headings: page.sections.map(({ heading }) => heading), markdown: markdown.slice(0, MOST_CHARACTERS) },
      text: `${page.path} (${page.kind.replace('_', '-')}, ${pageAge(page, clock.now())})\n\n${markdown}`,
      entities: [pageEntity(page), ...said.flatMap(({ text }) => entitiesIn(text, library))],
      signals: said.slice(0, MOST_SIGNALS).map(({ line, heading, text }) => makeSignal('knowledge', 1, `${page.path}:${line} (${heading}): ${text}`, { about: [pageEntity(page), ...entitiesIn(text, library)], says: text })),
      links: pageLinks(page),
      truncated: markdown.length > MOST_CHARACTERS,
    }
  },
})
