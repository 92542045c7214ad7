import type { Alert, Incident, Place } from './alert.ts'
import type { Investigation } from './investigation.ts'
import type { Journal } from './journal.ts'
import type { Flag, Judgement } from './judgement.ts'

export type RunKind = 'investigation' | 'follow_up'
export type RunStatus = 'waiting' | 'running' | 'finished' | 'failed' | 'stopped'

/** One piece of work the queue delivers by id. `request` is what it needs to begin, whatever process begins it. */
export interface Run {
  readonly id: string
  readonly kind: RunKind
  readonly incidentId: string
  readonly request: RunRequest
  readonly status: RunStatus
  readonly fence: number
  readonly createdAt: string
  /** When the first attempt began (machine clock): deadlines count from here, restarts included. */
  readonly startedAt: string | null
  readonly detail: string | null
}

/** `question` and `parentId` are a follow-up's; `user` asked it. */
export interface RunRequest {
  readonly alert: Alert
  readonly place?: Place | undefined
  readonly parentId?: string | undefined
  readonly question?: string | undefined
  readonly user?: string | undefined
}

/** A run that this process now owns: nobody with an older fence can write any more. */
export interface OwnedRun {
  readonly run: Run
  readonly journal: Journal
  /** Ends the run and stores its record in one transaction. Throws `FencedError` when the run has another owner. */
  finish(status: Exclude<RunStatus, 'waiting' | 'running'>, record: Investigation | null, detail: string): Promise<void>
}

export type OutboxState = 'pending' | 'sent'

/** One outward act. `key` is its operation key: the same key is never done twice. */
export interface OutboxEntry {
  readonly key: string
  readonly runId: string
  readonly payload: unknown
  readonly state: OutboxState
  /** What the outside answered: for a Slack post its `ts`. */
  readonly reference: string | null
  readonly createdAt: string
}

export type OpenedIncident = { incident: Incident; created: boolean }

/**
 * Everything that must outlive the process. Every string is made storable inside (no NUL, no lone surrogate).
 * All methods throw `TransientError` when the database cannot be reached.
 */
export interface Store {
  /** Takes delivery keys (event ids, `channel+ts`) for good; false when any of them was taken before, and then none is taken. */
  claim(keys: readonly string[], at: string): Promise<boolean>
  /**
   * The incident of this fingerprint opened within `windowMinutes` before `at`, its alert count raised by one,
   * or a new one with a waiting run. Atomic: two alerts at once make one incident. The delivery keys are claimed in the
   * same transaction, so a crash between the two cannot lose an alert; null when one of them was taken before.
   */
  openIncident(input: {
    claims: readonly string[]
    fingerprint: string
    windowMinutes: number
    at: string
    ids: { incident: string; run: string }
    request: RunRequest
  }): Promise<OpenedIncident | null>
  incident(id: string): Promise<Incident | null>

  /** A waiting run; false, and nothing stored, when one of `claims` was taken before. */
  createRun(run: Pick<Run, 'id' | 'kind' | 'incidentId' | 'request' | 'createdAt'>, claims?: readonly string[]): Promise<boolean>
  run(id: string): Promise<Run | null>
  /** Takes the run over: raises its fence, marks it running. Null when it does not exist or has ended. */
  takeRun(id: string, at: string): Promise<OwnedRun | null>
  /** Where a run that began outside Slack is shown, so that replies there find it. */
  placeRun(id: string, place: Place): Promise<void>
  /** Runs that have not ended, oldest first: what a restarted process delivers again. */
  openRuns(): Promise<Run[]>

  investigation(id: string): Promise<Investigation | null>
  /** The newest finished investigation whose thread this is. */
  investigationInThread(place: Place): Promise<Investigation | null>
  /** Whether the bot has a run, ended or not, in this thread. */
  runInThread(place: Place): Promise<Run | null>
  listInvestigations(limit: number): Promise<Investigation[]>

  /** One judgement per person and investigation: a second one replaces the first, a correction is kept. */
  addJudgement(judgement: Judgement): Promise<void>
  judgements(investigationId: string): Promise<Judgement[]>
  addFlag(flag: Flag): Promise<void>
  flags(investigationId?: string): Promise<Flag[]>

  /** Registers an outward act before it is done; returns the entry as it stands, so that a second try sees the first. */
  outboxBegin(entry: Pick<OutboxEntry, 'key' | 'runId' | 'payload' | 'createdAt'>): Promise<OutboxEntry>
  outboxSent(key: string, reference: string): Promise<void>
  /** The entry, or null: to learn the `ts` of an earlier post of this run. */
  outboxEntry(key: string): Promise<OutboxEntry | null>

  ping(): Promise<void>
  close(): Promise<void>
}
