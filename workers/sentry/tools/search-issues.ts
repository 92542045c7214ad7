import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { environmentField, projectField, scopedSearch, windowQuery } from '../fields.ts'
import { IssueSummary, issueEntities, issueLine, issueSignals, issueSummary } from '../issue-view.ts'
import { organizationRead } from '../operations.ts'

const WEEKS_OF_MINUTES = 90 * 24 * 60

/** Issues with events in a window, the most frequent first unless asked otherwise. */
export const searchIssues = defineTool<SentryClient>()({
  name: 'sentry_search_issues',
  title: 'Search Sentry issues',
  useWhen: 'Use when you need to know which errors occur in a project or window, or to find an issue by its text.',
  input: z.object({
    query: z.string().max(500).optional().describe('Sentry search syntax or free text; default is:unresolved'),
    project: projectField,
    environment: environmentField,
    sort: z.enum(['freq', 'new', 'date', 'user']).default('freq'),
    ...windowFields,
    limit: limitField(15, 50),
    cursor: cursorField,
  }),
  output: z.object({ issues: z.array(IssueSummary) }),
  operations: [organizationRead('issues/')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 24 * 60, maxMinutes: WEEKS_OF_MINUTES })
    const query = scopedSearch(args.query ?? 'is:unresolved', { project: args.project })
    const page = await client.issues({ query, environment: args.environment, sort: args.sort, ...windowQuery(window), limit: args.limit, cursor: args.cursor })
    const issues = page.items.slice(0, args.limit).map(issueSummary)
    const span = `${utc(window.start)} to ${utc(window.end)}`
    const nothing = makeSignal('absence', 0, `No Sentry issue matches "${query}" between ${span}`)
    return {
      structured: { issues },
      text: issues.length === 0 ? `No issue matches "${query}" between ${span}.` : `${issues.length} issues for "${query}", ${span}:\n${issues.map(issueLine).join('\n')}`,
      entities: issues.flatMap(issueEntities),
      signals: issues.length === 0 ? [nothing] : issues.flatMap((issue) => issueSignals(issue, window)),
      links: issues.flatMap(({ url, shortId }) => (url === null ? [] : [{ title: shortId, url }])),
      truncated: page.cursor !== undefined,
      cursor: page.cursor,
    }
  },
})
