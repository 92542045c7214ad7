import { z } from 'zod'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { entityField } from '../../kit/window.ts'
import type { DocsClient } from '../client.ts'
import { findPage } from '../find-page.ts'
import { docsOperations, pageAge, pageLinks } from '../hits.ts'
import { knowledgeSignal, pageEntity, statementEntities } from '../knowledge.ts'
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
    const told = { library, now: clock.now() }
    const said = sections.flatMap(statements)
    const signals = said.map((statement) => knowledgeSignal(page, statement, page.kind === 'catalog' || statementEntities(statement, library).length === 0 ? 0 : 1, told))
    return {
      structured: { path: page.path, title: page.title, kind: page.kind, date: page.date, headings: page.sections.map(({ heading }) => heading), markdown: markdown.slice(0, MOST_CHARACTERS) },
      text: `${page.path} (${page.kind.replace('_', '-')}, ${pageAge(page, clock.now())})\n\n${markdown}`,
      entities: [pageEntity(page), ...said.flatMap((statement) => statementEntities(statement, library))],
      // What names something, or is near in time, before what does not.
      signals: signals.toSorted((a, b) => b.severity - a.severity).slice(0, MOST_SIGNALS),
      links: pageLinks(page),
      truncated: markdown.length > MOST_CHARACTERS,
    }
  },
})
