import type { Entity, EntityKind } from '../../../core/entity.ts'
import type { Signal } from '../../../core/signal.ts'
import type { SignalFacts } from './signal-facts.ts'

/** An entity with where it was met: in the question, and in which calls. */
export interface Sighting {
  readonly entity: Entity
  readonly key: string
  readonly inQuestion: boolean
  readonly calls: readonly string[]
  /** The highest severity of a signal that names it, 0 to 3. */
  readonly severity: number
  /** Agents or tools that showed it. */
  readonly sources: readonly string[]
  /** How closely it hangs together with the question, 0 to 1. */
  readonly relevance: number
}

/** A signal with the calls that showed it and the worker or tool it came from. */
export interface SeenSignal {
  readonly signal: Signal
  readonly calls: readonly string[]
  readonly source: string
  readonly relevance: number
  readonly facts: SignalFacts
  /** Keys of the entities it names, in its typed entities or in its text. */
  readonly keys: readonly string[]
  /** A line of a result's text, or a worker's own claim: nobody typed what it says. */
  readonly quoted: boolean
}

/** Whom a report blames: a thing, or how it ends where it blames none. */
export type Blame = Thing | 'no_fault' | 'undecided' | 'facts_only'

/** One thing under all its names: a commit is also its pull request, its branch and its release; two tools may type one name differently. */
export interface Thing {
  /** What a report calls it: the most exact of its names. */
  readonly entity: Entity
  readonly keys: ReadonlySet<string>
  readonly kinds: ReadonlySet<EntityKind>
  /** The signals that name it, by whichever name. */
  readonly naming: readonly SeenSignal[]
  /** The highest relevance of its names. */
  readonly relevance: number
  readonly inQuestion: boolean
}
