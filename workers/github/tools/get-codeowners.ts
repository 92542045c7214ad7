import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { FailureError, fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { failureOf } from '../../kit/failure-of.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField } from '../../kit/window.ts'
import type { GithubClient, Repository } from '../client.ts'
import { ownerRule, parseOwners } from '../code-owners.ts'
import { fileField, oneRepositoryField, plainPath } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

/** Where GitHub looks for the file, in its order: the first one counts. */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

/** Who must review changes to a path. */
export const getCodeowners = defineTool<GithubClient>()({
  name: 'github_get_codeowners',
  title: 'Get the owners of a path',
  useWhen: 'Use when you need to know which people or team own a file, to say who should look at it.',
  input: z.object({ path: fileField, repository: oneRepositoryField, ref: entityField('branch', 'Branch, tag or SHA; the default branch if absent').optional() }),
  output: z.object({ path: z.string(), repository: z.string(), owners: z.array(z.string()), rule: z.object({ file: z.string(), line: z.number(), pattern: z.string() }).nullable() }),
  operations: [repositoryRead('contents/{path+}')],
  run: async (args, { client }) => {
    const repository = client.repository(args.repository)
    const path = plainPath(args.path)
    const found = await ownersFile(repository, args.ref, client)
    const rule = found === undefined ? undefined : ownerRule(parseOwners(found.text), path)
    const owners = rule?.owners.map((owner) => owner.replace(/^@/, '')) ?? []
    const about: Entity[] = [{ kind: 'file', value: path }, { kind: 'repository', value: repository.fullName }]
    const nobody = found === undefined ? `${repository.fullName} has no CODEOWNERS file` : `${found.file} of ${repository.fullName} names no owner of ${path}`
    const told = rule === undefined || owners.length === 0 ? undefined : `${path} of ${repository.fullName} belongs to ${owners.join(', ')} (line ${rule.line} of ${found?.file ?? 'CODEOWNERS'}: ${rule.pattern})`
    return {
      structured: { path, repository: repository.fullName, owners, rule: rule === undefined || found === undefined ? null : { file: found.file, line: rule.line, pattern: rule.pattern } },
      text: `${told ?? nobody}.`,
      entities: [...about, ...owners.map((value): Entity => ({ kind: 'user', value }))],
      signals: [told === undefined ? makeSignal('absence', 0, nobody, { about, says: '' }) : makeSignal('knowledge', 0, told, { about: [...about, ...owners.map((value): Entity => ({ kind: 'user', value }))], says: '' })],
      links: found?.url === undefined ? [] : [{ title: found.file, url: found.url }],
    }
  },
})

async function ownersFile(repository: Repository, ref: string | undefined, client: GithubClient): Promise<{ file: string; text: string; url?: string } | undefined> {
  for (const file of PLACES) {
    try {
      const content = await client.content(repository, file, ref)
      if (Array.isArray(content)) continue
      if (content.encoding !== 'base64') fail('bad_response', `${file} is too large for GitHub to send (${content.size} bytes).`)
      return { file, text: Buffer.from(content.content, 'base64').toString('utf8'), ...(typeof content.html_url === 'string' ? { url: content.html_url } : {}) }
    } catch (error) {
      const failure = failureOf(error, 'GitHub')
      if (failure.kind !== 'not_found') throw error instanceof FailureError ? error : new FailureError(failure)
    }
  }
  return undefined
}
