import { z } from 'zod'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { repositoryField } from '../fields.ts'
import { findCommit } from '../find-commit.ts'
import { repositoryRead } from '../operations.ts'
import { Pull, pullEntities, pullOf, pullSignal, pullText } from '../pull-view.ts'

/** The pull requests a commit came in by. */
export const listCommitPulls = defineTool<GithubClient>()({
  name: 'github_list_commit_pulls',
  title: 'List the pull requests of a commit',
  useWhen: 'Use when you have a commit and need the pull request that brought it in: its reason, its reviewers, its other commits.',
  input: z.object({ commit: entityField('commit', 'SHA (7 digits or more), branch or tag'), repository: repositoryField }),
  output: z.object({ sha: z.string(), repository: z.string(), pulls: z.array(Pull) }),
  operations: [repositoryRead('commits/{sha}/pulls'), repositoryRead('commits/{ref+}')],
  run: async (args, { client }) => {
    const commit = await findCommit(args.commit, args.repository, client)
    const [repository] = client.repositories(commit.repository)
    const pulls = (await client.commitPulls(repository ?? fail('defect', 'A repository that was just read is not readable.'), commit.sha)).map((pull) => pullOf(pull, commit.repository))
    const about = [{ kind: 'commit' as const, value: commit.sha, at: commit.at }, { kind: 'repository' as const, value: commit.repository }]
    const nothing = `Commit ${commit.sha.slice(0, 12)} of ${commit.repository} came by no pull request: ${commit.author} pushed it directly, or it is not on a branch of this repository`
    return {
      structured: { sha: commit.sha, repository: commit.repository, pulls },
      text: pulls.length === 0 ? `${nothing}.` : pulls.map(pullText).join('\n'),
      entities: [...about, ...pulls.flatMap(pullEntities)],
      signals: pulls.length === 0 ? [makeSignal('absence', 1, nothing, { about, says: '' })] : pulls.map(pullSignal),
      links: pulls.flatMap(({ url, number }) => (url === null ? [] : [{ title: `#${number}`, url }])),
    }
  },
})
