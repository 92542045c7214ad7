import type { ColumnType, Generated } from 'kysely'

/** Written as an ISO string, read as a Date; both drivers do so. */
type Instant = ColumnType<Date, string, string>
type NullableInstant = ColumnType<Date | null, string | null | undefined, string | null>
type NullableText = ColumnType<string | null, string | null | undefined, string | null>
/** Written as JSON text made by `storableJson`, read parsed. */
type Json = ColumnType<unknown, string, string>

export interface RunTable {
  id: string
  kind: string
  incident_id: string
  request: Json
  status: Generated<string>
  fence: Generated<number>
  team: NullableText
  channel: NullableText
  thread_ts: NullableText
  created_at: Instant
  started_at: NullableInstant
  ended_at: NullableInstant
  detail: NullableText
}

export interface StepTable {
  run_id: string
  key: string
  kind: string
  input_hash: string
  value: Json
  created_at: Generated<Date>
}

export interface ClaimTable {
  key: string
  claimed_at: Instant
}

export interface IncidentTable {
  id: string
  fingerprint: string
  opened_at: Instant
  alert: Json
  alert_count: Generated<number>
  run_id: string
}

export interface InvestigationTable {
  id: string
  run_id: string
  kind: string
  incident_id: string
  ended_at: Instant
  record: Json
}

export interface JudgementTable {
  id: string
  investigation_id: string
  source: string
  verdict: string
  judge: string
  judged_at: Instant
  correction: string | null
}

export interface FlagTable {
  id: string
  investigation_id: string
  flagged_by: string
  flagged_at: Instant
  note: string | null
}

export interface OutboxTable {
  key: string
  run_id: string
  payload: Json
  state: Generated<string>
  reference: NullableText
  created_at: Instant
}

/** The tables of deploy/database/migrations, by qualified name: no session setting decides what a name means. */
export interface Tables {
  'foreman.run': RunTable
  'foreman.step': StepTable
  'foreman.claim': ClaimTable
  'foreman.incident': IncidentTable
  'foreman.investigation': InvestigationTable
  'foreman.judgement': JudgementTable
  'foreman.flag': FlagTable
  'foreman.outbox': OutboxTable
}
