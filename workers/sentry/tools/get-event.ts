import { fail } from '../../../src/core/errors.ts'
import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { entityField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { eventSignals, eventText } from '../event-text.ts'
import { EventDetail, eventDetail, eventEntities } from '../event-view.ts'
import { issueField } from '../fields.ts'
import { issueLookup, organizationRead } from '../operations.ts'

/** One event in full: exceptions with the team's own frames, request, breadcrumbs, tags, contexts. */
export const getEvent = defineTool<SentryClient>()({
  name: 'sentry_get_event',
  title: 'Get a Sentry event',
  useWhen: 'Use when you need the stack, breadcrumbs, request, tags and contexts of one occurrence. Give an issue (its latest event), an event id, or both.',
  input: z.object({ issue: issueField.optional(), event: entityField('event', '32 hex digits, or latest, oldest, recommended').default('latest') }),
  output: z.object({ issueId: z.string(), event: EventDetail }),
  operations: [organizationRead('issues/{issue}/events/{event}/'), organizationRead('eventids/{event}/'), issueLookup],
  run: async (args, { client }) => {
    const issueId = args.issue === undefined ? await issueOf(args.event, client) : await client.issueId(args.issue)
    const event = eventDetail(await client.event(issueId, args.event))
    return {
      structured: { issueId, event },
      text: eventText(event),
      entities: [{ kind: 'issue', value: args.issue ?? issueId }, ...eventEntities(event)],
      signals: eventSignals(event),
    }
  },
})

async function issueOf(event: string, client: SentryClient): Promise<string> {
  if (!/^[0-9a-f]{32}$/i.test(event)) fail('invalid_input', 'Give an issue, or an event id of 32 hex digits.')
  return (await client.eventIssue(event)).groupId
}
