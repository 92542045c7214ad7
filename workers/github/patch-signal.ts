import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip } from '../kit/plain-text.ts'
import { type PatchBlock, patchBlocks } from './patch-blocks.ts'

/** A changed file as far as its patch is told. */
interface Patched {
  readonly path: string
  readonly patch: string | null
}

/** What a patch belongs to: a commit, or a pull request as a whole. */
export interface PatchOwner {
  readonly name: string
  readonly at: string | undefined
  readonly about: readonly Entity[]
}

const MOST_BLOCKS = 2
const MOST_LINES = 2
const LINE = 90
/** Before the first difference of two long lines so much of what they share is kept. */
const SHARED = 30
/** From so many changed lines on, code is read, not quoted; settings are quoted at any length. */
const LONG_CODE = 20

const UNRUN = /(?:^|\/)(?:\.gitignore|\.gitattributes|\.editorconfig|\.prettier\w*|\.mailmap|CODEOWNERS|OWNERS|LICEN[CS]E|NOTICE|AUTHORS)(?:\.\w+)?$|\.(?:mdx?|rst|adoc)$|(?:^|\/)(?:docs?|tests?|__tests__|spec|fixtures)\/|\.(?:test|spec)\.\w+$|_test\.\w+$/i
const LOCK = /(?:^|\/)(?:[\w-]+-lock\.\w+|[\w-]+\.lock|go\.sum)$/
const SETTINGS = /(?:^|\/)(?:Dockerfile|Procfile|Makefile|\.env)[\w.-]*$|\.(?:ya?ml|json|toml|ini|cfg|conf|properties|env|tf|tfvars|sql|service|cron)$/i

/** Whether a file is nothing that runs: documents, tests, owners, settings of editors. */
export function isUnrun(path: string): boolean {
  return UNRUN.test(path)
}

/** How much a file's change tells at a glance: settings and schemas most, lock files and what does not run least. */
export function telling(path: string): number {
  return isUnrun(path) ? 0 : LOCK.test(path) ? 1 : SETTINGS.test(path) ? 3 : 2
}

/** Whether a file's change is short enough, or of a kind, to be quoted in a list of commits. */
export function isQuotable({ path, additions, deletions }: { path: string; additions: number; deletions: number }): boolean {
  return telling(path) === 3 || additions + deletions <= LONG_CODE
}

/** The most telling places a file's patch changes, one signal each, at most two: `commit file place: - old + new`. */
export function patchSignals({ path, patch }: Patched, owner: PatchOwner): Signal[] {
  if (patch === null) return []
  const blocks = patchBlocks(patch)
  const told = blocks.toSorted((a, b) => weight(b) - weight(a)).slice(0, MOST_BLOCKS)
  const file: Entity = { kind: 'file', value: path }
  return blocks.filter((block) => told.includes(block)).map((block) => {
    const place = block.place.join(' › ')
    const rest = block.removed.length + block.added.length - 2 * MOST_LINES
    return makeSignal('change', isUnrun(path) ? 0 : 1, `${owner.name}${path}${place === '' ? '' : ` ${place}`}: ${changeText(block)}${rest > 0 ? ` (${rest} more lines)` : ''}`, {
      at: owner.at, about: [...owner.about, file, ...block.place.flatMap(placeEntity), ...declaredFunctions([...block.removed, ...block.added].map((line) => `+${line}`))], says: [...block.removed, ...block.added].slice(0, 40).join('\n'),
    })
  })
}

function changeText({ removed, added }: PatchBlock): string {
  const [old, fresh] = [best(removed), best(added)]
  const shown = [...old.map((line, index) => `- ${excerpt(line, fresh[index])}`), ...fresh.map((line, index) => `+ ${excerpt(line, old[index])}`)]
  return shown.join(' ')
}

/** The most telling lines, in their order. */
function best(lines: readonly string[]): string[] {
  const chosen = new Set(lines.map((line, index) => ({ index, worth: lineWeight(line) })).toSorted((a, b) => b.worth - a.worth || a.index - b.index).slice(0, MOST_LINES).map(({ index }) => index))
  return lines.filter((_, index) => chosen.has(index))
}

/** A long line from shortly before where it differs from its other side. */
function excerpt(line: string, other: string | undefined): string {
  if (line.length <= LINE || other === undefined) return clip(line, LINE)
  let same = 0
  while (same < Math.min(line.length, other.length) && line[same] === other[same]) same += 1
  return same <= SHARED ? clip(line, LINE) : `…${clip(line.slice(same - SHARED), LINE)}`
}

function weight({ removed, added }: PatchBlock): number {
  // What takes the place of something else tells more than what only joins.
  return Math.max(0, ...removed.map(lineWeight), ...added.map(lineWeight)) + (removed.length > 0 && added.length > 0 ? 2 : 0)
}

/** Numbers, texts, names of settings and switches are what an incident hangs on; remarks, imports and brackets are not. */
function lineWeight(line: string): number {
  if (/^(?:\/\/|#(?!!)|\/?\*|--|<!--|import\b|use\s|[\])}{(;,]*$)/.test(line)) return 0
  return 1 + (/\d/.test(line) ? 2 : 0) + (/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\b(?:true|false|null|none|on|off)\b/i.test(line) ? 2 : 0) + (/["'`][^"'`]+["'`]/.test(line) ? 1 : 0) + (/[:=]/.test(line) ? 1 : 0)
}

function placeEntity(place: string): Entity[] {
  return /^[A-Z][A-Z0-9_]+$/.test(place) ? [{ kind: 'variable', value: place }] : /^[\w.:/@-]{3,80}$/.test(place) ? [{ kind: 'identifier', value: place }] : []
}

const DECLARATION = /\b(?:function|def|fn|func|class|sub)\s+(?<a>[A-Za-z_]\w*)|\b(?:const|let|var)\s+(?<b>[A-Za-z_]\w*)\s*=\s*(?:async\s*)?(?:\(|function|\w+\s*=>)/g

/** Functions and classes declared in the changed lines, or named by a hunk's header as the place of the change. */
export function declaredFunctions(lines: readonly string[]): Entity[] {
  return lines.filter((line) => /^(?:[-+]|@@)/.test(line)).flatMap((line) => [...line.matchAll(DECLARATION)].flatMap(({ groups }) => groups?.['a'] ?? groups?.['b'] ?? [])).map((value) => ({ kind: 'function', value }))
}
