import { z } from 'zod'
import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { utc } from '../kit/plain-text.ts'
import { percent } from './amounts.ts'
import type { SupabaseClient } from './client.ts'

const Max = z.object({ max: z.coerce.number() })
const Config = z.object({ max_connections: z.number().nullish() })
const Row = z.object({ role: z.string().nullish(), application: z.string().nullish(), state: z.string().nullish(), connections: z.coerce.number(), since: z.string().nullish() })

/** Connections of one role and application in one state. `since` is the begin of the oldest open transaction among them. */
export const Usage = z.object({ role: z.string(), application: z.string(), state: z.string(), connections: z.number().int(), since: z.string().nullable() })
export type Usage = z.infer<typeof Usage>

/** All connections, and how many there can be (0: unknown). */
export interface Connections {
  readonly max: number
  readonly used: number
  readonly usage: readonly Usage[]
}

const SQL = `select usename::text as role, application_name as application, state, count(*)::int as connections, min(xact_start)::text as since
from pg_stat_activity where usename is not null group by 1, 2, 3 order by 4 desc limit 50`

/** Who is connected at this moment, the most first. */
export async function readConnections(client: SupabaseClient): Promise<Connections> {
  const [config, limits, rows] = await Promise.all([
    // What the team set itself counts; where the token may not see that, the server's own setting does.
    client.get('/config/database/postgres', Config).catch(() => ({ max_connections: null })),
    client.select("select setting::int as max from pg_settings where name = 'max_connections'", Max),
    client.select(SQL, Row),
  ])
  const usage = rows.map((row): Usage => ({
    role: row.role ?? '', application: row.application ?? '', state: row.state ?? '', connections: row.connections, since: row.since ? new Date(row.since).toISOString().replace('.000Z', 'Z') : null,
  }))
  return { max: config.max_connections ?? limits[0]?.max ?? 0, used: usage.reduce((sum, row) => sum + row.connections, 0), usage }
}

/** The role and, where it names itself as services do, the application. */
export function whoEntities({ role, application }: { readonly role: string; readonly application: string }): Entity[] {
  return [
    ...(/^[a-z][a-z0-9_-]{2,60}$/.test(application) ? [{ kind: 'service' as const, value: application }] : application === '' ? [] : [{ kind: 'identifier' as const, value: application.slice(0, 200) }]),
    ...(role === '' ? [] : [{ kind: 'role' as const, value: role }]),
  ]
}

interface Holder {
  readonly name: string
  readonly about: readonly Entity[]
  readonly connections: number
  /** `37 idle in transaction`, the most first. */
  readonly states: string
  readonly since: string | null
}

/** The connections of each application, or of each role that names none; the most first. */
function holders(usage: readonly Usage[]): Holder[] {
  const groups = Map.groupBy(usage, ({ role, application }) => (application === '' ? role : application))
  return [...groups].map(([name, rows]): Holder => ({
    name, about: distinctEntities(rows.flatMap(whoEntities)), connections: rows.reduce((sum, row) => sum + row.connections, 0),
    states: rows.toSorted((a, b) => b.connections - a.connections).filter(({ state }) => state !== '').map(({ state, connections }) => `${connections} ${state}`).join(', '),
    since: rows.flatMap((row) => (row.state.startsWith('idle in transaction') ? (row.since ?? []) : [])).sort()[0] ?? null,
  })).sort((a, b) => b.connections - a.connections)
}

/** From this share on, the next burst is refused: a few slots are kept for superusers. */
const NEARLY_FULL = 0.9
const FILLING = 0.8

/** Who holds the connections when they run out, as who is refused seldom is who took them; and otherwise how many there are. */
export function connectionSignals({ max, used, usage }: Connections): Signal[] {
  const share = max === 0 ? 0 : used / max
  const [top, ...others] = holders(usage)
  const total = `${used} of ${max} connections are in use (${percent(share)})`
  if (top === undefined) return [makeSignal('healthy', 0, `${total}.`)]
  const held = `${top.name} holds ${top.connections} of ${max} connections${top.states === '' ? '' : ` (${top.states}${top.since === null ? '' : `, the oldest since ${utc(top.since)}`})`}`
  const rest = others.slice(0, 6)
  const context = rest.length === 0 ? [] : [makeSignal('state', 0, `Connections beside: ${rest.map(({ name, connections }) => `${name} ${connections}`).join(', ')}.`, { about: rest.flatMap(({ about }) => about), says: '' })]
  if (share < FILLING) return [makeSignal('healthy', 0, `${total}; ${held}.`, { about: top.about, says: '' }), ...context]
  return [makeSignal('state', share >= NEARLY_FULL ? 3 : 2, `${held}; ${total}.`, { about: top.about, says: '', count: top.connections, ...(top.since === null ? {} : { at: top.since }) }), ...context]
}

/** Connections for reading, a line each. */
export function connectionLines({ max, used, usage }: Connections): string[] {
  return [
    `${used} of ${max} connections are in use (${percent(max === 0 ? 0 : used / max)}):`,
    ...usage.map((row) => `${row.connections} ${row.role}${row.application === '' ? '' : ` (${row.application})`} ${row.state}${row.since === null || !row.state.startsWith('idle in') ? '' : `, the oldest since ${utc(row.since)}`}`),
  ]
}
