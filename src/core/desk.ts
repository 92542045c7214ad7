import type { Alert, Incident, Place } from './alert.ts'

/** What became of something that came in; the edge tells a person where one is waiting. */
export type Admission =
  | { outcome: 'started'; runId: string; incident: Incident | null }
  | { outcome: 'joined'; incident: Incident }
  | { outcome: 'duplicate' }
  | { outcome: 'refused'; reason: string }

/** A reply in a thread the bot has a run in. */
export interface Reply {
  readonly place: Place
  readonly text: string
  readonly user: string
  /** The message's delivery keys: the same message never starts a second run. */
  readonly claims: readonly string[]
}

/** Where everything that comes in is admitted. Throws `TransientError` when it could not be stored: whoever sent it must try again. */
export interface Desk {
  admit(alert: Alert, claims: readonly string[]): Promise<Admission>
  followUp(reply: Reply): Promise<Admission>
  /** Ends the thread's run, if one is open. */
  stop(place: Place): Promise<boolean>
}

/** What people say about a report. Throws `UserError` when the investigation is not known any more. */
export interface FeedbackDesk {
  thumb(input: { investigationId: string; user: string; right: boolean }): Promise<void>
  correct(input: { investigationId: string; user: string; text: string }): Promise<void>
  flag(input: { investigationId: string; user: string; note?: string | undefined }): Promise<void>
}
