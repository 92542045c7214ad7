import type { RichTextBlock, RichTextBlockElement, RichTextElement, RichTextSection } from '@slack/types'
import type { Sanitiser } from '../sanitise.ts'

export type Run = RichTextElement

/** Runs of plain text; rich text knows no markup, so what stands in them can only be read. Empty text makes no run. */
export function words(text: string, style?: { bold?: boolean; code?: boolean; italic?: boolean }): Run[] {
  return text === '' ? [] : [{ type: 'text', text, ...(style && { style }) }]
}

/** A label somebody can click, or the bare label where the address may not leave. */
export function linked(label: string, url: string | undefined): Run[] {
  return url === undefined ? words(label) : [{ type: 'link', url, text: label }]
}

const token = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|(https?:\/\/[^\s<>"'`)\]]+)/g

/**
 * A model's prose as runs, at most `max` characters: backticks become code, double stars bold, and an address a link if
 * its host is configured (without its query) and code nobody can click if not.
 */
export function prose(text: string, max: number, sanitiser: Sanitiser): Run[] {
  const clean = sanitiser.plain(text, max)
  const runs: Run[] = []
  let at = 0
  for (const match of clean.matchAll(token)) {
    const [whole, code, bold, url] = match
    runs.push(...words(clean.slice(at, match.index)))
    if (code !== undefined) runs.push(...words(code, { code: true }))
    else if (bold !== undefined) runs.push(...words(bold, { bold: true }))
    else if (url !== undefined) runs.push(...address(url, sanitiser))
    at = match.index + whole.length
  }
  return [...runs, ...words(clean.slice(at))]
}

function address(url: string, sanitiser: Sanitiser): Run[] {
  const bare = url.replace(/[.,;:!?]+$/, '')
  const safe = sanitiser.link(bare, 'drop')
  return [...(safe === undefined ? words(bare, { code: true }) : linked(safe, safe)), ...words(url.slice(bare.length))]
}

/** Runs put together as one paragraph. */
export function paragraph(...runs: readonly Run[]): RichTextSection {
  return { type: 'rich_text_section', elements: [...runs] }
}

/** A heading in bold and a list under it. */
export function listed(heading: string, style: 'bullet' | 'ordered', items: readonly (readonly Run[])[]): RichTextBlock {
  const list: RichTextBlockElement = { type: 'rich_text_list', style, elements: items.map((runs) => paragraph(...runs)) }
  return richText(paragraph(...words(heading, { bold: true })), list)
}

/** A rich_text block of these elements. */
export function richText(...elements: readonly RichTextBlockElement[]): RichTextBlock {
  return { type: 'rich_text', elements: [...elements] }
}
