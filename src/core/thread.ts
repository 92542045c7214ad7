import type { Place } from './alert.ts'
import type { Emit } from './event.ts'
import type { Investigation } from './investigation.ts'
import type { RunKind } from './store.ts'
import type { WorkerName } from './worker.ts'

/** What a thread is told when a run begins. */
export interface ThreadOpening {
  readonly runId: string
  readonly kind: RunKind
  /** Where the alert stands; null when it came from outside Slack: then the alert channel gets a post of its own, and its thread is the place. */
  readonly place: Place | null
  readonly title: string
  /** The workers that can be asked; the others show as not configured. */
  readonly workers: readonly WorkerName[]
}

/**
 * One run as people see it in its thread. Posts are made once, whatever is retried: each has an operation key.
 * `emit` never throws and never waits; `report`, `failed` throw `TransientError` when the post must be tried again.
 */
export interface ThreadView {
  /** Where this run is shown; the one given, or the one that opening made. */
  readonly place: Place
  readonly emit: Emit
  /** The end of the run: the report, the follow-up's answer, or why there is none. Ends the progress post too. */
  report(investigation: Investigation): Promise<void>
  /** The run cannot go on: a message for people, in our words. */
  failed(message: string): Promise<void>
  /** Stops editing (shutdown); the next owner of the run goes on with the same posts. */
  suspend(): Promise<void>
}

/** Where people see runs. Opening posts the first message within a second, or finds it when this run was begun before. */
export interface Threads {
  /** Null when there is no place to show the run: no alert place and no alert channel. */
  open(opening: ThreadOpening): Promise<ThreadView | null>
}
