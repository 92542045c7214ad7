import type { Library } from './client.ts'
import type { ListedService, Page } from './markdown.ts'

/** One service as a catalogue page describes it: its fields by their column's or key's name. */
export interface CatalogEntry extends ListedService {
  readonly path: string
}

const known = new WeakMap<Library, readonly CatalogEntry[]>()

/** Every service that the catalogue pages list: as data, in tables with a column for the service, or in lists that start with its name. */
export function catalogEntries(library: Library): readonly CatalogEntry[] {
  const made = known.get(library) ?? library.pages.filter(({ kind }) => kind === 'catalog').flatMap(pageEntries)
  known.set(library, made)
  return made
}

function pageEntries(page: Page): CatalogEntry[] {
  return page.listed.length > 0 ? page.listed.map((entry) => ({ ...entry, path: page.path })) : [...tableEntries(page), ...listEntries(page)]
}

function tableEntries(page: Page): CatalogEntry[] {
  const lines = page.markdown.split('\n')
  const entries: CatalogEntry[] = []
  for (let index = 1; index < lines.length; index += 1) {
    if (!/^\s*\|?[\s:|-]*-{2,}[\s:|-]*$/.test(lines[index] ?? '') || !(lines[index] ?? '').includes('|')) continue
    const header = cells(lines[index - 1] ?? '')
    const name = Math.max(0, header.findIndex((cell) => /^(?:service|name|component|app(?:lication)?)$/i.test(cell)))
    for (let row = index + 1; row < lines.length && (lines[row] ?? '').includes('|'); row += 1) {
      const values = cells(lines[row] ?? '')
      const service = plain(values[name] ?? '')
      if (service === '') continue
      const fields = Object.fromEntries(header.flatMap((key, column) => (column === name || (values[column] ?? '-') === '-' ? [] : [[key.toLowerCase(), plain(values[column] ?? '')]])))
      entries.push({ service, fields, path: page.path, line: row + 1 })
    }
  }
  return entries
}

function listEntries(page: Page): CatalogEntry[] {
  return page.markdown.split('\n').flatMap((line, index) => {
    const match = /^\s*[-*]\s+[*_`]*([A-Za-z][\w-]{2,60})[*_`]*\s*(?::|—|–|-|\s)\s*(\S.*)$/.exec(line)
    const [, service, description] = match ?? []
    // A service's name has a dash, or is set apart; an ordinary sentence starts with an ordinary word.
    if (service === undefined || description === undefined || !(/[-_]/.test(service) || /^\s*[-*]\s+[*_`]/.test(line))) return []
    return [{ service, fields: { description: plain(description) }, path: page.path, line: index + 1 }]
  })
}

function cells(row: string): string[] {
  return row.replace(/^\s*\||\|\s*$/g, '').split('|').map((cell) => cell.trim())
}

function plain(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/[*`]/g, '').trim()
}
