import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import type { SentryClient } from '../client.ts'
import { eventSignals, eventText } from '../event-text.ts'
import { EventDetail, eventDetail, eventEntities } from '../event-view.ts'
import { eventFields, eventLookup, findEvent } from '../find-event.ts'

/** One event in full: exceptions with the team's own frames, request, breadcrumbs, tags, contexts. */
export const getEvent = defineTool<SentryClient>()({
  name: 'sentry_get_event',
  title: 'Get a Sentry event',
  useWhen: 'Use when you need the stack, breadcrumbs, request, tags and contexts of one occurrence. Give an issue (its latest event), an event id, or both.',
  input: z.object(eventFields),
  output: z.object({ issueId: z.string(), event: EventDetail }),
  operations: eventLookup,
  run: async (args, { client }) => {
    const found = await findEvent(args, client)
    const event = eventDetail(found.event)
    return {
      structured: { issueId: found.issueId, event },
      text: eventText(event),
      entities: [{ kind: 'issue', value: args.issue ?? found.issueId }, ...eventEntities(event)],
      signals: eventSignals(event),
    }
  },
})
