import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { findRise } from '../../kit/series-jump.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { Checkin, checkinOf, checkinText, isBadCheckin } from '../checkin-view.ts'
import type { SentryClient } from '../client.ts'
import { environmentField, windowQuery } from '../fields.ts'
import { organizationRead } from '../operations.ts'

/** How one scheduled job ran through a window, the newest run first. */
export const listCronCheckins = defineTool<SentryClient>()({
  name: 'sentry_list_cron_checkins',
  title: 'List the check-ins of a cron monitor',
  useWhen: 'Use when you know the cron monitor and need its runs in a window: when it began to fail, be missed or take longer.',
  input: z.object({ monitor: entityField('monitor', 'Slug of the monitor'), environment: environmentField, ...windowFields, limit: limitField(50, 100), cursor: cursorField }),
  output: z.object({ checkins: z.array(Checkin) }),
  operations: [organizationRead('monitors/{monitor}/checkins/')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 90 * 24 * 60 })
    const page = await client.checkins(args.monitor, { ...windowQuery(window), environment: args.environment, per_page: args.limit, cursor: args.cursor })
    const checkins = page.items.slice(0, args.limit).map(checkinOf)
    const bad = checkins.filter(isBadCheckin)
    const about: Entity[] = [{ kind: 'monitor', value: args.monitor }, { kind: 'cronjob', value: args.monitor }]
    const nothing = `Cron monitor ${args.monitor} has no check-in between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { checkins },
      text: checkins.length === 0 ? `${nothing}.` : `${checkins.length} check-ins of ${args.monitor}, ${bad.length} of them bad, the newest first:\n${checkins.map(checkinText).join('\n')}`,
      entities: about,
      signals: checkins.length === 0 ? [makeSignal('absence', 1, nothing, { about })] : checkinSignals(args.monitor, checkins, about),
      truncated: page.cursor !== undefined,
      cursor: page.cursor,
    }
  },
})

function checkinSignals(monitor: string, checkins: readonly Checkin[], about: readonly Entity[]): Signal[] {
  const good = checkins.findIndex((checkin) => !isBadCheckin(checkin))
  const streak = good === -1 ? checkins : checkins.slice(0, good)
  const first = streak.at(-1)
  const ran = checkins.toReversed().flatMap(({ at, ms }) => (at === null || ms === null ? [] : [{ at, value: ms }]))
  const slower = findRise(ran, { factor: 2, least: 1_000 })
  const bad = checkins.filter(isBadCheckin)
  const signals: Signal[] = []
  if (first !== undefined) signals.push(makeSignal('state', 3, `Cron monitor ${monitor} is bad since ${first.at === null ? '?' : utc(first.at)}: ${first.status}, ${streak.length} bad check-ins in a row${good === -1 ? ', none was good' : ''}`, { at: first.at ?? undefined, count: streak.length, about }))
  else if (bad.length > 0) signals.push(makeSignal('state', 1, `Cron monitor ${monitor} is ok again: ${bad.length} of ${checkins.length} check-ins were bad, the last ${checkinText(bad[0] ?? { at: null, status: 'unknown', ms: null })}`, { at: bad[0]?.at ?? undefined, count: bad.length, about }))
  else signals.push(makeSignal('healthy', 0, `Cron monitor ${monitor}: all ${checkins.length} check-ins are ok`, { about }))
  if (slower !== undefined) signals.push(makeSignal('anomaly', 1, `Cron monitor ${monitor} takes longer since ${utc(slower.at)}: ${Math.round(slower.before)} ms before, ${Math.round(slower.after)} ms since`, { at: slower.at, about }))
  return signals
}
