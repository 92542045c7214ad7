import { z } from 'zod'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { entityField } from '../../kit/window.ts'
import { declaredFunctions } from '../patch-signal.ts'
import type { GithubClient } from '../client.ts'
import { fileField, fileRepositoryField, plainPath } from '../fields.ts'
import { repositoryOfFile } from '../find-file.ts'
import { repositoryRead } from '../operations.ts'

const MOST_LINES = 400

/** A file at a ref, or a folder's entries. */
export const getFile = defineTool<GithubClient>()({
  name: 'github_get_file',
  title: 'Read a file or list a folder',
  useWhen: 'Use when you need the code or configuration itself, as it is now or as it was at a commit.',
  input: z.object({
    path: fileField, repository: fileRepositoryField, ref: entityField('commit', 'SHA, branch or tag; the default branch if absent').optional(),
    fromLine: z.number().int().min(1).optional(), toLine: z.number().int().min(1).optional(),
  }),
  output: z.object({ path: z.string(), repository: z.string(), ref: z.string().nullable(), totalLines: z.number(), lines: z.array(z.object({ line: z.number(), text: z.string() })), entries: z.array(z.string()) }),
  operations: [repositoryRead('contents/{path+}')],
  run: async (args, { client }) => {
    const path = plainPath(args.path)
    const repository = await repositoryOfFile(path, args, client)
    const place = { path, repository: repository.fullName, ref: args.ref ?? null }
    const content = await client.content(repository, path, args.ref)
    if (Array.isArray(content)) {
      const entries = content.map((entry) => (entry.type === 'dir' ? `${entry.path}/` : entry.path))
      return { structured: { ...place, totalLines: 0, lines: [], entries }, text: entries.join('\n'), entities: entries.map((value) => ({ kind: 'file', value })), signals: [] }
    }
    if (content.encoding !== 'base64') fail('bad_response', `${path} is too large for GitHub to send (${content.size} bytes).`)
    const all = Buffer.from(content.content, 'base64').toString('utf8').split('\n')
    const from = args.fromLine ?? 1
    const to = Math.min(args.toLine ?? all.length, from + MOST_LINES - 1, all.length)
    if (from > to) fail('invalid_input', `fromLine ${from} is behind toLine ${args.toLine ?? all.length}; ${path} has ${all.length} lines.`)
    const lines = all.slice(from - 1, to).map((text, index) => ({ line: from + index, text }))
    const shown = lines.map(({ text }) => text).join('\n')
    return {
      structured: { ...place, totalLines: all.length, lines, entries: [] },
      text: `${repository.fullName} ${path}${args.ref === undefined ? '' : ` at ${args.ref}`}, lines ${from}-${to} of ${all.length}:\n${lines.map(({ line, text }) => `${line} ${text}`).join('\n')}`,
      entities: [{ kind: 'file', value: path }, { kind: 'repository', value: repository.fullName }, ...declaredFunctions(lines.map(({ text }) => `+${text}`)), ...extractEntities(shown, 40)],
      signals: [],
      links: content.html_url === null || content.html_url === undefined ? [] : [{ title: path, url: content.html_url }],
      truncated: to < (args.toLine ?? all.length),
    }
  },
})
