import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity, EntityKind } from '../../src/core/entity.ts'

const NAME = String.raw`(?:"?[a-z_][\w$]*"?\.)?"?([a-z_][\w$]*)"?`
const RULES: readonly [EntityKind, RegExp][] = [
  ['table', new RegExp(String.raw`\b(?:from|join|into|update|table(?:\s+if\s+(?:not\s+)?exists)?(?:\s+only)?|on)\s+${NAME}(?!\s*\()`, 'gi')],
  ['column', new RegExp(String.raw`\b(?:add|drop|alter|rename)\s+column(?:\s+if\s+(?:not\s+)?exists)?\s+${NAME}`, 'gi')],
  ['function', new RegExp(String.raw`\bfunction(?:\s+if\s+exists)?\s+${NAME}`, 'gi')],
  ['policy', /\bpolicy\s+(?:if\s+exists\s+)?"([^"]{1,120})"/gi],
  ['role', new RegExp(String.raw`\b(?:role|user)\s+(?:if\s+exists\s+)?${NAME}`, 'gi')],
]
const KEYWORDS = new Set(['select', 'set', 'only', 'if', 'not', 'exists', 'conflict', 'delete', 'update', 'where', 'values', 'all', 'public', 'current_user', 'lateral', 'unnest', 'cascade'])

/** The tables, columns, functions, policies and roles a piece of SQL names. By shape, not by parsing: it may be a fragment. */
export function sqlEntities(sql: string): Entity[] {
  return distinctEntities(RULES.flatMap(([kind, pattern]) => [...sql.matchAll(pattern)].flatMap((match) => {
    const value = match[1] ?? ''
    return value === '' || KEYWORDS.has(value.toLowerCase()) ? [] : [{ kind, value }]
  }))).slice(0, 30)
}
