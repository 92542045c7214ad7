import type { WebClient } from '@slack/web-api'
import type { Incident, Place } from '../../../core/alert.ts'
import type { Admission } from '../../../core/desk.ts'
import { PermanentError, TransientError, UserError } from '../../../core/errors.ts'
import type { EdgeLog } from '../edge-log.ts'
import type { Sanitiser } from '../sanitise.ts'

/** Somebody who waits for an answer, and where. */
export interface Asker {
  readonly user: string
  readonly place: Place
}

/** What people are told outside of runs. */
export interface Tell {
  /** To one person alone; never throws. */
  whisper(to: Asker, text: string): Promise<void>
  /** In the thread, for all; never throws. */
  say(place: Place, text: string): Promise<void>
  /** What became of somebody's question: nothing where the thread will show it. */
  admission(to: Asker, admission: Admission): Promise<void>
  /** Points an alert that joined an earlier incident to its investigation. */
  joined(place: Place, admission: Extract<Admission, { outcome: 'joined' }>): Promise<void>
}

/** An error in words for the person who sent something: their own mistake as it is said, ours as what to do. */
export function errorText(error: unknown): string {
  if (error instanceof UserError || error instanceof PermanentError) return error.message
  if (error instanceof TransientError) return 'I could not store that just now. Please send it again in a minute.'
  return 'Something went wrong on my side, so nothing was stored. Please try again; if it happens twice, tell whoever runs me.'
}

function shownIn({ alert }: Incident, { channel, threadTs }: Place): boolean {
  return alert.place?.channel === channel && alert.place.threadTs === threadTs
}

/** Speaks with the bot's voice; texts are escaped here. */
export function createTell({ client, sanitiser, log }: { client: WebClient; sanitiser: Sanitiser; log: EdgeLog }): Tell {
  const attempt = async (what: string, call: () => Promise<unknown>): Promise<void> => {
    try {
      await call()
    } catch (error) {
      log.warn({ error: String(error) }, `Slack did not take ${what}`)
    }
  }
  const whisper: Tell['whisper'] = ({ user, place }, text) => attempt('a note to a person', () =>
    client.chat.postEphemeral({ channel: place.channel, user, thread_ts: place.threadTs, text: sanitiser.escaped(text, 2000) }))
  const post = (place: Place, markup: string): Promise<void> => attempt('a note in a thread', () =>
    client.chat.postMessage({ channel: place.channel, thread_ts: place.threadTs, text: markup, unfurl_links: false, unfurl_media: false }))
  const joined: Tell['joined'] = async (place, { incident }) => {
    const first = incident.alert.place
    if (!first || shownIn(incident, place)) return
    const permalink = await client.chat.getPermalink({ channel: first.channel, message_ts: first.threadTs }).then(({ permalink: url }) => url, () => undefined)
    // The address is Slack's own, about our own thread: not a host to look up.
    const there = permalink === undefined ? 'in its first alert\'s thread' : `<${permalink}|in this thread>`
    await post(place, `I am already looking into this ${there} (alert ${incident.alertCount} of this incident).`)
  }
  return {
    whisper,
    say: (place, text) => post(place, sanitiser.escaped(text, 2000)),
    admission: async (to, admission) => {
      if (admission.outcome === 'refused') await whisper(to, admission.reason)
      if (admission.outcome !== 'joined') return
      if (shownIn(admission.incident, to.place)) await whisper(to, 'I have taken this up already; what I find stands in this thread.')
      else await joined(to.place, admission)
    },
    joined,
  }
}
