import type { Alert } from '../core/alert.ts'
import type { Admission, Desk, Reply } from '../core/desk.ts'
import type { Queue } from '../core/queue.ts'
import type { Store } from '../core/store.ts'
import type { Clock } from '../core/time.ts'
import { fingerprintOf } from './fingerprint.ts'

export interface DeskDependencies {
  readonly store: Store
  readonly queue: Queue
  readonly clock: Clock
  readonly newId: () => string
  /** Takes secrets out of what people and alerts say, before it is stored or shown to a model. */
  readonly redact: (text: string) => string
  /** Alerts of one fingerprint within this many minutes are one incident. */
  readonly windowMinutes: number
  /** Told when a stored run could not be handed to the queue: the sweep will deliver it. */
  readonly onUndelivered?: (runId: string, error: unknown) => void
  /** Told what became of each alert and each reply, by where it came from. */
  readonly onAdmitted?: (source: Alert['source'] | 'reply', outcome: Admission['outcome']) => void
}

/** The reason a person's stop gives; the investigator tells it from a shutdown by this. */
export const stoppedByPerson = 'stopped by a person'

/** Admits alerts, replies and stops. What it answers is stored; delivery may follow later, so a lost queue loses no alert. */
export function createDesk({ store, queue, clock, newId, redact, windowMinutes, onUndelivered, onAdmitted }: DeskDependencies): Desk {
  const deliver = async (runId: string, kind: 'investigate' | 'follow_up'): Promise<void> => {
    try {
      await queue.enqueue({ runId, kind })
    } catch (error) {
      onUndelivered?.(runId, error)
    }
  }

  const admit = async (alert: Alert, claims: readonly string[]): Promise<Admission> => {
    if (alert.kind === 'question' && alert.text.trim() === '') return { outcome: 'refused', reason: 'Ask a question, for example: why do checkouts fail since 14:00?' }
    const ids = { incident: newId(), run: newId() }
    const request = { alert: { ...alert, title: redact(alert.title), text: redact(alert.text) }, ...(alert.place && { place: alert.place }), ...(alert.user !== undefined && { user: alert.user }) }
    const opened = await store.openIncident({ claims, fingerprint: fingerprintOf(alert), windowMinutes, at: clock.now().toISOString(), ids, request })
    if (!opened) return { outcome: 'duplicate' }
    if (!opened.created) return { outcome: 'joined', incident: opened.incident }
    await deliver(opened.incident.runId, 'investigate')
    return { outcome: 'started', runId: opened.incident.runId, incident: opened.incident }
  }

  const followUp = async ({ place, text, user, claims }: Reply): Promise<Admission> => {
    if (text.trim() === '') return { outcome: 'refused', reason: 'The message is empty.' }
    const open = await store.runInThread(place)
    if (!open) return { outcome: 'refused', reason: 'There is no investigation in this thread.' }
    if (open.status === 'waiting' || open.status === 'running') return { outcome: 'refused', reason: 'I am still working on this thread; ask again when the answer is there.' }
    const earlier = await store.investigationInThread(place)
    if (!earlier) return { outcome: 'refused', reason: 'The investigation of this thread has no record to build on. Mention me with your question to start anew.' }
    const runId = newId()
    const request = { alert: earlier.alert, place, parentId: earlier.id, question: redact(text), user }
    const created = await store.createRun({ id: runId, kind: 'follow_up', incidentId: earlier.incidentId, createdAt: clock.now().toISOString(), request }, claims)
    if (!created) return { outcome: 'duplicate' }
    await deliver(runId, 'follow_up')
    return { outcome: 'started', runId, incident: null }
  }

  const stop = async (place: Reply['place']): Promise<boolean> => {
    const run = await store.runInThread(place)
    if (!run || (run.status !== 'waiting' && run.status !== 'running')) return false
    const cancelled = await queue.cancel(run.id, stoppedByPerson)
    if (cancelled) return true
    // Nobody has begun it, or another process is at it: raising the fence ends it there at its next step.
    const owned = await store.takeRun(run.id, clock.now().toISOString())
    await owned?.finish('stopped', null, stoppedByPerson)
    return owned !== null
  }

  return {
    admit: async (alert, claims) => {
      const admission = await admit(alert, claims)
      onAdmitted?.(alert.source, admission.outcome)
      return admission
    },
    followUp: async (reply) => {
      const admission = await followUp(reply)
      onAdmitted?.('reply', admission.outcome)
      return admission
    },
    stop,
  }
}
