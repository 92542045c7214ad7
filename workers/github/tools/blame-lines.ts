import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { entityField } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { fileField, fileRepositoryField, plainPath } from '../fields.ts'
import { repositoryOfFile } from '../find-file.ts'
import { blameDocument, repositoryRead } from '../operations.ts'

const Range = z.object({ from: z.number(), to: z.number(), sha: z.string(), at: z.string(), author: z.string(), message: z.string() })
type Range = z.infer<typeof Range>

/** Who last changed which lines of a file. */
export const blameLines = defineTool<GithubClient>()({
  name: 'github_blame_lines',
  title: 'Blame lines of a file',
  useWhen: 'Use when a stack frame names a file and line and you need the commit that last changed it.',
  input: z.object({
    path: fileField, fromLine: z.number().int().min(1).default(1), toLine: z.number().int().min(1).optional(), repository: fileRepositoryField,
    ref: entityField('commit', 'SHA, branch or tag; the default branch if absent').optional(),
  }),
  output: z.object({ path: z.string(), repository: z.string(), ranges: z.array(Range) }),
  operations: [{ type: 'graphql', path: '/graphql', document: blameDocument }, repositoryRead('contents/{path+}')],
  run: async (args, { client }) => {
    const path = plainPath(args.path)
    const repository = await repositoryOfFile(path, args, client)
    const all = (await client.blame(repository, path, args.ref ?? 'HEAD')) ?? fail('not_found', `${repository.fullName} has no ${path} at ${args.ref ?? 'its default branch'}.`)
    const to = args.toLine ?? Number.POSITIVE_INFINITY
    const ranges = all.filter(({ startingLine, endingLine }) => endingLine >= args.fromLine && startingLine <= to).map(({ startingLine, endingLine, commit }): Range => ({
      from: startingLine, to: endingLine, sha: commit.oid, at: commit.committedDate, author: commit.author?.user?.login ?? commit.author?.name ?? 'unknown', message: commit.messageHeadline,
    }))
    const newest = ranges.toSorted((a, b) => b.at.localeCompare(a.at))
    return {
      structured: { path, repository: repository.fullName, ranges },
      text: ranges.length === 0 ? `${path} has no lines ${args.fromLine} to ${args.toLine ?? 'its end'}.` : `${repository.fullName} ${path}:\n${ranges.map(rangeLine).join('\n')}`,
      entities: [{ kind: 'file', value: path }, ...newest.flatMap(rangeEntities)],
      signals: newest.slice(0, 5).map((range) => makeSignal('change', 1, `Lines ${range.from}-${range.to} of ${path} were last changed by ${range.author} at ${utc(range.at)} in ${range.sha.slice(0, 12)}: ${range.message}`, {
        at: range.at, about: [...rangeEntities(range), { kind: 'file', value: path }], says: range.message,
      })),
    }
  },
})

function rangeLine({ from, to, sha, at, author, message }: Range): string {
  return `${from}-${to} ${sha.slice(0, 12)} ${utc(at)} ${author}: ${clip(message, 160)}`
}

function rangeEntities({ sha, at, author, message }: Range): Entity[] {
  return [{ kind: 'commit', value: sha, at, label: clip(message, 150) }, { kind: 'user', value: author }]
}
