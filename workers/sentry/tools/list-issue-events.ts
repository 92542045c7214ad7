import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { messageTemplate } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { issueField, windowQuery } from '../fields.ts'
import { issueLookup, organizationRead } from '../operations.ts'
import type { EventSummaryShape } from '../shapes.ts'

const Event = z.object({ id: z.string(), at: z.string().nullable(), message: z.string(), user: z.string().nullable(), tags: z.record(z.string(), z.string()) })

/** Single occurrences of an issue, the newest first. */
export const listIssueEvents = defineTool<SentryClient>()({
  name: 'sentry_list_issue_events',
  title: 'List events of an issue',
  useWhen: 'Use when you need single occurrences of an issue: how messages, users and tags differ between them.',
  input: z.object({ issue: issueField, environment: entityField('environment', 'Environment name').optional(), ...windowFields, limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ events: z.array(Event) }),
  operations: [organizationRead('issues/{issue}/events/'), issueLookup],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 14 * 24 * 60, maxMinutes: 90 * 24 * 60 })
    const page = await client.issueEvents(await client.issueId(args.issue), { ...windowQuery(window), environment: args.environment, per_page: args.limit, cursor: args.cursor })
    const events = page.items.slice(0, args.limit).map(eventOf)
    // Messages that differ by ids and numbers only are one message.
    const messages = Map.groupBy(events, ({ message }) => messageTemplate(message))
    return {
      structured: { events },
      text: events.length === 0 ? `No event of ${args.issue} between ${utc(window.start)} and ${utc(window.end)}.` : events.map(eventLine).join('\n'),
      entities: events.flatMap(eventEntities),
      signals: events.length === 0
        ? [makeSignal('absence', 0, `No event of issue ${args.issue} between ${utc(window.start)} and ${utc(window.end)}`, { about: [{ kind: 'issue', value: args.issue }] })]
        : [...messages.values()].slice(0, 5).map((group) => makeSignal('error', messages.size > 1 ? 2 : 1, `${group.length} of ${events.length} events of ${args.issue}: ${group[0]?.message ?? ''}`, {
            count: group.length, at: group.at(-1)?.at ?? undefined, about: [{ kind: 'issue', value: args.issue }],
          })),
      truncated: page.cursor !== undefined,
      cursor: page.cursor,
    }
  },
})

function eventOf(event: EventSummaryShape): z.input<typeof Event> {
  const { eventID, dateCreated, message, title, user, tags } = event
  return {
    id: eventID, at: dateCreated ?? null, message: message === undefined || message === null || message === '' ? (title ?? '') : message,
    user: user?.id ?? user?.email ?? user?.username ?? user?.ip_address ?? null, tags: Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value])),
  }
}

function eventLine({ id, at, message, user, tags }: z.input<typeof Event>): string {
  const told = Object.entries(tags).slice(0, 10).map(([key, value]) => `${key}=${clip(value, 60)}`).join(' ')
  return `${at === null ? '' : `${utc(at)} `}event ${id}: ${clip(message, 300)}${user === null ? '' : ` | user ${user}`}${told === '' ? '' : ` | ${told}`}`
}

function eventEntities({ id, at, message, user }: z.input<typeof Event>): Entity[] {
  return [{ kind: 'event', value: id, ...(at === null ? {} : { at }) }, ...extractEntities(message), ...(user === null ? [] : [{ kind: 'user' as const, value: user }])]
}
