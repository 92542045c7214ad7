import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { entityField } from '../../kit/window.ts'
import type { DocsClient } from '../client.ts'
import { findPageOfKind } from '../find-page.ts'
import { docsOperations, pageAge, pageLinks } from '../hits.ts'
import { entitiesIn, knowledgeSignal, pageEntity } from '../knowledge.ts'
import { statements } from '../markdown.ts'
import { codeLines, listItems, sectionsAbout } from '../outline.ts'

const Line = z.object({ line: z.number().int(), text: z.string() })
const DOING = /step|what to do|to do\b|fix|mitigat|remed|resol|action|procedure|recover|roll\s?back|check|diagnos|verify|how to/i
const MOST_SIGNALS = 10

/** A runbook taken apart: what it says of causes, what it tells to do, and the commands it gives. */
export const getRunbook = defineTool<DocsClient>()({
  name: 'docs_get_runbook',
  title: 'Read a runbook',
  useWhen: 'Use when a runbook fits the symptom and you need its causes, steps and commands.',
  input: z.object({ runbook: entityField('document', 'Path or title, or the symptom') }),
  output: z.object({ path: z.string(), title: z.string(), date: z.string().nullable(), said: z.array(Line), steps: z.array(Line), commands: z.array(Line) }),
  operations: docsOperations,
  run: async ({ runbook }, { client, clock }) => {
    const library = await client.library()
    const page = findPageOfKind(library, runbook, 'runbook', 'runbook')
    const doing = sectionsAbout(page, DOING)
    const steps = doing.flatMap(listItems)
    const commands = page.sections.flatMap(codeLines)
    const done = new Set([...steps, ...commands].map(({ line }) => line))
    const said = page.sections.flatMap(statements).filter(({ line }) => !done.has(line))
    const part = (name: string, lines: readonly z.infer<typeof Line>[]) => (lines.length === 0 ? [] : [`${name}:\n${lines.map(({ line, text }) => `  ${line}: ${text}`).join('\n')}`])
    return {
      structured: { path: page.path, title: page.title, date: page.date, said, steps, commands },
      text: [`${page.title} (${page.path}, ${pageAge(page, clock.now())})`, ...part('says', said), ...part('steps', steps), ...part('commands', commands)].join('\n'),
      entities: [pageEntity(page), ...[...said, ...steps, ...commands].flatMap(({ text }) => entitiesIn(text, library))],
      signals: [...said, ...steps].map((told) => knowledgeSignal(page, { cells: [], heading: '', ...told }, steps.includes(told) || entitiesIn(told.text, library).length === 0 ? 0 : 1, { library, now: clock.now() })).toSorted((a, b) => b.severity - a.severity).slice(0, MOST_SIGNALS),
      links: pageLinks(page),
    }
  },
})
