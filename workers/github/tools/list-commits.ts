import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { Commit, commitEntities, commitLine, commitPatchSignals, commitSignal, toCommit } from '../change-view.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, pageOf, plainPath, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'
import { isQuotable } from '../patch-signal.ts'

/** Of so many newest commits the changed files are fetched too. */
const WITH_FILES = 12
/** Of each commit so many changed places are quoted: small changes break the most, and no second call is needed. */
const PATCHES = 2

/** Commits of a window, the newest first, with the files they changed. */
export const listCommits = defineTool<GithubClient>()({
  name: 'github_list_commits',
  title: 'List commits',
  useWhen: 'Use when you need to know what changed in the code before an onset, in one repository or all, or who touched a file.',
  input: z.object({
    repository: repositoryField, path: entityField('file', 'Only commits that touch it').optional(), ref: entityField('branch', 'Branch, tag or SHA; the default branch if absent').optional(),
    author: entityField('user', 'GitHub login').optional(), ...windowFields, limit: limitField(20, 100), cursor: cursorField,
  }),
  output: z.object({ commits: z.array(Commit) }),
  operations: [repositoryRead('commits'), repositoryRead('commits/{ref+}')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const query = {
      since: window.start.toISOString(), until: window.end.toISOString(), per_page: args.limit, page,
      ...(args.path === undefined ? {} : { path: plainPath(args.path) }), ...(args.ref === undefined ? {} : { sha: args.ref }), ...(args.author === undefined ? {} : { author: args.author }),
    }
    const repositories = client.repositories(args.repository)
    const lists = await Promise.all(repositories.map(async (repository) => (await client.commits(repository, query)).map((commit) => ({ repository, commit: toCommit(commit, repository.fullName) }))))
    const newest = lists.flat().sort((a, b) => b.commit.at.localeCompare(a.commit.at)).slice(0, args.limit)
    const commits = await Promise.all(newest.map(async ({ repository, commit }, index) => (index < WITH_FILES ? toCommit(await client.commit(repository, commit.sha), repository.fullName) : commit)))
    const told = commits.flatMap((commit) => commitPatchSignals(commit, commit.files.filter(isQuotable)).slice(0, PATCHES))
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const span = `${utc(window.start)} to ${utc(window.end)}`
    const nothing = `No commit${args.path === undefined ? '' : ` to ${args.path}`} in ${repositories.map(({ fullName }) => fullName).join(', ')} between ${span}`
    return {
      structured: { commits: commits.map((commit) => ({ ...commit, files: commit.files.map((file) => ({ ...file, patch: null })) })) },
      text: commits.length === 0 ? `${nothing}.` : `${commits.length} commits, ${span}, newest first:\n${[...commits.map(commitLine), ...told.map(({ text }) => `  ${text}`)].join('\n')}`,
      entities: commits.flatMap(commitEntities),
      signals: commits.length === 0 ? [makeSignal('absence', 0, nothing)] : [...commits.map(commitSignal), ...told],
      links: commits.flatMap(({ url, sha }) => (url === null ? [] : [{ title: sha.slice(0, 12), url }])),
      truncated: cursor !== undefined || lists.flat().length > newest.length,
      cursor,
    }
  },
})
