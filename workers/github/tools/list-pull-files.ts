import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { Commit, fileText, toChangedFile } from '../change-view.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, oneRepositoryField, pageOf, pullField, pullNumber } from '../fields.ts'
import { repositoryRead } from '../operations.ts'
import { patchSignals, telling } from '../patch-signal.ts'

/** The files a pull request changes, with the changed lines. */
export const listPullFiles = defineTool<GithubClient>()({
  name: 'github_list_pull_files',
  title: 'List the files of a pull request',
  useWhen: 'Use when a pull request is suspect and you need exactly which lines it changes, over all its commits.',
  input: z.object({ number: pullField, repository: oneRepositoryField, limit: limitField(30, 100), cursor: cursorField }),
  output: z.object({ files: Commit.shape.files }),
  operations: [repositoryRead('pulls/{number}/files')],
  run: async (args, { client }) => {
    const repository = client.repository(args.repository)
    const number = pullNumber(args.number)
    const page = pageOf(args.cursor)
    const files = (await client.pullFiles(repository, number, { per_page: args.limit, page })).map(toChangedFile)
    const cursor = cursorAfter(page, files.length, args.limit)
    const about = [{ kind: 'pull_request' as const, value: `#${number}` }, { kind: 'repository' as const, value: repository.fullName }]
    const nothing = `Pull request #${number} of ${repository.fullName} changes no ${page > 1 ? 'further ' : ''}file`
    return {
      structured: { files },
      text: files.length === 0 ? `${nothing}.` : [`#${number} of ${repository.fullName} changes ${files.map(({ path, additions, deletions }) => `${path} +${additions} -${deletions}`).join(', ')}`, ...files.map(fileText)].join('\n'),
      entities: [...about, ...files.map(({ path }) => ({ kind: 'file' as const, value: path }))],
      signals: files.length === 0 ? [makeSignal('absence', 0, nothing, { about })] : files.toSorted((a, b) => telling(b.path) - telling(a.path)).flatMap((file) => patchSignals(file, { name: `#${number} `, at: undefined, about })).slice(0, 8),
      truncated: cursor !== undefined || files.some(({ patch }) => patch === null),
      cursor,
    }
  },
})
