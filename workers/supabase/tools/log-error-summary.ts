import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { messageTemplate } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc, utcTime } from '../../kit/plain-text.ts'
import { findRise, withZeros } from '../../kit/series-jump.ts'
import { resolveWindow, windowFields } from '../../kit/window.ts'
import type { ResolvedWindow } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { logConditions, logTime, LOG_WINDOW } from '../log-query.ts'
import { operations } from '../operations.ts'

const Row = z.object({ status: z.coerce.number(), method: z.string().nullish(), path: z.string().nullish(), minute: z.union([z.string(), z.number()]), count: z.coerce.number() })
const Group = z.object({
  status: z.number().int(), method: z.string(), path: z.string(), count: z.number().int(), first: z.string(), last: z.string(), perMinute: z.array(z.object({ at: z.string(), value: z.number() })),
})
type Group = z.infer<typeof Group>

const MOST_ROWS = 1_000

export const logErrorSummary = defineTool<SupabaseClient>()({
  name: 'supabase_log_error_summary',
  title: 'Failed requests by status, path and minute',
  useWhen: 'Use when you want to date the onset of failed API or function calls and see which paths fail; at most 24 hours.',
  input: z.object({ source: z.enum(['edge_logs', 'function_edge_logs']).default('edge_logs'), ...windowFields }),
  output: z.object({ groups: z.array(Group) }),
  operations: [operations.logs],
  async run({ source, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { ...LOG_WINDOW, defaultMinutes: 180 })
    const rows = await client.logs([
      "select log_attributes['response.status_code'] as status, log_attributes['request.method'] as method, log_attributes['request.path'] as path,",
      'toStartOfMinute(timestamp) as minute, count() as count from logs',
      `where ${logConditions({ source, minStatus: 400 })} group by status, method, path, minute order by minute desc limit ${MOST_ROWS}`,
    ].join(' '), window)
    const groups = groupsOf(rows.map((row) => Row.parse(row)))
    const head = `Failed requests in Supabase ${source}, ${utc(window.start)} to ${utc(window.end)}`
    return {
      structured: { groups },
      text: groups.length === 0 ? `${head}: none.` : [`${head}, server errors first:`, ...groups.map(groupText)].join('\n'),
      entities: distinctEntities(groups.flatMap(aboutGroup)),
      signals: groups.length === 0 ? [makeSignal('healthy', 0, `${head}: none.`)] : groups.slice(0, 8).map((group) => groupSignal(group, window)),
      links: [client.link(`${source} in Supabase`, `logs/${source.replaceAll('_', '-')}`)],
      truncated: rows.length >= MOST_ROWS,
    }
  },
})

function groupsOf(rows: readonly z.infer<typeof Row>[]): Group[] {
  const groups = Map.groupBy(rows, (row) => `${row.status} ${row.method ?? ''} ${messageTemplate(row.path ?? '')}`)
  return [...groups.values()].flatMap((group): Group[] => {
    const perMinute = group.map((row) => ({ at: logTime(row.minute), value: row.count })).sort((a, b) => a.at.localeCompare(b.at))
    const [newest, first, last] = [group[0], perMinute[0], perMinute.at(-1)]
    if (newest === undefined || first === undefined || last === undefined) return []
    return [{ status: newest.status, method: newest.method ?? '', path: newest.path ?? '', count: group.reduce((sum, row) => sum + row.count, 0), first: first.at, last: last.at, perMinute }]
  }).sort((a, b) => Number(b.status >= 500) - Number(a.status >= 500) || b.count - a.count)
}

function groupText(group: Group): string {
  const peak = group.perMinute.reduce((a, b) => (b.value > a.value ? b : a))
  return `${group.status} ×${group.count} ${group.method} ${clip(group.path, 200)} from ${utc(group.first)} to ${utcTime(group.last)}, most at ${utcTime(peak.at)} (${peak.value} a minute)`
}

function aboutGroup(group: Group): Entity[] {
  return [{ kind: 'url', value: group.path.slice(0, 400) }, { kind: 'status_code', value: String(group.status) }, ...functionOf(group.path), ...tableOf(group.path)]
}

function functionOf(path: string): Entity[] {
  const name = /^\/functions\/v1\/([\w-]+)/.exec(path)?.[1]
  return name === undefined ? [] : [{ kind: 'function', value: name }]
}

function tableOf(path: string): Entity[] {
  const name = /^\/rest\/v1\/(?!rpc\/)(\w+)/.exec(path)?.[1]
  return name === undefined ? [] : [{ kind: 'table', value: name }]
}

function groupSignal(group: Group, window: ResolvedWindow): Signal {
  const rise = findRise(withZeros(group.perMinute, window, 60), { factor: 3, least: 1 })
  return makeSignal(rise === undefined ? 'error' : 'anomaly', group.status >= 500 ? (group.count >= 5 ? 3 : 2) : group.count >= 20 ? 2 : 1,
    `${group.method} ${group.path} answered ${group.status} ×${group.count} since ${utc(group.first)}${rise === undefined ? '' : `; rose at ${utc(rise.at)}`}.`,
    { about: aboutGroup(group), at: rise?.at ?? group.first, count: group.count })
}
