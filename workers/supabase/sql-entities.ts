import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity, EntityKind } from '../../src/core/entity.ts'

/** A name, with its schema before it; nothing may follow that would make it longer. */
const NAME = String.raw`(?:"?[a-z_][\w$]*"?\.)?"?([a-z_][\w$]*)(?![\w$])"?`
const IF_EXISTS = String.raw`(?:\s+if\s+(?:not\s+)?exists)?`
const RULES: readonly [EntityKind, RegExp][] = [
  // What is called in FROM with parentheses is a function, not a table.
  ['table', new RegExp(String.raw`\b(?:from|join)\s+(?:only\s+)?${NAME}(?!\s*\()`, 'gi')],
  ['table', new RegExp(String.raw`\b(?:into|update|table${IF_EXISTS}(?:\s+only)?)\s+${NAME}`, 'gi')],
  ['table', new RegExp(String.raw`\b(?:policy${IF_EXISTS}\s+"[^"]{1,120}"|index(?:\s+concurrently)?${IF_EXISTS}\s+[\w"]+)\s+on\s+(?:only\s+)?${NAME}`, 'gi')],
  ['column', new RegExp(String.raw`\b(?:add|drop|alter|rename)\s+column${IF_EXISTS}\s+${NAME}`, 'gi')],
  ['function', new RegExp(String.raw`\bfunction${IF_EXISTS}\s+${NAME}`, 'gi')],
  ['policy', new RegExp(String.raw`\bpolicy${IF_EXISTS}\s+"([^"]{1,120})"`, 'gi')],
  ['role', new RegExp(String.raw`\b(?:role|user)${IF_EXISTS}\s+${NAME}`, 'gi')],
]
const KEYWORDS = new Set(['select', 'set', 'only', 'if', 'not', 'exists', 'conflict', 'delete', 'update', 'where', 'values', 'all', 'public', 'current_user', 'lateral', 'unnest', 'cascade'])

/** The tables, columns, functions, policies and roles a piece of SQL names. By shape, not by parsing: it may be a fragment. */
export function sqlEntities(sql: string): Entity[] {
  return distinctEntities(RULES.flatMap(([kind, pattern]) => [...sql.matchAll(pattern)].flatMap((match) => {
    const value = match[1] ?? ''
    return value === '' || KEYWORDS.has(value.toLowerCase()) ? [] : [{ kind, value }]
  }))).slice(0, 30)
}
