import OpenAI from 'openai'
import { ConfigurationError, PermanentError, TransientError } from '../../core/errors.ts'

/** Sorts what the `openai` client throws by who must act, in our words: the server's text never travels on. */
export function modelError(error: unknown, place: string): Error {
  if (error instanceof OpenAI.APIUserAbortError) return new TransientError('The model call was stopped.')
  if (error instanceof OpenAI.APIConnectionError) return new TransientError(`The model server at ${place} cannot be reached or did not answer in time.`)
  if (error instanceof OpenAI.AuthenticationError) return new ConfigurationError([`The model server at ${place} refused the API key (401). Set a valid key.`])
  if (error instanceof OpenAI.PermissionDeniedError) return new ConfigurationError([`The model server at ${place} does not allow this key to use this model (403). Check the key's project and the model's name.`])
  if (error instanceof OpenAI.NotFoundError) return new ConfigurationError([`The model server at ${place} does not know this model or path (404). Check the model's name and the base URL.`])
  if (error instanceof OpenAI.RateLimitError) return new TransientError(`The model server at ${place} limits our requests (429); its quota may be used up.`)
  if (error instanceof OpenAI.APIError && (error.status ?? 500) >= 500) return new TransientError(`The model server at ${place} failed (${error.status ?? 'no status'}).`)
  if (error instanceof OpenAI.APIError) return new PermanentError(`The model server at ${place} refused the request (${error.status ?? 'no status'}${error.code ? `, ${error.code.slice(0, 60)}` : ''}).`)
  if (error instanceof SyntaxError) return new TransientError(`The model server at ${place} sent an answer that is not JSON.`)
  return error instanceof Error ? error : new Error(String(error))
}
