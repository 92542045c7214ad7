import { fail } from '../../src/core/errors.ts'

/** Where a list looks: named namespaces, or null for all at once. */
export interface Scope {
  readonly namespaces: readonly (string | null)[]
  readonly text: string
}

/** One page of a list. A cursor exists only where the list was one request. */
export interface Page<T> {
  readonly items: T[]
  readonly truncated: boolean
  readonly cursor: string | undefined
}

/** Turns the namespace an agent names, or leaves out, into a scope within `allowed` (all when empty). */
export function createScopes(allowed: readonly string[]) {
  const check = (namespace: string): string =>
    allowed.length === 0 || allowed.includes(namespace)
      ? namespace
      : fail('forbidden', `The namespace ${namespace} is outside of what this worker may read: ${allowed.join(', ')}.`)
  return {
    /** Whether the worker may look into that namespace. */
    sees: (namespace: string): boolean => allowed.length === 0 || allowed.includes(namespace),
    /** The scope of a list; without a namespace, everything allowed. */
    list(namespace: string | undefined): Scope {
      if (namespace !== undefined) return { namespaces: [check(namespace)], text: `namespace ${namespace}` }
      if (allowed.length > 0) return { namespaces: allowed, text: `namespaces ${allowed.join(', ')}` }
      return { namespaces: [null], text: 'all namespaces' }
    },
  }
}
