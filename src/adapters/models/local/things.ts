import { entityKey } from '../../../core/entity.ts'
import type { Entity, EntityKind } from '../../../core/entity.ts'
import type { Signal } from '../../../core/signal.ts'
import { isOfRepository, keyAmong } from './keys.ts'
import { createAliases } from './links.ts'
import type { SeenSignal, Sighting, Thing } from './seen.ts'

/** The things that were seen, each once, and the thing a key belongs to. */
export interface Things {
  readonly all: readonly Thing[]
  of(key: string): Thing | undefined
}

/** Which of its names is the most exact, first; kinds that are not listed come after these, and a mere identifier last. */
const exactness: readonly EntityKind[] = ['commit', 'migration', 'cronjob', 'credential', 'variable', 'policy', 'config_map', 'volume', 'image', 'workload', 'service', 'table', 'function', 'role', 'user', 'pull_request', 'release', 'branch']
const vague: readonly EntityKind[] = ['identifier', 'document']

/** Joins the names of one thing and gathers what was said of it. Only what a signal names is a thing. */
export function gatherThings(sightings: readonly Sighting[], signals: readonly SeenSignal[]): Things {
  const { join, rootOf } = createAliases()
  joinSameNames(sightings, join)
  for (const { signal } of signals) joinNamesOfOneChange(signal, join)
  const naming = new Map<string, Set<SeenSignal>>()
  for (const seen of signals) for (const key of seen.keys) addTo(naming, rootOf(key), seen)
  const members = new Map<string, Set<Sighting>>()
  for (const sighting of sightings) addTo(members, rootOf(sighting.key), sighting)
  const byRoot = new Map([...naming].flatMap(([root, seen]) => {
    const names = members.get(root)
    return names ? [[root, thingOf([...names], [...seen])] as const] : []
  }))
  return { all: [...byRoot.values()], of: (key) => byRoot.get(rootOf(key)) }
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const known = sets.get(key)
  if (known) known.add(value)
  else sets.set(key, new Set([value]))
}

function thingOf(names: readonly Sighting[], naming: readonly SeenSignal[]): Thing {
  const [first] = names.toSorted((a, b) => rank(a.entity) - rank(b.entity) || b.entity.value.length - a.entity.value.length)
  return {
    entity: first?.entity ?? { kind: 'identifier', value: '?' },
    keys: new Set(names.map(({ key }) => key)),
    kinds: new Set(names.map(({ entity }) => entity.kind)),
    naming,
    relevance: Math.max(...names.map(({ relevance }) => relevance)),
    inQuestion: names.some(({ inQuestion }) => inQuestion),
  }
}

function rank({ kind }: Entity): number {
  if (vague.includes(kind)) return exactness.length + 1
  const place = exactness.indexOf(kind)
  return place < 0 ? exactness.length : place
}

/** Kinds whose values are no names of one thing: a number, or a word like production that branches and namespaces have as well. */
const nameless: ReadonlySet<EntityKind> = new Set<EntityKind>(['quantity', 'status_code', 'error_code', 'environment'])
const shortestSha = 7

/** One value is one name, however tools type it; a short SHA is the start of a long one. */
function joinSameNames(sightings: readonly Sighting[], join: (one: string, other: string) => void): void {
  const byValue = new Map<string, string>()
  const shas = new Map<string, string>()
  for (const { entity, key } of sightings) {
    if (nameless.has(entity.kind) || isOfRepository(entity)) continue
    const value = entity.value.toLowerCase()
    const same = byValue.get(value)
    if (same === undefined) byValue.set(value, key)
    else join(key, same)
    if (/^[0-9a-f]{40}$/.test(value)) shas.set(value.slice(0, shortestSha), value)
  }
  for (const [value, key] of byValue) {
    if (!/^[0-9a-f]{7,39}$/.test(value) || /^\d+$/.test(value)) continue
    const whole = shas.get(value.slice(0, shortestSha))
    const wholeKey = whole?.startsWith(value) ? byValue.get(whole) : undefined
    if (wholeKey !== undefined) join(key, wholeKey)
  }
}

const lastingBranches = /^(main|master|trunk|develop|dev|staging|production|release)$/

/** A change that names one commit and one pull request says that they are one; so does its branch; and a migration has a version and a name. */
function joinNamesOfOneChange({ kind, entities }: Signal, join: (one: string, other: string) => void): void {
  if (kind !== 'change') return
  const only = (wanted: EntityKind): Entity | undefined => {
    const [one, second] = entities.filter((entity) => entity.kind === wanted)
    return second ? undefined : one
  }
  const commit = only('commit')
  const pull = only('pull_request')
  if (commit && pull) join(keyAmong(pull, entities), entityKey(commit))
  const branch = only('branch')
  if (commit && pull && branch && !lastingBranches.test(branch.value)) join(keyAmong(branch, entities), entityKey(commit))
  const versions = entities.filter((entity) => entity.kind === 'migration')
  for (const version of versions.slice(1)) if (versions[0] && versions.length === 2) join(entityKey(version), entityKey(versions[0]))
}

/** Whether a signal speaks of a thing before anything else. */
export function isAbout({ facts: { keys: [first] } }: SeenSignal, { keys }: Thing): boolean {
  return first !== undefined && keys.has(first)
}
