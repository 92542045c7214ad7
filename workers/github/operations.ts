import type { Operation } from '../../src/core/worker.ts'

/** A GET below one repository. */
export function repositoryRead(path: string): Operation {
  return { type: 'http', method: 'GET', path: `/repos/{owner}/{repo}/${path}` }
}

/** Who last changed which lines; GitHub tells it by GraphQL only. */
export const blameDocument = `query Blame($owner: String!, $name: String!, $ref: String!, $path: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: $ref) {
      ... on Commit {
        blame(path: $path) {
          ranges {
            startingLine
            endingLine
            commit { oid committedDate messageHeadline author { name user { login } } }
          }
        }
      }
    }
  }
}`
