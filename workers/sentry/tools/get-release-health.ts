import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { environmentField, projectField, windowQuery } from '../fields.ts'
import { organizationRead } from '../operations.ts'

const Health = z.object({ release: z.string(), sessions: z.number(), crashFreeSessions: z.number().nullable(), crashFreeUsers: z.number().nullable() })
type Health = z.infer<typeof Health>

const MOST_RELEASES = 30
/** A release with fewer sessions says nothing about its rate. */
const LEAST_SESSIONS = 50
/** Crashing sessions, as a share: this many times the other releases', and at least this much, is worse than they are. */
const WORSE = { factor: 3, least: 0.005 }

/** How the sessions of each release fared in a window: how many there were, and how many did not crash. */
export const getReleaseHealth = defineTool<SentryClient>()({
  name: 'sentry_get_release_health',
  title: 'Get the health of releases',
  useWhen: 'Use when you need to know whether users of a release crash more than those of the release before it.',
  input: z.object({ project: projectField, environment: environmentField, ...windowFields }),
  output: z.object({ releases: z.array(Health) }),
  operations: [organizationRead('sessions/')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 24 * 60, maxMinutes: 90 * 24 * 60 })
    const groups = await client.sessions({
      field: ['sum(session)', 'crash_free_rate(session)', 'crash_free_rate(user)'], groupBy: 'release', interval: window.end.getTime() - window.start.getTime() > 86_400_000 ? '1d' : '1h', includeSeries: 0,
      project: args.project ?? '-1', environment: args.environment, ...windowQuery(window),
    })
    const all = groups.map(({ by, totals }): Health => ({
      release: String(by['release'] ?? ''), sessions: totals['sum(session)'] ?? 0, crashFreeSessions: totals['crash_free_rate(session)'] ?? null, crashFreeUsers: totals['crash_free_rate(user)'] ?? null,
    })).filter(({ sessions }) => sessions > 0).sort((a, b) => b.sessions - a.sessions)
    const releases = all.slice(0, MOST_RELEASES)
    const span = `${utc(window.start)} to ${utc(window.end)}`
    const nothing = `No session${args.project === undefined ? '' : ` of ${args.project}`} between ${span}: the SDK does not send any, or nobody used it`
    return {
      structured: { releases },
      text: releases.length === 0 ? `${nothing}.` : `Sessions by release, ${span}:\n${releases.map(healthLine).join('\n')}`,
      entities: releases.map(({ release }) => ({ kind: 'release', value: release })),
      signals: releases.length === 0 ? [makeSignal('absence', 0, nothing)] : healthSignals(releases),
      truncated: all.length > releases.length,
    }
  },
})

function percent(share: number | null): string {
  return share === null ? '?' : `${(share * 100).toFixed(2)} %`
}

function healthLine({ release, sessions, crashFreeSessions, crashFreeUsers }: Health): string {
  return `${release}: ${sessions} sessions, ${percent(crashFreeSessions)} crash-free, users ${percent(crashFreeUsers)}`
}

function crashing({ crashFreeSessions }: Health): number {
  return 1 - (crashFreeSessions ?? 1)
}

/** The share of crashing sessions of all releases but one. */
function usualOf(health: Health, counted: readonly Health[]): number {
  const others = counted.filter((other) => other !== health)
  const sessions = others.reduce((sum, other) => sum + other.sessions, 0)
  return sessions === 0 ? 0 : others.reduce((sum, other) => sum + crashing(other) * other.sessions, 0) / sessions
}

function healthSignals(releases: readonly Health[]): Signal[] {
  const counted = releases.filter(({ sessions, crashFreeSessions }) => sessions >= LEAST_SESSIONS && crashFreeSessions !== null)
  const worse = counted.filter((health) => crashing(health) >= WORSE.least && crashing(health) >= usualOf(health, counted) * WORSE.factor)
  if (worse.length === 0) return [makeSignal('healthy', 0, `No release crashes more than the others: ${releases.slice(0, 3).map(({ release, sessions, crashFreeSessions }) => `${release.slice(0, 24)} ${percent(crashFreeSessions)} crash-free of ${sessions}`).join(', ')}`, { about: releases.slice(0, 3).map(({ release }) => ({ kind: 'release' as const, value: release })), says: '' })]
  return worse.slice(0, 5).map((health) => makeSignal('anomaly', 2, `Release ${health.release} crashes: ${percent(crashing(health))} of ${health.sessions} sessions, other releases ${percent(usualOf(health, counted))}`, { about: [{ kind: 'release', value: health.release }], says: '' }))
}
