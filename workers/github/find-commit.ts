import { FailureError, fail } from '../../src/core/errors.ts'
import { failureOf } from '../kit/failure-of.ts'
import { toCommit } from './change-view.ts'
import type { Commit } from './change-view.ts'
import type { GithubClient } from './client.ts'

/** The commit a SHA, branch or tag names. A SHA is of one repository only; without its name the readable ones are asked in turn. */
export async function findCommit(ref: string, name: string | undefined, client: GithubClient): Promise<Commit> {
  for (const repository of client.repositories(name)) {
    try {
      return toCommit(await client.commit(repository, ref), repository.fullName)
    } catch (error) {
      const failure = failureOf(error, 'GitHub')
      // 422 is how GitHub says that a SHA is not known.
      if (failure.kind !== 'not_found' && failure.status !== 422) throw error instanceof FailureError ? error : new FailureError(failure)
    }
  }
  return fail('not_found', `No readable repository has a commit, branch or tag "${ref}".`)
}
