import type { ResolvedWindow } from '../kit/window.ts'
import { entityField } from '../kit/window.ts'

/** Arguments several tools share. */
export const issueField = entityField('issue', 'Numeric id or short id such as WEB-1A2')
export const projectField = entityField('project', 'Project slug').optional()
export const environmentField = entityField('environment', 'Environment name').optional()

/** A window as Sentry's query parameters: UTC without an offset. */
export function windowQuery(window: ResolvedWindow): { start: string; end: string } {
  return { start: window.start.toISOString().slice(0, 19), end: window.end.toISOString().slice(0, 19) }
}

/** A Sentry search with a term in front for each scope that is given. */
export function scopedSearch(query: string | undefined, scope: Readonly<Record<string, string | undefined>>): string {
  const terms = Object.entries(scope).flatMap(([key, value]) => (value === undefined ? [] : [`${key}:${/[\s"]/.test(value) ? JSON.stringify(value) : value}`]))
  return [...terms, ...(query === undefined || query === '' ? [] : [query])].join(' ')
}
