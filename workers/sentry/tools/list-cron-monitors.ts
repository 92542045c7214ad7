import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField } from '../../kit/window.ts'
import { Checkin, checkinOf, checkinText, isBadCheckin } from '../checkin-view.ts'
import type { SentryClient } from '../client.ts'
import type { CheckinShape, MonitorShape } from '../monitoring-shapes.ts'
import { organizationRead } from '../operations.ts'

const Monitor = z.object({
  slug: z.string(), name: z.string(), project: z.string(), schedule: z.string(), timezone: z.string().nullable(), status: z.string(), createdAt: z.string().nullable(),
  nextAt: z.string().nullable(), checkins: z.array(Checkin),
})
type Monitor = z.infer<typeof Monitor>

const MOST_MONITORS = 25
const CHECKINS = 10
/** A check-in that is later than this will hardly come. */
const OVERDUE_MS = 15 * 60_000

/** Scheduled jobs that check in with Sentry, with their last check-ins. */
export const listCronMonitors = defineTool<SentryClient>()({
  name: 'sentry_list_cron_monitors',
  title: 'List cron monitors and check-ins',
  useWhen: 'Use when a scheduled job may have failed, been missed, run late, or cause the errors at fixed times.',
  input: z.object({ monitor: entityField('monitor', 'Slug of one monitor; all if absent').optional(), cursor: cursorField }),
  output: z.object({ monitors: z.array(Monitor) }),
  operations: [organizationRead('monitors/'), organizationRead('monitors/{monitor}/checkins/')],
  run: async (args, { client, clock }) => {
    const page = await client.monitors({ cursor: args.cursor })
    const wanted = page.items.filter(({ slug, id }) => args.monitor === undefined || slug === args.monitor || id === args.monitor).slice(0, MOST_MONITORS)
    const monitors = await Promise.all(wanted.map(async (monitor) => monitorOf(monitor, (await client.checkins(monitor.slug, { per_page: CHECKINS })).items)))
    const missing = args.monitor === undefined ? 'The organisation has no cron monitors.' : `There is no cron monitor ${args.monitor}. Known: ${page.items.map(({ slug }) => slug).join(', ') || 'none'}.`
    return {
      structured: { monitors },
      text: monitors.length === 0 ? missing : monitors.map(monitorText).join('\n'),
      entities: monitors.flatMap(monitorEntities),
      signals: monitors.length === 0 ? [makeSignal('absence', 0, missing)] : monitors.map((monitor) => monitorSignal(monitor, clock.now())),
      truncated: page.cursor !== undefined || page.items.length > wanted.length && args.monitor === undefined,
      cursor: page.cursor,
    }
  },
})

function monitorOf(monitor: z.output<typeof MonitorShape>, checkins: readonly CheckinShape[]): Monitor {
  const { slug, name, project, config, status, environments, dateCreated } = monitor
  return {
    slug, name, project: project.slug, schedule: Array.isArray(config.schedule) ? `every ${config.schedule.join(' ')}` : (config.schedule ?? 'unknown'), timezone: config.timezone ?? null,
    status: status ?? 'active', createdAt: dateCreated ?? null, nextAt: environments?.find(({ nextCheckIn }) => typeof nextCheckIn === 'string')?.nextCheckIn ?? null,
    checkins: checkins.slice(0, CHECKINS).map(checkinOf),
  }
}

function monitorText(monitor: Monitor): string {
  const { slug, name, project, schedule, timezone, status, nextAt, checkins } = monitor
  const told = checkins.map(checkinText).join('; ')
  return `${slug} ("${name}") [${project}] ${schedule}${timezone === null ? '' : ` ${timezone}`}, ${status}${nextAt === null ? '' : `, next ${utc(nextAt)}`}: ${told === '' ? 'no check-ins' : told}`
}

function monitorEntities({ slug, project, createdAt }: Monitor): Entity[] {
  return [{ kind: 'monitor', value: slug, ...(createdAt === null ? {} : { at: createdAt }) }, { kind: 'cronjob', value: slug }, { kind: 'project', value: project }]
}

function monitorSignal(monitor: Monitor, now: Date): Signal {
  const { slug, project, timezone, nextAt, status, checkins } = monitor
  const schedule = `${monitor.schedule}${timezone === null ? '' : ` ${timezone}`}`
  const about = monitorEntities(monitor)
  const [last] = checkins
  const bad = checkins.filter(isBadCheckin)
  if (last === undefined) return makeSignal('absence', 1, `Cron monitor ${slug} of ${project} (${schedule}) has never checked in`, { about })
  const at = last.at ?? undefined
  if (isBadCheckin(last)) return makeSignal('state', 3, `Cron monitor ${slug} of ${project} (${schedule}) fails: last check-in ${last.status}, ${bad.length} of the last ${checkins.length} bad`, { about, at, count: bad.length })
  if (/disabled|muted/.test(status)) return makeSignal('state', 1, `Cron monitor ${slug} of ${project} (${schedule}) is ${status}: nobody is told when it fails`, { about, at })
  if (nextAt !== null && now.getTime() - Date.parse(nextAt) > OVERDUE_MS) return makeSignal('absence', 2, `Cron monitor ${slug} of ${project} (${schedule}) is overdue: expected at ${utc(nextAt)}, last check-in ${last.at === null ? '?' : utc(last.at)}`, { about, at: nextAt })
  if (bad.length > 0) return makeSignal('state', 1, `Cron monitor ${slug} of ${project} (${schedule}) is ok again: ${bad.length} of the last ${checkins.length} check-ins were bad`, { about, at, count: bad.length })
  return makeSignal('healthy', 0, `Cron monitor ${slug} of ${project} (${schedule}): the last ${checkins.length} check-ins are ok, the newest at ${last.at === null ? '?' : utc(last.at)}`, { about, at })
}
