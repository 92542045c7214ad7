import { z } from 'zod'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { cursorField, entityField, limitField } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, oneRepositoryField, pageOf, plainPath } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const File = z.object({ path: z.string(), bytes: z.number().nullable() })

/** Every file below a folder at a ref. */
export const listTree = defineTool<GithubClient>()({
  name: 'github_list_tree',
  title: 'List the files of a repository',
  useWhen: 'Use when you do not know where in a repository something is: all paths below a folder, or those whose name contains a word.',
  input: z.object({
    folder: z.string().max(400).optional().describe('The whole repository if absent'), contains: z.string().min(2).max(100).optional().describe('Part of a path, such as migration'),
    repository: oneRepositoryField, ref: entityField('commit', 'SHA, branch or tag; the default branch if absent').optional(), limit: limitField(200, 1_000), cursor: cursorField,
  }),
  output: z.object({ repository: z.string(), total: z.number(), files: z.array(File) }),
  operations: [repositoryRead('git/trees/{ref+}')],
  maxResponseBytes: 16 * 1024 * 1024,
  run: async (args, { client }) => {
    const repository = client.repository(args.repository)
    const { tree, truncated } = await client.tree(repository, args.ref ?? 'HEAD')
    const folder = plainPath(args.folder ?? '').replace(/\/+$/, '')
    const below = tree.filter(({ path, type }) => type === 'blob' && (folder === '' || path.startsWith(`${folder}/`)))
    if (below.length === 0 && folder !== '' && !truncated) fail('not_found', `${repository.fullName} has no folder ${folder} at ${args.ref ?? 'its default branch'}.`)
    const found = below.filter(({ path }) => args.contains === undefined || path.toLowerCase().includes(args.contains.toLowerCase()))
    const page = pageOf(args.cursor)
    const files = found.slice((page - 1) * args.limit, page * args.limit).map(({ path, size }) => ({ path, bytes: size ?? null }))
    const cursor = found.length > page * args.limit ? cursorAfter(page, files.length, args.limit) : undefined
    return {
      structured: { repository: repository.fullName, total: found.length, files },
      text: files.length === 0 ? `No path of ${repository.fullName}${folder === '' ? '' : ` below ${folder}`} contains "${args.contains ?? ''}".` : `${found.length} files of ${repository.fullName}${folder === '' ? '' : ` below ${folder}`}${truncated ? ' (GitHub cut the list)' : ''}:\n${files.map(({ path }) => path).join('\n')}`,
      entities: [{ kind: 'repository', value: repository.fullName }, ...files.slice(0, 60).map(({ path }) => ({ kind: 'file' as const, value: path }))],
      signals: [],
      truncated: truncated || cursor !== undefined,
      cursor,
    }
  },
})
