import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity, EntityKind } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from '../kit/extract-entities.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { ago, clip, utc } from '../kit/plain-text.ts'
import { catalogEntries } from './catalog.ts'
import type { Library } from './client.ts'
import { type Dated, datedOf } from './dated.ts'
import { type Page, type Statement, statements } from './markdown.ts'

/** What statements are told with. */
export interface Telling {
  readonly library: Library
  readonly now: Date
}

type Severity = 0 | 1 | 2
const LONGEST = 260
const DAY_MS = 86_400_000

/** The page as an entity. */
export function pageEntity({ path, title }: Pick<Page, 'path' | 'title'>): Entity {
  return { kind: 'document', value: path, label: title.slice(0, 200) }
}

const COLUMN_KINDS: readonly [RegExp, EntityKind][] = [
  [/credential|secret|token|password|\bkeys?\b|certificate/i, 'credential'], [/variable|setting/i, 'variable'], [/service|\bapps?\b|component|depend/i, 'service'], [/repo/i, 'repository'],
  [/tenant|customer|account|owner|team|contact|lead|\bwho(?:m)?\b|\bby\b/i, 'user'], [/host|domain|endpoint/i, 'host'], [/\btables?\b/i, 'table'], [/cron|schedule/i, 'cronjob'], [/environment/i, 'environment'], [/bucket/i, 'bucket'],
]

/** What a statement names: the cells of its row by their columns, services of the catalogue, and whatever its text shows by its shape. */
export function statementEntities({ text, cells }: Pick<Statement, 'text' | 'cells'>, library: Library): Entity[] {
  const typed = cells.flatMap(({ column, value }, index): Entity[] => {
    const name = value.replace(/[*`]/g, '')
    const kind = COLUMN_KINDS.find(([pattern]) => pattern.test(column))?.[1] ?? (index === 0 ? 'identifier' : undefined)
    return kind !== undefined && /^[A-Za-z][\w.:@/-]{2,80}$/.test(name) ? [{ kind, value: name }] : []
  })
  const said = entitiesIn(text, library).filter(({ value }) => !typed.some((known) => known.value === value))
  return distinctEntities([...typed, ...said])
}

/** What a text names: typed identifiers, and services of the catalogue. */
export function entitiesIn(text: string, library: Library): Entity[] {
  const services = new Set(catalogEntries(library).map(({ service }) => service))
  const words = new Set(text.match(/[\w-]+/g) ?? [])
  return [...[...services].filter((service) => words.has(service)).map((value): Entity => ({ kind: 'service', value })), ...extractEntities(text)]
}

/**
 * A statement of a page as knowledge; what it names comes before the page. One whose time is near says so, has its time, and is
 * louder for it: a plan that runs, a credential that ended. `loud` is how loud it is without that.
 */
export function knowledgeSignal(page: Page, { line, heading, ...statement }: Statement, loud: Severity, { library, now }: Telling): Signal {
  const dated = datedOf(statement.text, now)
  const about = statementEntities(statement, library)
  const part = heading.split(' › ').at(-1) ?? ''
  const place = [
    ...(page.kind === 'post_mortem' && page.date !== null ? [`incident of ${page.date}`] : []), ...(part === '' || part === page.title || statement.cells.length > 0 ? [] : [part]),
  ].join(', ')
  const [subject = '', ...rest] = statement.cells.length > 0 ? statement.text.split(': ') : []
  const text = clip(dated === undefined ? statement.text : subject === '' ? `${whenText(dated, now)}: ${statement.text}` : `${subject} (${whenText(dated, now)}): ${rest.join(': ')}`, LONGEST)
  return makeSignal('knowledge', dated === undefined ? loud : datedLoudness(dated, now), `${place === '' ? '' : `${place}: `}${text} (${page.path}:${line})`, {
    at: dated?.at, about: [...about, pageEntity(page)], says: '',
  })
}

/** Statements of pages whose time is near, the loudest first. */
export function datedStatements(pages: readonly Page[], telling: Telling): { page: Page; line: number; signal: Signal }[] {
  return pages.flatMap((page) => page.sections.flatMap(statements).filter(({ text }) => datedOf(text, telling.now) !== undefined).map((statement) => ({ page, line: statement.line, signal: knowledgeSignal(page, statement, 1, telling) })))
    .sort((a, b) => b.signal.severity - a.signal.severity || Math.abs(Date.parse(a.signal.at ?? '') - telling.now.getTime()) - Math.abs(Date.parse(b.signal.at ?? '') - telling.now.getTime()))
}

function whenText({ state, at, end }: Dated, now: Date): string {
  const until = end === null ? '' : ` until ${utc(end)}`
  if (state === 'ended') return `ended ${utc(at)}, ${ago(at, now)} ago`
  if (state === 'ending') return `ends ${utc(at)}, in ${ago(now.toISOString(), new Date(at))}`
  if (state === 'coming') return `from ${utc(at)}${until}, in ${ago(now.toISOString(), new Date(at))}`
  return state === 'running' ? `now, since ${utc(at)}${until}` : `${utc(at)}${until}, over`
}

function datedLoudness({ state, at, end }: Dated, now: Date): Severity {
  const since = now.getTime() - Date.parse(end ?? at)
  return state === 'running' || (state === 'ended' && since < 7 * DAY_MS) || (state === 'over' && since < DAY_MS / 12) ? 2 : 1
}
