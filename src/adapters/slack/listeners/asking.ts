import type { Alert, Place } from '../../../core/alert.ts'
import type { Admission } from '../../../core/desk.ts'
import type { ListenerParts } from './parts.ts'
import { errorText } from './tell.ts'

/** A question of a person, and where its answer belongs. */
export interface Question {
  readonly source: 'mention' | 'command' | 'shortcut'
  readonly text: string
  readonly user: string
  readonly place: Place
  readonly claims: readonly string[]
  /** What the question is about, when it was asked about another message. */
  readonly about?: Pick<Alert, 'title' | 'text' | 'sentry'> | undefined
}

const stopWord = /^(?:please\s+)?(?:stop|cancel|abort)[.!]?$/i

/** Begins an investigation of a question; the person is told when it cannot. */
export async function ask(parts: ListenerParts, question: Question): Promise<void> {
  const { text, place, user, about } = question
  const alert: Alert = {
    id: parts.newId(),
    source: question.source,
    kind: 'question',
    receivedAt: parts.clock.now().toISOString(),
    title: (text === '' ? (about?.title ?? '') : text).slice(0, 300),
    text: [text, ...(about ? [`About this message:\n${about.text}`] : [])].filter((part) => part !== '').join('\n\n').slice(0, 8000),
    place,
    user,
    ...(about?.sentry && { sentry: about.sentry }),
  }
  await admitFor(parts, question, () => parts.desk.admit(alert, question.claims))
}

/** Answers in a thread of ours: a follow-up, or a stop when that is all it says. */
export async function reply(parts: ListenerParts, { text, place, user, claims }: Omit<Question, 'source' | 'about'>): Promise<void> {
  if (stopWord.test(text)) return await stop(parts, place, user)
  await admitFor(parts, { place, user }, () => parts.desk.followUp({ place, text, user, claims }))
}

/** Ends the thread's run. Its own last post says that it was stopped; here only that there was nothing to stop. */
export async function stop(parts: ListenerParts, place: Place, user: string): Promise<void> {
  try {
    if (!await parts.desk.stop(place)) parts.background.run('a note to a person', () => parts.tell.whisper({ user, place }, 'Nothing is running in this thread.'))
  } catch (error) {
    parts.log.error({ error: String(error) }, 'A stop was not taken')
    parts.background.run('a note to a person', () => parts.tell.whisper({ user, place }, errorText(error)))
  }
}

/** Admits what a person waits for. A failure is theirs to see, so it is told and not thrown: Slack must not send it again behind their back. */
async function admitFor({ tell, background, log }: ListenerParts, to: { place: Place; user: string }, admit: () => Promise<Admission>): Promise<void> {
  try {
    const admission = await admit()
    background.run('a note to a person', () => tell.admission(to, admission))
  } catch (error) {
    log.error({ error: String(error) }, 'A question was not admitted')
    background.run('a note to a person', () => tell.whisper(to, errorText(error)))
  }
}
