import type { Selectable } from 'kysely'
import { z } from 'zod'
import { Alert, Incident, Place } from '../../core/alert.ts'
import { JournalEntry } from '../../core/journal.ts'
import { Flag, Judgement } from '../../core/judgement.ts'
import type { OutboxEntry, Run } from '../../core/store.ts'
import type { FlagTable, IncidentTable, JudgementTable, OutboxTable, RunTable, StepTable } from './tables.ts'

// Loose: a field that a newer version wrote is kept.
const RunRequest = z.looseObject({
  alert: Alert,
  place: Place.optional(),
  parentId: z.string().optional(),
  question: z.string().optional(),
  user: z.string().optional(),
})
const RunWords = z.object({
  kind: z.enum(['investigation', 'follow_up']),
  status: z.enum(['waiting', 'running', 'finished', 'failed', 'stopped']),
})
const OutboxState = z.enum(['pending', 'sent'])

/** The run a row stands for; throws when the row is none this version could have written. */
export function toRun(row: Selectable<RunTable>): Run {
  return {
    id: row.id,
    ...RunWords.parse(row),
    incidentId: row.incident_id,
    request: RunRequest.parse(row.request),
    fence: row.fence,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    detail: row.detail,
  }
}

/** The journal entry a row stands for. */
export function toJournalEntry(row: Pick<Selectable<StepTable>, 'key' | 'kind' | 'input_hash' | 'value'>): JournalEntry {
  return JournalEntry.parse({ key: row.key, kind: row.kind, inputHash: row.input_hash, value: row.value })
}

/** The incident a row stands for. */
export function toIncident(row: Selectable<IncidentTable>): Incident {
  return Incident.parse({
    id: row.id,
    fingerprint: row.fingerprint,
    openedAt: row.opened_at.toISOString(),
    alert: row.alert,
    alertCount: row.alert_count,
    runId: row.run_id,
  })
}

/** The judgement a row stands for. */
export function toJudgement(row: Selectable<JudgementTable>): Judgement {
  return Judgement.parse({
    id: row.id,
    investigationId: row.investigation_id,
    source: row.source,
    verdict: row.verdict,
    by: row.judge,
    at: row.judged_at.toISOString(),
    ...(row.correction === null ? {} : { correction: row.correction }),
  })
}

/** The flag a row stands for. */
export function toFlag(row: Selectable<FlagTable>): Flag {
  return Flag.parse({
    id: row.id,
    investigationId: row.investigation_id,
    by: row.flagged_by,
    at: row.flagged_at.toISOString(),
    ...(row.note === null ? {} : { note: row.note }),
  })
}

/** The outbox entry a row stands for. */
export function toOutboxEntry(row: Selectable<OutboxTable>): OutboxEntry {
  return {
    key: row.key,
    runId: row.run_id,
    payload: row.payload,
    state: OutboxState.parse(row.state),
    reference: row.reference,
    createdAt: row.created_at.toISOString(),
  }
}
