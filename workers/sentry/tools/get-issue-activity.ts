import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { FailureError } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { flatText } from '../event-view.ts'
import { issueField } from '../fields.ts'
import { issueLookup, organizationRead } from '../operations.ts'
import type { ActivityShape } from '../shapes.ts'

const Activity = z.object({ type: z.string(), at: z.string().nullable(), by: z.string().nullable(), detail: z.string() })
type Activity = z.infer<typeof Activity>

/** What people and Sentry did with an issue, the newest first. */
export const getIssueActivity = defineTool<SentryClient>()({
  name: 'sentry_get_issue_activity',
  title: 'Get the activity of an issue',
  useWhen: 'Use when you need to know whether an issue was resolved, ignored, came back, or what people wrote about it before.',
  input: z.object({ issue: issueField, limit: limitField(30, 100) }),
  output: z.object({ activity: z.array(Activity) }),
  operations: [organizationRead('issues/{issue}/activities/'), organizationRead('issues/{issue}/'), issueLookup],
  run: async (args, { client }) => {
    const all = (await activitiesOf(await client.issueId(args.issue), client)).map(activityOf)
    const activity = all.slice(0, args.limit)
    return {
      structured: { activity },
      text: activity.length === 0 ? `Nobody did anything with ${args.issue}.` : activity.map(activityLine).join('\n'),
      entities: [{ kind: 'issue', value: args.issue }, ...activity.flatMap(({ by }) => (by === null ? [] : [{ kind: 'user' as const, value: by }]))],
      signals: activity.flatMap((entry) => activitySignal(entry, args.issue)).slice(0, 12),
      truncated: all.length > activity.length,
    }
  },
})

/** Older servers have no page for the activity; there it comes with the issue. */
async function activitiesOf(issueId: string, client: SentryClient): Promise<readonly ActivityShape[]> {
  try {
    return await client.activities(issueId)
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.kind !== 'not_found') throw error
    return (await client.issue(issueId)).activity ?? []
  }
}

function activityOf({ type, dateCreated, user, data }: ActivityShape): Activity {
  const text = data?.['text']
  return { type, at: dateCreated ?? null, by: user?.name ?? user?.email ?? null, detail: typeof text === 'string' ? text : flatText(data ?? {}, ', ') }
}

function activityLine({ type, at, by, detail }: Activity): string {
  return `${at === null ? '' : `${utc(at)} `}${type}${by === null ? '' : ` by ${by}`}${detail === '' ? '' : `: ${clip(detail, 400)}`}`
}

/** A note is what somebody knew; a regression or an escalation is the issue's own news; resolving and ignoring are decisions about it. */
const MEANINGS: readonly [RegExp, Signal['kind'], 0 | 1 | 2, string][] = [
  [/^note$/, 'knowledge', 1, 'noted'], [/regression|unresolved/, 'anomaly', 2, 'came back'], [/escalating/, 'anomaly', 2, 'escalates'],
  [/^set_resolved/, 'state', 0, 'was resolved'], [/ignored|archived/, 'state', 1, 'was silenced'], [/^(?:un)?merge/, 'state', 0, 'was merged or split'],
]

function activitySignal({ type, at, by, detail }: Activity, issue: string): Signal[] {
  const [, kind, severity, verb] = MEANINGS.find(([pattern]) => pattern.test(type)) ?? []
  if (kind === undefined || severity === undefined) return []
  const about: Entity[] = [{ kind: 'issue', value: issue }]
  const who = by ?? 'Sentry'
  const text = kind === 'knowledge' ? `${who} noted on ${issue}: ${detail}` : `${issue} ${verb ?? ''} at ${at === null ? '?' : utc(at)} (${type} by ${who})${detail === '' ? '' : `: ${detail}`}`
  return [makeSignal(kind, severity, text, { at: at ?? undefined, about, says: detail })]
}
