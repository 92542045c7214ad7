import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { entityField } from '../../kit/window.ts'
import { Commit, commitEntities, commitLine, commitPatchSignals, commitSignal, fileText } from '../change-view.ts'
import type { GithubClient } from '../client.ts'
import { repositoryField } from '../fields.ts'
import { findCommit } from '../find-commit.ts'
import { repositoryRead } from '../operations.ts'
import { declaredFunctions } from '../patch-signal.ts'

/** One commit with its diff. */
export const getCommit = defineTool<GithubClient>()({
  name: 'github_get_commit',
  title: 'Get a commit with its diff',
  useWhen: 'Use when you have a SHA, branch or tag and need to see exactly which lines the commit changed.',
  input: z.object({ commit: entityField('commit', 'SHA (7 digits or more), branch or tag'), repository: repositoryField }),
  output: z.object({ commit: Commit }),
  operations: [repositoryRead('commits/{ref+}')],
  run: async (args, { client }) => {
    const commit = await findCommit(args.commit, args.repository, client)
    return {
      structured: { commit },
      text: `${commitLine(commit)}\nSHA ${commit.sha}, parents ${commit.parents.join(', ') || 'none'}\n\n${commit.message}\n\n${commit.files.map(fileText).join('\n')}`,
      entities: [...commitEntities(commit), ...commit.files.flatMap(({ patch }) => declaredFunctions((patch ?? '').split('\n')))],
      signals: [commitSignal(commit), ...commitPatchSignals(commit, commit.files).slice(0, 8)],
      links: commit.url === null ? [] : [{ title: `Commit ${commit.sha.slice(0, 12)}`, url: commit.url }],
      truncated: commit.files.some(({ patch }) => patch === null),
    }
  },
})
