import type { Alert } from '../core/alert.ts'
import { distinctEntities } from '../core/entity.ts'
import type { Entity } from '../core/entity.ts'
import type { Investigation } from '../core/investigation.ts'
import type { Window } from '../core/time.ts'
import { wrapUntrusted } from '../core/untrusted.ts'

/** What the orchestrator reads first: the alert as data, what it is about, and the window. */
export function alertBrief(alert: Alert, window: Window, boundary: string): string {
  const kind = alert.kind === 'question' ? 'A person asks' : 'An alert came in'
  return [
    `${kind} (received ${alert.receivedAt}):`,
    wrapUntrusted(alert.text === alert.title ? alert.text : `${alert.title}\n${alert.text}`, boundary),
    `Window: ${window.start} to ${window.end}.`,
    ...alertEntities(alert).map((entity) => `- ${entity.kind}: ${entity.value}`),
  ].join('\n')
}

/** The typed values an alert names: its issue, project, event, release. */
export function alertEntities(alert: Alert): Entity[] {
  const sentry = alert.sentry ?? {}
  const pairs: [Entity['kind'], string | undefined][] = [
    ['issue', sentry.issueId], ['issue', sentry.shortId], ['event', sentry.eventId], ['project', sentry.projectSlug],
    ['environment', sentry.environment], ['release', sentry.release],
  ]
  return distinctEntities(pairs.flatMap(([kind, value]) => (value === undefined || value === '' ? [] : [{ kind, value }])))
}

/** What a follow-up starts from: the earlier report and its evidence as data, then the person's question. */
export function followUpBrief(earlier: Investigation, question: string, boundary: string): string {
  const record = {
    alert: earlier.alert.title,
    report: earlier.report ?? null,
    ended: earlier.run.end.message,
    coverage: earlier.coverage.map(({ worker, state, detail }) => ({ worker, state, detail })),
    findings: earlier.run.steps.flatMap((step) => step.calls).flatMap((call) => (call.finding ? [{ worker: call.tool, answer: call.finding.answer, claims: call.finding.claims }] : [])),
  }
  return [
    'You investigated this before. Your record of it:',
    wrapUntrusted(JSON.stringify(record), boundary),
    'A person in the thread now asks:',
    wrapUntrusted(question, boundary),
    `Window: ${earlier.window.start} to ${earlier.window.end}.`,
  ].join('\n')
}

/** What is known when a follow-up starts: the alert's entities and those the earlier findings cited. */
export function followUpEntities(earlier: Investigation): Entity[] {
  const found = earlier.run.steps.flatMap((step) => step.calls).flatMap((call) => call.finding?.entities ?? [])
  return distinctEntities([...alertEntities(earlier.alert), ...found]).slice(0, 60)
}
