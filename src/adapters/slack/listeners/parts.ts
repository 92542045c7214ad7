import type { WebClient } from '@slack/web-api'
import type { Alert } from '../../../core/alert.ts'
import type { Desk, FeedbackDesk } from '../../../core/desk.ts'
import type { Store } from '../../../core/store.ts'
import type { Clock } from '../../../core/time.ts'
import type { Background } from '../background.ts'
import type { EdgeLog } from '../edge-log.ts'
import type { Sanitiser } from '../sanitise.ts'
import type { Tell } from './tell.ts'

/** Reads another app's message as a Sentry alert, or says why it is none. */
export type RecognisePost = (message: unknown, delivery: { team: string; eventId: string | undefined }) =>
  | { outcome: 'alert'; alert: Alert; claims: string[] }
  | { outcome: 'ignored'; reason: string }

/** What all listeners share. They store what came in and leave; whatever Slack need not wait for runs in the background. */
export interface ListenerParts {
  readonly desk: Desk
  readonly feedback: FeedbackDesk
  readonly store: Pick<Store, 'runInThread'>
  readonly client: WebClient
  readonly tell: Tell
  readonly background: Background
  readonly sanitiser: Sanitiser
  readonly recognisePost: RecognisePost
  readonly clock: Clock
  readonly newId: () => string
  readonly log: EdgeLog
  /** Who we are here. */
  readonly botUserId: string
}
