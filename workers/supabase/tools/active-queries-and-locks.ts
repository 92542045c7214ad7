import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { connectionLines, connectionSignals, readConnections, whoEntities } from '../connections.ts'
import { operations } from '../operations.ts'
import { readIfAllowed } from '../read-if-allowed.ts'
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
  title: 'What the database does now, who waits for whom, who holds connections',
  useWhen: 'Use when queries hang or time out: running statements, open transactions, which session blocks which, and whether connections run out.',
  input: z.object({ limit: limitField(30, 200) }),
  output: z.object({ sessions: z.array(Session) }),
  operations: [operations.select, operations.postgresConfig],
  async run({ limit }, { client, clock }) {
    const now = clock.now()
    const [rows, connections] = await Promise.all([client.select(SQL, Row), readIfAllowed(readConnections(client))])
    const sessions = rows.map((row) => sessionOf(row, now)).sort((a, b) => b.blockedBy.length - a.blockedBy.length || (b.querySeconds ?? 0) - (a.querySeconds ?? 0))
    const crowded = connections === null ? [] : connectionSignals(connections).filter(({ severity }) => severity > 0)
    const signals = [...crowded, ...sessionSignals(sessions)]
    const shown = sessions.slice(0, limit)
    return {
      structured: { sessions: shown },
      text: [
        ...(sessions.length === 0 ? ['No session is doing anything at this moment.'] : [`${sessions.length} busy sessions, blocked first:`, ...shown.map(sessionText)]),
        ...(connections === null || crowded.length === 0 ? [] : connectionLines(connections)),
      ].join('\n'),
      entities: distinctEntities(shown.flatMap((session) => [...whoEntities(session), ...sqlEntities(session.query)])),
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

function wait(value: number | null): string {
  return value === null ? '? s' : `${value} s`
}

/** Who is at fault comes first: the session that blocks, not the ones that wait. Sessions that do the same are one signal. */
function sessionSignals(sessions: readonly Session[]): Signal[] {
  return [...blockSignals(sessions), ...idleSignals(sessions), ...longSignals(sessions)].slice(0, 10)
}

function blockSignals(sessions: readonly Session[]): Signal[] {
  const waiting = sessions.filter(({ blockedBy }) => blockedBy.length > 0)
  return [...Map.groupBy(waiting, ({ blockedBy }) => blockedBy.join(', '))].map(([pids, blocked]): Signal => {
    const blocker = sessions.find(({ pid }) => blocked[0]?.blockedBy.includes(pid))
    const longest = Math.max(...blocked.map(({ querySeconds }) => querySeconds ?? 0))
    const who = blocker === undefined ? '' : ` (${blocker.application || blocker.role}, ${blocker.state}, transaction open ${wait(blocker.transactionSeconds)}: ${clip(blocker.query, 120)})`
    const [first] = blocked
    const about = [...(blocker === undefined ? [] : [...whoEntities(blocker), ...sqlEntities(blocker.query)]), ...(first === undefined ? [] : [...whoEntities(first), ...sqlEntities(first.query)])]
    return makeSignal('state', 3, `pid ${pids}${who} holds a lock that ${blocked.length === 1 ? `pid ${first?.pid ?? '?'} waits` : `${blocked.length} sessions wait`} for, ${blocked.length === 1 ? '' : 'the longest '}${longest} s: ${clip(first?.query ?? '', 120)}`, { about, says: '', count: blocked.length })
  })
}

function idleSignals(sessions: readonly Session[]): Signal[] {
  const idle = sessions.filter(({ state, transactionSeconds }) => state.startsWith('idle in transaction') && (transactionSeconds ?? 0) >= LONG_TRANSACTION_SECONDS)
  return [...Map.groupBy(idle, ({ role, application }) => `${role} ${application}`).values()].flatMap((group): Signal[] => {
    const oldest = group.reduce((a, b) => ((b.transactionSeconds ?? 0) > (a.transactionSeconds ?? 0) ? b : a))
    const who = oldest.application === '' ? oldest.role : `${oldest.application} (${oldest.role})`
    return [makeSignal('state', group.length >= 5 ? 3 : 2, `${who} has ${group.length} ${group.length === 1 ? 'session' : 'sessions'} idle in transaction, the longest for ${wait(oldest.transactionSeconds)}, after: ${clip(oldest.query, 140)}`, {
      about: [...whoEntities(oldest), ...sqlEntities(oldest.query)], says: '', count: group.length,
    })]
  })
}

function longSignals(sessions: readonly Session[]): Signal[] {
  const long = sessions.filter(({ state, blockedBy, querySeconds }) => state === 'active' && blockedBy.length === 0 && (querySeconds ?? 0) >= LONG_QUERY_SECONDS)
  return [...Map.groupBy(long, ({ role, application, query }) => `${role} ${application} ${query}`).values()].flatMap((group): Signal[] => {
    const [longest] = group
    if (longest === undefined) return []
    const who = longest.application === '' ? longest.role : `${longest.application} (${longest.role})`
    return [makeSignal('state', 2, `${who} has been running ${group.length === 1 ? '' : `×${group.length} `}for ${wait(longest.querySeconds)}: ${clip(longest.query, 180)}`, { about: [...sqlEntities(longest.query), ...whoEntities(longest)], says: '', count: group.length })]
  })
}
