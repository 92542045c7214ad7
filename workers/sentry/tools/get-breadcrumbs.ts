import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { limitField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { breadcrumbLine, troubleSignals } from '../event-text.ts'
import { EventDetail, breadcrumbText, eventDetail, isTroubled } from '../event-view.ts'
import { eventFields, eventLookup, findEvent } from '../find-event.ts'

/** What a process did before one event: requests, queries, log lines, in the order they happened. */
export const getBreadcrumbs = defineTool<SentryClient>()({
  name: 'sentry_get_breadcrumbs',
  title: 'Get breadcrumbs',
  useWhen: 'Use when you need what the process did right before an error: its requests, queries and log lines, more than the event shows.',
  input: z.object({ ...eventFields, only: z.enum(['all', 'trouble']).default('all').describe('trouble: warnings, errors, failed requests'), category: z.string().max(60).optional().describe('Such as http or query'), limit: limitField(60, 200) }),
  output: z.object({ eventId: z.string(), total: z.number(), breadcrumbs: EventDetail.shape.breadcrumbs }),
  operations: eventLookup,
  run: async (args, { client }) => {
    const event = eventDetail((await findEvent(args, client)).event)
    const fitting = event.breadcrumbs.filter((crumb) => (args.only === 'all' || isTroubled(crumb)) && (args.category === undefined || crumb.category.includes(args.category)))
    const breadcrumbs = fitting.slice(-args.limit)
    const about = [{ kind: 'event' as const, value: event.id }]
    const nothing = `Event ${event.id} has no ${args.only === 'all' ? '' : 'troubled '}breadcrumb${args.category === undefined ? '' : ` of category ${args.category}`}; it carries ${event.breadcrumbs.length} in all`
    return {
      structured: { eventId: event.id, total: event.breadcrumbs.length, breadcrumbs },
      text: breadcrumbs.length === 0 ? `${nothing}.` : `${breadcrumbs.length} of ${event.breadcrumbs.length} breadcrumbs of event ${event.id}, the last one nearest to the error:\n${breadcrumbs.map(breadcrumbLine).join('\n')}`,
      entities: [...about, ...breadcrumbs.slice(-40).flatMap((crumb) => extractEntities(breadcrumbText(crumb)))],
      signals: breadcrumbs.length === 0 ? [makeSignal('absence', 0, nothing, { about })] : troubleSignals(event, breadcrumbs),
      truncated: fitting.length > breadcrumbs.length,
    }
  },
})
