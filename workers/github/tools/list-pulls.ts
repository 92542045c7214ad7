import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { toChangedFile } from '../change-view.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'
import { isQuotable, patchSignals, telling } from '../patch-signal.ts'
import { Pull, pullEntities, pullMoment, pullOf, pullSignal, pullText } from '../pull-view.ts'

/** Of so many merged pull requests, the newest, the changed places are quoted: small changes break the most, and no second call is needed. */
const WITH_FILES = 8
const PATCHES = 2
const MOST_FILES = 30

/** Pull requests merged or updated in a window, the newest first, with what the merged ones changed. */
export const listPulls = defineTool<GithubClient>()({
  name: 'github_list_pulls',
  title: 'List pull requests',
  useWhen: 'Use when you need to know what was merged before an onset, why, or whether a fix is already open.',
  input: z.object({ repository: repositoryField, state: z.enum(['open', 'closed', 'all']).default('all'), ...windowFields, limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ pulls: z.array(Pull) }),
  operations: [repositoryRead('pulls'), repositoryRead('pulls/{number}/files')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => (await client.pulls(repository, { state: args.state, per_page: args.limit, page })).map((pull) => pullOf(pull, repository.fullName))))
    const within = (time: string) => Date.parse(time) >= window.start.getTime() && Date.parse(time) < window.end.getTime()
    const pulls = lists.flat().filter((pull) => within(pull.mergedAt ?? pull.updatedAt)).sort((a, b) => pullMoment(b).localeCompare(pullMoment(a))).slice(0, args.limit)
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const told = (await Promise.all(pulls.filter(({ state }) => state === 'merged').slice(0, WITH_FILES).map(async (pull) => changedPlaces(pull, client)))).flat()
    const nothing = `No pull request was merged or updated between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { pulls },
      text: pulls.length === 0 ? `${nothing}.` : [...pulls.map(pullText), ...told.map(({ text }) => `  ${text}`)].join('\n'),
      entities: pulls.flatMap(pullEntities),
      signals: pulls.length === 0 ? [makeSignal('absence', 0, nothing)] : [...pulls.map(pullSignal), ...told],
      links: pulls.flatMap(({ url, number }) => (url === null ? [] : [{ title: `#${number}`, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

async function changedPlaces(pull: Pull, client: GithubClient): Promise<Signal[]> {
  const [repository] = client.repositories(pull.repository)
  if (repository === undefined) return []
  const files = (await client.pullFiles(repository, pull.number, { per_page: MOST_FILES })).map(toChangedFile).filter(isQuotable)
  const about = pullEntities(pull).filter(({ kind }) => kind === 'commit' || kind === 'pull_request' || kind === 'repository')
  // The merged commit is what went out, so it comes before the request it came by.
  const owner = { name: `${pull.mergeCommit?.slice(0, 12) ?? `#${pull.number}`} `, at: pullMoment(pull), about: about.toSorted((a, b) => Number(b.value === pull.mergeCommit) - Number(a.value === pull.mergeCommit)) }
  return files.toSorted((a, b) => telling(b.path) - telling(a.path)).flatMap((file) => patchSignals(file, owner)).slice(0, PATCHES)
}
