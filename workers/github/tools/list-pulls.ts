import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'
import { Pull, pullEntities, pullMoment, pullOf, pullSignal, pullText } from '../pull-view.ts'

/** Pull requests merged or updated in a window. */
export const listPulls = defineTool<GithubClient>()({
  name: 'github_list_pulls',
  title: 'List pull requests',
  useWhen: 'Use when you need to know what was merged before an onset, why, or whether a fix is already open.',
  input: z.object({ repository: repositoryField, state: z.enum(['open', 'closed', 'all']).default('all'), ...windowFields, limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ pulls: z.array(Pull) }),
  operations: [repositoryRead('pulls')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => (await client.pulls(repository, { state: args.state, per_page: args.limit, page })).map((pull) => pullOf(pull, repository.fullName))))
    const within = (time: string) => Date.parse(time) >= window.start.getTime() && Date.parse(time) < window.end.getTime()
    const pulls = lists.flat().filter((pull) => within(pull.mergedAt ?? pull.updatedAt)).sort((a, b) => pullMoment(b).localeCompare(pullMoment(a))).slice(0, args.limit)
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const nothing = `No pull request was merged or updated between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { pulls },
      text: pulls.length === 0 ? `${nothing}.` : pulls.map(pullText).join('\n'),
      entities: pulls.flatMap(pullEntities),
      signals: pulls.length === 0 ? [makeSignal('absence', 0, nothing)] : pulls.map(pullSignal),
      links: pulls.flatMap(({ url, number }) => (url === null ? [] : [{ title: `#${number}`, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})
