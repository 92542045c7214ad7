import type { EntityKind } from '../../src/core/entity.ts'
import { entityField } from '../kit/window.ts'

/** Arguments several tools share. */
export const repositoryField = entityField('repository', 'owner/name; all readable ones if absent').optional()
export const oneRepositoryField = entityField('repository', 'owner/name; may be absent if only one is readable').optional()
export const fileRepositoryField = entityField('repository', 'owner/name; may be absent if one readable repository has the file').optional()
export const fileField = entityField('file', 'Path in the repository')

export const pullField = entityField('pull_request', 'Number such as 42').regex(/^(?:#|\S+\/pull\/)?\d+$/, 'must be the number of a pull request')

/** A numeric id as an argument; what names it stands in `description`. */
export function idField(kind: EntityKind, description: string) {
  return entityField(kind, description).regex(/^\d+$/, 'must be a number')
}

/** The number in `42`, `#42` or the address of a pull request. */
export function pullNumber(text: string): number {
  return Number(/\d+$/.exec(text)?.[0])
}

/** The page a cursor stands for; GitHub counts pages from 1. */
export function pageOf(cursor: string | undefined): number {
  const page = Number.parseInt(cursor ?? '1', 10)
  return Number.isInteger(page) && page > 0 ? page : 1
}

/** The cursor after a page, if that page was full: only a full page can have a next one. */
export function cursorAfter(page: number, got: number, limit: number): string | undefined {
  return got < limit ? undefined : String(page + 1)
}

/** A path without the decorations people and stack traces add: a leading slash or `./`, and `:line:column`. */
export function plainPath(path: string): string {
  return path.replace(/^(?:\.?\/)+/, '').replace(/(?::\d+){1,2}$/, '')
}
