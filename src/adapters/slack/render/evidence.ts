import type { RichTextBlock } from '@slack/types'
import type { Claim } from '../../../core/finding.ts'
import { allCalls } from '../../../core/investigation.ts'
import type { AgentRun, Call } from '../../../core/investigation.ts'
import type { Sanitiser } from '../sanitise.ts'
import { serviceOfTool } from './names.ts'
import { linked, listed, prose, words } from './rich-text.ts'
import type { Run } from './rich-text.ts'

/** How much evidence fits: that many statements of that many characters each. */
export interface EvidenceSize {
  readonly statements: number
  readonly characters: number
}

const linksPerStatement = 2

/** The evidence as a list, each statement with where to look it up; undefined when there is none. */
export function evidenceList(claims: readonly Claim[], run: AgentRun, size: EvidenceSize, sanitiser: Sanitiser): RichTextBlock | undefined {
  if (claims.length === 0) return undefined
  const calls = new Map(allCalls(run).map((call) => [call.id, call]))
  const shown = claims.slice(0, size.statements).map((claim) => {
    const cited = claim.calls.flatMap((id) => calls.get(id) ?? [])
    return [...prose(claim.text, size.characters, sanitiser), ...sources(cited, sanitiser)]
  })
  const left = claims.length - shown.length
  return listed('Evidence', 'bullet', left > 0 ? [...shown, words(`and ${left} more, in the record of this run`, { italic: true })] : shown)
}

/** ` — ` and the links of the cited calls, or at least the services they asked. */
function sources(cited: readonly Call[], sanitiser: Sanitiser): Run[] {
  const links = new Map<string, string>()
  for (const { title, url } of cited.flatMap(linksOf)) {
    const safe = sanitiser.link(url, 'keep')
    if (safe !== undefined && !links.has(safe)) links.set(safe, sanitiser.plain(title, 60))
  }
  const clickable = [...links].slice(0, linksPerStatement).map(([url, title]) => linked(title === '' ? 'open' : title, url))
  const services = [...new Set(cited.flatMap((call) => serviceOfTool(call.tool) ?? []))]
  const parts = clickable.length > 0 ? clickable : services.map((service) => words(service, { italic: true }))
  return parts.flatMap((runs, index) => [...words(index === 0 ? ' — ' : ', '), ...runs])
}

/** A delegation has no links of its own; its worker's calls do. */
function linksOf(call: Call): { title: string; url: string }[] {
  return [call, ...(call.run ? allCalls(call.run) : [])].flatMap(({ result }) => result?.links ?? [])
}
