import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { entityField } from '../../kit/window.ts'
import type { DocsClient, Library } from '../client.ts'
import { findPageOfKind } from '../find-page.ts'
import { docsOperations, pageAge, pageLinks } from '../hits.ts'
import { type Telling, entitiesIn, knowledgeSignal, pageEntity } from '../knowledge.ts'
import type { Page } from '../markdown.ts'
import { statements } from '../markdown.ts'
import { bodyText, listItems, sectionsAbout } from '../outline.ts'

/** The parts of a post-mortem as the SRE book names them, and the headings people write for them: https://sre.google/sre-book/example-postmortem/ */
const PARTS = {
  summary: /^summary|overview|what happened/i,
  impact: /impact|damage/i,
  rootCauses: /root cause|^causes?$|why it happened|contributing/i,
  trigger: /trigger/i,
  detection: /detect|how we (?:found|noticed)/i,
  resolution: /resol|mitigat|recover|how (?:it|we) (?:was )?fixed/i,
  lessons: /lesson|went (?:well|wrong)|lucky/i,
  timeline: /timeline/i,
} as const
const ACTIONS = /action|follow[- ]?ups?|next steps/i
const Part = z.string().nullable()
const Action = z.object({ line: z.number().int(), text: z.string(), done: z.boolean().nullable().describe('null: it does not say') })
const LONGEST_PART = 3_000

/** A post-mortem by its parts, with the action items that are still open. */
export const getPostMortem = defineTool<DocsClient>()({
  name: 'docs_get_post_mortem',
  title: 'Read a post-mortem',
  useWhen: 'Use when a past incident resembles this one and you need its root cause, trigger, resolution and open action items.',
  input: z.object({ postMortem: entityField('document', 'Path or title, or the symptom') }),
  output: z.object({
    path: z.string(), title: z.string(), date: z.string().nullable(), summary: Part, impact: Part, rootCauses: Part, trigger: Part, detection: Part, resolution: Part, lessons: Part,
    timeline: Part, actionItems: z.array(Action),
  }),
  operations: docsOperations,
  run: async ({ postMortem }, { client, clock }) => {
    const library = await client.library()
    const page = findPageOfKind(library, postMortem, 'post_mortem', 'post-mortem')
    const part = (heading: RegExp): string | null => sectionsAbout(page, heading).map((section) => bodyText(section, LONGEST_PART)).join('\n').slice(0, LONGEST_PART) || null
    const parts = Object.fromEntries(Object.entries(PARTS).map(([name, heading]) => [name, part(heading)])) as Record<keyof typeof PARTS, string | null>
    const actionItems = sectionsAbout(page, ACTIONS).flatMap(listItems).map(actionOf)
    const all = page.sections.flatMap(statements)
    return {
      structured: { path: page.path, title: page.title, date: page.date, ...parts, actionItems },
      text: [
        `${page.title} (${page.path}, ${pageAge(page, clock.now())})`,
        ...Object.entries(parts).flatMap(([name, text]) => (text === null ? [] : [`## ${name.replace('rootCauses', 'root causes')}\n${text}`])),
        ...(actionItems.length === 0 ? [] : [`## action items\n${actionItems.map(({ text, done }) => `- ${done === null ? '' : done ? 'done: ' : 'OPEN: '}${text}`).join('\n')}`]),
      ].join('\n'),
      entities: [pageEntity(page), ...all.flatMap(({ text }) => entitiesIn(text, library))],
      signals: [...causeSignals(page, { library, now: clock.now() }), ...openSignals(page, actionItems, library)],
      links: pageLinks(page),
    }
  },
})

function actionOf({ line, text }: { line: number; text: string }): z.infer<typeof Action> {
  const [, mark, rest = text] = /^\[([ xX])\]\s*(.*)$/.exec(text) ?? []
  return { line, text: rest, done: mark === undefined ? null : mark !== ' ' }
}

function causeSignals(page: Page, telling: Telling): Signal[] {
  return [PARTS.rootCauses, PARTS.trigger, PARTS.resolution].flatMap((heading) => sectionsAbout(page, heading).flatMap(statements).slice(0, 3)).map((statement) => knowledgeSignal(page, statement, 1, telling))
}

/** What was agreed on and not done may happen again. */
function openSignals(page: Page, actions: readonly z.infer<typeof Action>[], library: Library): Signal[] {
  return actions.filter(({ done }) => done === false).slice(0, 5).map(({ line, text }) =>
    makeSignal('knowledge', 2, `Never done after ${page.date === null ? 'an earlier incident' : `the incident of ${page.date}`}: ${clip(text, 240)} (${page.path}:${line})`, { about: [...entitiesIn(text, library), pageEntity(page)], says: '' }))
}
