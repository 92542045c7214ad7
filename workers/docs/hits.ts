import { z } from 'zod'
import type { Signal } from '../../src/core/signal.ts'
import type { Link } from '../../src/core/tool.ts'
import type { Operation } from '../../src/core/worker.ts'
import type { ToolReturn } from '../kit/define-tool.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { ago } from '../kit/plain-text.ts'
import type { Hit } from './client.ts'
import { type Telling, entitiesIn, knowledgeSignal, pageEntity } from './knowledge.ts'
import { isStopWord } from './stop-words.ts'
import { pageKinds, statements } from './markdown.ts'
import type { Page } from './markdown.ts'

/** What every docs tool may do: search what was read, and read it from the documents' own server if that is where it is. */
export const docsOperations: readonly Operation[] = [
  { type: 'local', name: 'index' },
  { type: 'http', method: 'GET', path: '/llms.txt' },
  { type: 'http', method: 'GET', path: '/{page+}' },
]

const Quote = z.object({ line: z.number(), text: z.string() })

/** A section found, with the lines that answer the query best. */
export const HitResult = z.object({
  path: z.string(), title: z.string(), kind: z.enum(pageKinds), date: z.string().nullable(), heading: z.string(), lines: z.tuple([z.number(), z.number()]), quotes: z.array(Quote),
})
export type HitResult = z.infer<typeof HitResult>

const QUOTES = 4

/** A hit with its best lines: those that share most with the query, in the order of the page. */
function hitResult({ page, section }: Hit, query: string): HitResult {
  const words = wordsOf(query)
  const ranked = statements(section).map((statement) => ({ ...statement, shared: sharedWords(statement.text, words) }))
  const best = ranked.toSorted((a, b) => b.shared - a.shared || a.line - b.line).slice(0, QUOTES).toSorted((a, b) => a.line - b.line)
  return {
    path: page.path, title: page.title, kind: page.kind, date: page.date, heading: section.heading, lines: [section.startLine, section.endLine],
    quotes: best.map(({ line, text }) => ({ line, text: text.slice(0, 400) })),
  }
}

function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}_-]{3,}/gu) ?? [])].filter((word) => !isStopWord(word))
}

function alike(a: string, b: string): boolean {
  return a === b || (a.length > 4 && b.length > 4 && (a.startsWith(b.slice(0, -1)) || b.startsWith(a.slice(0, -1))))
}

/** How old a page says it is, in words. */
export function pageAge(page: Pick<Page, 'date'>, now: Date): string {
  return page.date === null ? 'undated' : `${page.date}, ${ago(`${page.date}T00:00:00Z`, now)} old`
}

/** A link to the page, where people can open it. */
export function pageLinks({ title, url }: Pick<Page, 'title' | 'url'>): Link[] {
  return url === null ? [] : [{ title: title.slice(0, 200), url }]
}

/** A search's answer: quoted lines with their places, and each hit's best line as a knowledge signal. */
export function hitsAnswer(hits: readonly Hit[], query: string, what: string, telling: Telling): ToolReturn<{ hits: HitResult[] }> {
  const { library, now } = telling
  const results = hits.map((hit) => hitResult(hit, query))
  if (results.length === 0) {
    return { structured: { hits: [] }, text: `No ${what} says anything about "${query}".`, entities: [], signals: [makeSignal('absence', 0, `No ${what} says anything about "${query}"`)] }
  }
  const text = results.map((hit) => [
    `${hit.path}:${hit.lines[0]}-${hit.lines[1]} › ${hit.heading} (${hit.kind.replace('_', '-')}, ${pageAge(hit, now)})`, ...hit.quotes.map(({ line, text: quote }) => `  ${line}: ${quote}`),
  ].join('\n')).join('\n\n')
  return {
    structured: { hits: results },
    text,
    entities: results.flatMap((hit) => [pageEntity(hit), ...hit.quotes.flatMap(({ text: quote }) => entitiesIn(quote, library))]),
    links: hits.map(({ page }) => page).filter((page, index, all) => all.indexOf(page) === index).flatMap(pageLinks),
    signals: hits.slice(0, 6).flatMap((hit) => knowledgeSignals(hit, query, telling)),
  }
}

/** A hit's best two lines; one that shares several words with the query is louder. What a catalogue lists is never news. */
function knowledgeSignals({ page, section }: Hit, query: string, telling: Telling): Signal[] {
  const words = wordsOf(query)
  const weighed = statements(section).map((statement) => ({ ...statement, shared: sharedWords(statement.text, words) }))
  return weighed.filter(({ shared }) => shared > 0).toSorted((a, b) => b.shared - a.shared || a.line - b.line).slice(0, 2).map((statement) => knowledgeSignal(page, statement, statement.shared > 1 && page.kind !== 'catalog' ? 2 : 1, telling))
}

function sharedWords(text: string, words: readonly string[]): number {
  return wordsOf(text).filter((word) => words.some((wanted) => alike(word, wanted))).length
}
