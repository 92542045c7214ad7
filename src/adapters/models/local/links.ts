import type { Entity, EntityKind } from '../../../core/entity.ts'
import type { SignalFacts } from './signal-facts.ts'

/** Names that mean the same thing wherever they stand in a text; places like environments stand everywhere. */
const mentionable: ReadonlySet<EntityKind> = new Set<EntityKind>([
  'table', 'column', 'function', 'identifier', 'variable', 'host', 'service', 'workload', 'file', 'cronjob', 'job', 'monitor', 'policy', 'config_map',
  'credential', 'error_type', 'migration', 'bucket', 'volume', 'image', 'commit', 'release', 'pull_request', 'pod', 'node', 'domain', 'query', 'role', 'user',
])

/** A name in a text is rarely written whole when it is a SHA. */
const shortShas = [7, 12]

/** What an entity is called in a text, lower case. */
function namesOf({ kind, value }: Entity): string[] {
  const name = value.toLowerCase()
  if (/^[0-9a-f]{40}$/.test(name)) return [name, ...shortShas.map((length) => name.slice(0, length))]
  if (kind === 'file') return [name, name.split(/[/:]/).find((piece) => piece.includes('.')) ?? name]
  return [name]
}

/** For each name that a text may mention, the keys of the entities it stands for. */
export function mentions(entities: Iterable<readonly [key: string, entity: Entity]>): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>()
  for (const [key, entity] of entities) {
    if (!mentionable.has(entity.kind)) continue
    for (const name of namesOf(entity)) {
      if (name.length < 4 && !name.startsWith('#')) continue
      const keys = named.get(name)
      if (keys) keys.push(key)
      else named.set(name, [key])
    }
  }
  return named
}

/** The keys a signal names: those of its own entities, and those its text mentions. */
export function linkedKeys({ keys, tokens }: SignalFacts, named: ReadonlyMap<string, readonly string[]>): readonly string[] {
  // Most texts mention nothing that is not typed already; this is asked of every line in every step.
  let linked: Set<string> | undefined
  for (const token of tokens) {
    const meant = named.get(token) ?? []
    // Several repositories may have a pull request of this number: the text alone does not say which is meant.
    if (token.startsWith('#') && meant.length > 1) continue
    for (const key of meant) linked = (linked ?? new Set(keys)).add(key)
  }
  return linked ? [...linked] : keys
}

/** Groups of keys that are one change under several names: a commit, its release, its pull request. */
export function createAliases(): { join(one: string, other: string): void; rootOf(key: string): string } {
  const parents = new Map<string, string>()
  const rootOf = (key: string): string => {
    const parent = parents.get(key)
    if (parent === undefined || parent === key) return key
    const root = rootOf(parent)
    parents.set(key, root)
    return root
  }
  return { rootOf, join: (one, other) => void parents.set(rootOf(one), rootOf(other)) }
}
