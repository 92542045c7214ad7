import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { sqlEntities } from '../sql-entities.ts'

const Row = z.object({
  pid: z.coerce.number(), role: z.string().nullish(), application: z.string().nullish(), state: z.string().nullish(), wait: z.string().nullish(),
  query_start: z.string().nullish(), xact_start: z.string().nullish(), query: z.string().nullish(), blocked_by: z.array(z.coerce.number()).nullish(),
})
const Session = z.object({
  pid: z.number().int(), role: z.string(), application: z.string(), state: z.string(), wait: z.string().nullable(),
  querySeconds: z.number().nullable(), transactionSeconds: z.number().nullable(), query: z.string(), blockedBy: z.array(z.number().int()),
})
type Session = z.infer<typeof Session>

const SQL = `
select pid, usename::text as role, application_name as application, state, wait_event_type || ':' || wait_event as wait,
  query_start::text as query_start, xact_start::text as xact_start, left(query, 1000) as query, pg_blocking_pids(pid) as blocked_by
from pg_stat_activity
where state is not null and state <> 'idle' and pid <> pg_backend_pid()
order by xact_start nulls last limit 200`

/** Longer than a person waits for a page; and long enough to keep rows locked and vacuum from cleaning. */
const LONG_QUERY_SECONDS = 30
const LONG_TRANSACTION_SECONDS = 300

export const activeQueriesAndLocks = defineTool<SupabaseClient>()({
  name: 'supabase_active_queries_and_locks',
  title: 'What the database does now, and who waits for whom',
  useWhen: 'Use when queries hang or time out: running statements, open transactions, and which session blocks which.',
  input: z.object({ limit: limitField(30, 200) }),
  output: z.object({ sessions: z.array(Session) }),
  operations: [operations.select],
  async run({ limit }, { client, clock }) {
    const now = clock.now()
    const sessions = (await client.select(SQL, Row)).map((row) => sessionOf(row, now)).sort((a, b) => b.blockedBy.length - a.blockedBy.length || (b.querySeconds ?? 0) - (a.querySeconds ?? 0))
    const signals = sessionSignals(sessions)
    const shown = sessions.slice(0, limit)
    return {
      structured: { sessions: shown },
      text: sessions.length === 0 ? 'No session is doing anything at this moment.' : [`${sessions.length} busy sessions, blocked first:`, ...shown.map(sessionText)].join('\n'),
      entities: distinctEntities(shown.flatMap((session) => [{ kind: 'role' as const, value: session.role }, ...sqlEntities(session.query)])),
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `No session waits for a lock or runs unusually long (${sessions.length} busy).`)],
      links: [client.link('Database in Supabase', 'observability/database')],
      truncated: sessions.length > limit,
    }
  },
})

function sessionOf(row: z.infer<typeof Row>, now: Date): Session {
  const seconds = (time: string | null | undefined) => (time === null || time === undefined ? null : Math.max(0, Math.round((now.getTime() - new Date(time).getTime()) / 1_000)))
  return {
    pid: row.pid, role: row.role ?? '', application: row.application ?? '', state: row.state ?? '', wait: row.wait ?? null,
    querySeconds: seconds(row.query_start), transactionSeconds: seconds(row.xact_start), query: row.query ?? '', blockedBy: row.blocked_by ?? [],
  }
}

function sessionText(session: Session): string {
  const blocked = session.blockedBy.length === 0 ? '' : ` BLOCKED BY ${session.blockedBy.join(', ')}`
  return `pid ${session.pid} ${session.role} ${session.application} ${session.state}${session.wait === null ? '' : ` waits for ${session.wait}`}${blocked}, query ${session.querySeconds ?? '?'} s, transaction ${session.transactionSeconds ?? '?'} s: ${clip(session.query, 300)}`
}

function sessionSignals(sessions: readonly Session[]): Signal[] {
  return sessions.flatMap((session): Signal[] => {
    const about = [{ kind: 'role' as const, value: session.role }, ...sqlEntities(session.query)]
    const query = clip(session.query, 180)
    if (session.blockedBy.length > 0) {
      const blocker = sessions.find((other) => session.blockedBy.includes(other.pid))
      const by = blocker === undefined ? '' : ` (${blocker.role}, ${blocker.state}, transaction open ${blocker.transactionSeconds ?? '?'} s: ${clip(blocker.query, 120)})`
      return [makeSignal('state', 3, `pid ${session.pid} has waited ${session.querySeconds ?? '?'} s for a lock held by pid ${session.blockedBy.join(', ')}${by}: ${query}`, { about, says: '' })]
    }
    if (session.state.startsWith('idle in transaction') && (session.transactionSeconds ?? 0) >= LONG_TRANSACTION_SECONDS) {
      return [makeSignal('state', 2, `pid ${session.pid} (${session.role}, ${session.application}) has been idle in a transaction for ${session.transactionSeconds ?? '?'} s after: ${query}`, { about, says: '' })]
    }
    if (session.state === 'active' && (session.querySeconds ?? 0) >= LONG_QUERY_SECONDS) {
      return [makeSignal('state', 2, `pid ${session.pid} (${session.role}) has been running for ${session.querySeconds ?? '?'} s: ${query}`, { about, says: '' })]
    }
    return []
  }).slice(0, 10)
}
