import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { fail } from '../../../src/core/errors.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { issueField, windowQuery } from '../fields.ts'
import type { ReplayShape } from '../monitoring-shapes.ts'
import { issueLookup, organizationRead } from '../operations.ts'

const Replay = z.object({
  id: z.string(), at: z.string().nullable(), seconds: z.number().nullable(), environment: z.string().nullable(), user: z.string().nullable(), browser: z.string().nullable(), urls: z.array(z.string()), releases: z.array(z.string()),
  errors: z.number(), deadClicks: z.number(), rageClicks: z.number(), errorIds: z.array(z.string()), traceIds: z.array(z.string()),
})
type Replay = z.infer<typeof Replay>

/** What users did in the sessions that met an issue: pages, clicks without effect, errors. */
export const getReplaySummary = defineTool<SentryClient>()({
  name: 'sentry_get_replay_summary',
  title: 'Summarise session replays',
  useWhen: 'Use when an error is in a browser or an app and you need what users did before it. Give an issue, or the id of a replay.',
  input: z.object({ issue: issueField.optional(), replay: z.string().regex(/^[0-9a-f-]{32,36}$/i, 'must be 32 hex digits').optional(), ...windowFields, limit: limitField(3, 10) }),
  output: z.object({ total: z.number(), replays: z.array(Replay) }),
  operations: [organizationRead('replay-count/'), organizationRead('replays/{replay}/'), issueLookup],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 14 * 24 * 60, maxMinutes: 90 * 24 * 60 })
    const ids = args.replay === undefined ? await client.replayIds(await client.issueId(args.issue ?? fail('invalid_input', 'Give an issue, or the id of a replay.')), windowQuery(window)) : [args.replay]
    const replays = (await Promise.all(ids.slice(0, args.limit).map(async (id) => client.replay(id)))).map(replayOf)
    const about: Entity[] = args.issue === undefined ? [] : [{ kind: 'issue', value: args.issue }]
    const nothing = `No replay shows ${args.issue ?? 'it'} between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { total: ids.length, replays },
      text: replays.length === 0 ? `${nothing}.` : `${ids.length} replays${args.issue === undefined ? '' : ` of ${args.issue}`}, ${replays.length} shown:\n${replays.map(replayText).join('\n')}`,
      entities: [...about, ...replays.flatMap(replayEntities)],
      signals: replays.length === 0 ? [makeSignal('absence', 0, nothing, { about })] : replays.flatMap((replay) => replaySignals(replay, about)),
      truncated: ids.length > replays.length,
    }
  },
})

function replayOf(replay: ReplayShape): Replay {
  const { user, browser } = replay
  return {
    id: replay.id, at: replay.started_at ?? null, seconds: replay.duration ?? null, environment: replay.environment ?? null, user: user?.id ?? user?.email ?? user?.username ?? user?.ip ?? null,
    browser: browser?.name === null || browser?.name === undefined ? null : `${browser.name} ${browser.version ?? ''}`.trim(), urls: replay.urls ?? [], releases: replay.releases ?? [],
    errors: replay.count_errors ?? 0, deadClicks: replay.count_dead_clicks ?? 0, rageClicks: replay.count_rage_clicks ?? 0, errorIds: replay.error_ids ?? [], traceIds: replay.trace_ids ?? [],
  }
}

function replayText({ id, at, seconds, user, browser, urls, releases, errors, deadClicks, rageClicks }: Replay): string {
  return `Replay ${id}${at === null ? '' : ` at ${utc(at)}`}, ${seconds ?? '?'} s, ${errors} errors, ${deadClicks} dead and ${rageClicks} rage clicks${user === null ? '' : `, user ${user}`}${browser === null ? '' : `, ${browser}`}${releases.length === 0 ? '' : `, release ${releases.join(', ')}`}\n  ${urls.slice(0, 12).join(' → ')}`
}

function replayEntities({ user, urls, releases, errorIds, traceIds }: Replay): Entity[] {
  return [
    ...(user === null ? [] : [{ kind: 'user' as const, value: user }]), ...urls.slice(0, 12).map((value): Entity => ({ kind: 'url', value })), ...releases.map((value): Entity => ({ kind: 'release', value })),
    ...errorIds.slice(0, 5).map((value): Entity => ({ kind: 'event', value: value.replaceAll('-', '') })), ...traceIds.slice(0, 5).map((value): Entity => ({ kind: 'trace', value: value.replaceAll('-', '') })),
  ]
}

function replaySignals(replay: Replay, about: readonly Entity[]): Signal[] {
  if (replay.errors + replay.rageClicks === 0) return []
  const last = replay.urls.at(-1)
  const text = `A user met ${replay.errors} errors${replay.rageClicks === 0 ? '' : ` and clicked in anger ${replay.rageClicks} times`}${last === undefined ? '' : `, last on ${last}`}`
  return [makeSignal('state', replay.rageClicks > 0 ? 2 : 1, text, { at: replay.at ?? undefined, about: [...about, ...replayEntities(replay)], says: '' })]
}
