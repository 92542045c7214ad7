import { FailureError } from '../../src/core/errors.ts'

const PASSABLE = new Set(['invalid_input', 'unauthorized', 'forbidden', 'not_found', 'bad_response', 'unavailable'])

/** What `read` brings, or null where the token may not read it or the project does not have it: for what is good to know but not the answer itself. */
export async function readIfAllowed<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read
  } catch (error) {
    if (error instanceof FailureError && PASSABLE.has(error.failure.kind)) return null
    throw error
  }
}
