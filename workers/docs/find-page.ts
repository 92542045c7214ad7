import { fail } from '../../src/core/errors.ts'
import type { Library } from './client.ts'
import type { Page, PageKind } from './markdown.ts'

/** The page of that path or title, if there is one; a line number or an anchor behind it is ignored. */
function pageNamed(library: Library, wanted: string): Page | undefined {
  const name = wanted.toLowerCase().replace(/^https?:\/\//, '').replace(/^\.?\//, '').replace(/(?::\d+(?:-\d+)?|#.*)$/, '')
  return library.pages.find(({ path }) => path.toLowerCase() === name)
    ?? library.pages.find(({ path, title }) => path.toLowerCase().endsWith(`/${name}`) || path.toLowerCase().replace(/\.mdx?$/, '') === name || title.toLowerCase() === name)
}

/** Any page, by path or title. Fails as not_found with the nearest ones. */
export function findPage(library: Library, wanted: string): Page {
  const named = pageNamed(library, wanted)
  if (named !== undefined) return named
  const near = nearest(library, wanted)
  return fail('not_found', `There is no page "${wanted}". ${near.length > 0 ? `Nearest: ${near.join(', ')}.` : 'List the sources to see what there is.'}`.slice(0, 600))
}

/** The page of one kind: by path or title, or the one that answers these words best. Fails as not_found with those there are. */
export function findPageOfKind(library: Library, wanted: string, kind: PageKind, what: string): Page {
  const named = pageNamed(library, wanted)
  if (named?.kind === kind) return named
  if (named !== undefined) fail('not_found', `${named.path} is no ${what}; read it with docs_get_page.`)
  const best = library.search(wanted, { kinds: [kind], limit: 1 })[0]?.page
  const known = library.pages.filter((page) => page.kind === kind).map(({ path }) => path)
  return best ?? fail('not_found', `No ${what} is about "${wanted}". There are: ${known.slice(0, 20).join(', ') || 'none'}.`.slice(0, 600))
}

function nearest(library: Library, wanted: string): string[] {
  return [...new Set(library.search(wanted.replaceAll(/[/._-]/g, ' '), { limit: 5 }).map(({ page }) => page.path))]
}
