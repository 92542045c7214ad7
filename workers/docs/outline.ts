import type { Page, Section } from './markdown.ts'

/** A line of a page that says something, with its number. */
export interface Line {
  readonly line: number
  readonly text: string
}

const FENCE = /^\s*(?:```|~~~)/
const ITEM = /^\s*(?:\d+[.)]|[-*+])\s+(.+)$/

/** The items of a section's lists, without their marks; a check box stays, because it says whether the item is done. */
export function listItems(section: Section): Line[] {
  return bodyLines(section).flatMap(({ line, text, isFenced }) => {
    const item = isFenced ? undefined : ITEM.exec(text)?.[1]
    return item === undefined ? [] : [{ line, text: item }]
  })
}

/** The lines of a section's code blocks: what somebody is told to run. */
export function codeLines(section: Section): Line[] {
  return bodyLines(section).filter(({ text, isFenced }) => isFenced && text.trim() !== '').map(({ line, text }) => ({ line, text: text.trim() }))
}

/** A section without its heading, as plain text of at most `most` characters. */
export function bodyText(section: Section, most: number): string {
  return bodyLines(section).map(({ text }) => text).join('\n').trim().slice(0, most)
}

/** The sections whose own heading (not their page's or a parent's) matches, each once. */
export function sectionsAbout(page: Page, heading: RegExp): Section[] {
  return page.sections.filter((section) => heading.test(section.heading.split(' › ').at(-1) ?? ''))
}

function bodyLines(section: Section): (Line & { readonly isFenced: boolean })[] {
  let isFenced = false
  return section.text.split('\n').flatMap((text, index) => {
    if (FENCE.test(text)) {
      isFenced = !isFenced
      return []
    }
    return !isFenced && /^#{1,6}\s/.test(text) ? [] : [{ line: section.startLine + index, text, isFenced }]
  })
}
