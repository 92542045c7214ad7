import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField } from '../../kit/window.ts'
import { Commit, commitEntities, commitLine, commitSignal, fileText, toChangedFile, toCommit } from '../change-view.ts'
import type { GithubClient } from '../client.ts'
import { oneRepositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'
import { patchSignals, telling } from '../patch-signal.ts'

/** What lies between two refs. */
export const compareRefs = defineTool<GithubClient>()({
  name: 'github_compare_refs',
  title: 'Compare two refs',
  useWhen: 'Use when you need everything that changed between two releases, deployments or commits.',
  input: z.object({ base: entityField('commit', 'The older SHA, branch or tag'), head: entityField('commit', 'The newer one'), repository: oneRepositoryField }),
  output: z.object({ status: z.string(), aheadBy: z.number(), behindBy: z.number(), commits: z.array(Commit), files: Commit.shape.files }),
  operations: [repositoryRead('compare/{basehead+}')],
  run: async (args, { client }) => {
    const repository = client.repository(args.repository)
    const comparison = await client.compare(repository, args.base, args.head)
    const commits = comparison.commits.map((commit) => toCommit(commit, repository.fullName))
    const files = comparison.files.map(toChangedFile)
    const head = `${args.head} is ${comparison.ahead_by} commits ahead of ${args.base} and ${comparison.behind_by} behind; ${files.length} files differ`
    return {
      structured: { status: comparison.status, aheadBy: comparison.ahead_by, behindBy: comparison.behind_by, commits, files },
      text: [`${head}.`, ...commits.map(commitLine), '', ...files.map(fileText)].join('\n'),
      entities: [...commits.flatMap(commitEntities), ...files.map(({ path }) => ({ kind: 'file' as const, value: path }))],
      signals: commits.length + files.length === 0
        ? [makeSignal('healthy', 0, `Nothing changed in ${repository.fullName} between ${args.base} and ${args.head}`)]
        : [...commits.slice(-12).map(commitSignal), ...files.toSorted((a, b) => telling(b.path) - telling(a.path)).flatMap((file) => patchSignals(file, { name: '', at: undefined, about: [] })).slice(0, 8)],
      links: comparison.html_url === null || comparison.html_url === undefined ? [] : [{ title: `${args.base}...${args.head}`, url: comparison.html_url }],
      truncated: comparison.total_commits > commits.length,
    }
  },
})
