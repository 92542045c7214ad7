import { FailureError, fail } from '../../src/core/errors.ts'
import { failureOf } from '../kit/failure-of.ts'
import type { GithubClient, Repository } from './client.ts'

/** The repository a path is in: the named one, or the only readable one that has it. Stacks name files and no repositories. */
export async function repositoryOfFile(path: string, { repository: name, ref }: { repository?: string | undefined; ref?: string | undefined }, client: GithubClient): Promise<Repository> {
  const all = client.repositories(name)
  const [only] = all
  if (only !== undefined && all.length === 1) return only
  const having = (await Promise.all(all.map(async (repository) => ((await hasFile(repository, path, ref, client)) ? [repository] : [])))).flat()
  const [first] = having
  if (first === undefined) return fail('not_found', `No readable repository has ${path} at ${ref ?? 'its default branch'}. Readable: ${all.map(({ fullName }) => fullName).join(', ').slice(0, 400)}.`)
  return having.length === 1 ? first : fail('invalid_input', `repository: say which one; ${path} is in ${having.map(({ fullName }) => fullName).join(', ').slice(0, 400)}.`)
}

async function hasFile(repository: Repository, path: string, ref: string | undefined, client: GithubClient): Promise<boolean> {
  try {
    await client.content(repository, path, ref)
    return true
  } catch (error) {
    const failure = failureOf(error, 'GitHub')
    if (failure.kind === 'not_found') return false
    throw error instanceof FailureError ? error : new FailureError(failure)
  }
}
