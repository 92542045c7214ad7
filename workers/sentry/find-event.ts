import { fail } from '../../src/core/errors.ts'
import type { Operation } from '../../src/core/worker.ts'
import { entityField } from '../kit/window.ts'
import type { SentryClient } from './client.ts'
import { issueField } from './fields.ts'
import { issueLookup, organizationRead } from './operations.ts'
import type { EventShape } from './shapes.ts'

/** Arguments that name one event: an issue (its latest event), an event id, or both. */
export const eventFields = { issue: issueField.optional(), event: entityField('event', '32 hex digits, or latest, oldest, recommended').default('latest') }

/** What finding an event by these arguments takes. */
export const eventLookup: readonly Operation[] = [organizationRead('issues/{issue}/events/{event}/'), organizationRead('eventids/{event}/'), issueLookup]

/** The event the arguments name, with its issue's numeric id. Fails as invalid_input where neither an issue nor an event id is given. */
export async function findEvent(args: { issue?: string | undefined; event: string }, client: SentryClient): Promise<{ issueId: string; event: EventShape }> {
  const issueId = args.issue === undefined ? await issueOf(args.event, client) : await client.issueId(args.issue)
  return { issueId, event: await client.event(issueId, args.event) }
}

async function issueOf(event: string, client: SentryClient): Promise<string> {
  if (!/^[0-9a-f]{32}$/i.test(event)) fail('invalid_input', 'Give an issue, or an event id of 32 hex digits.')
  return (await client.eventIssue(event)).groupId
}
