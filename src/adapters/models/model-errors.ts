import OpenAI from 'openai'
import type { z } from 'zod'
import { ConfigurationError, PermanentError, TransientError } from '../../core/errors.ts'

/** Sorts what a call through the `openai` client throws by who must act, in our words: the server's text never travels on. */
export function modelError(error: unknown, place: string, signal: AbortSignal): Error {
  if (signal.aborted || error instanceof OpenAI.APIUserAbortError) return new TransientError('The model call was stopped.')
  if (error instanceof OpenAI.APIConnectionTimeoutError) return new TransientError(`The model server at ${place} did not answer in time.`)
  if (error instanceof OpenAI.APIConnectionError) return new TransientError(`The model server at ${place} cannot be reached.`)
  if (error instanceof OpenAI.APIError && typeof error.status === 'number') {
    const { code, param } = error
    return statusError({ status: error.status, code, param, retryAfter: (error.headers as Headers | undefined)?.get('retry-after') }, place)
  }
  if (error instanceof SyntaxError) return new TransientError(`The model server at ${place} sent an answer that is not whole JSON.`)
  return new TransientError(`The connection to the model server at ${place} broke off in the middle of its answer.`, { cause: error })
}

interface Refusal {
  readonly status: number
  readonly code: string | null | undefined
  readonly param: string | null | undefined
  readonly retryAfter: string | null | undefined
}

function statusError({ status, code, param, retryAfter }: Refusal, place: string): Error {
  const server = `The model server at ${place}`
  switch (status) {
    case 401:
      return new ConfigurationError([`${server} refused the API key (401). Set a valid key.`])
    case 403:
      return new ConfigurationError([`${server} does not allow this key to use this model (403). Check the key's project and the model's name.`])
    case 404:
      return new ConfigurationError([`${server} does not know this model or path (404). Check the model's name and the base URL; it usually ends in /v1.`])
    case 429:
      return code === 'insufficient_quota' || code === 'billing_hard_limit_reached'
        ? new ConfigurationError([`${server} says that this key's quota is used up (429, ${code}). Raise its limit or set another key.`])
        : new TransientError(`${server} limits our requests (429)${waitOf(retryAfter)}.`)
  }
  if (status >= 500 || status === 408 || status === 409) return new TransientError(`${server} failed (${status}).`)
  if (code === 'context_length_exceeded') return new PermanentError(`This run has grown past the context window of the model at ${place}. Use a model with a larger one.`)
  const details = [code, param].filter((part) => isName(part)).map((part) => `, ${part}`)
  return new PermanentError(`${server} refused the request (${status}${details.join('')}).`)
}

/** A code or a parameter's path is a name; a sentence is not, and does not travel. */
function isName(part: string | null | undefined): part is string {
  return typeof part === 'string' && /^[a-z][\w.[\]-]{0,60}$/i.test(part)
}

function waitOf(retryAfter: string | null | undefined): string {
  const seconds = Number(retryAfter ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? ` and asks to wait ${Math.ceil(seconds)} s` : ''
}

/** A page or an empty body where JSON should be: mostly another product behind that address. */
export function notJson(place: string): Error {
  return new ConfigurationError([`The server at ${place} answered with something that is not JSON, so it is no model server. Check the base URL; it usually ends in /v1.`])
}

/** JSON, but not the answer this API gives. Only the place of the first problem is told. */
export function misshapen(place: string, error: z.ZodError): Error {
  const [issue] = error.issues
  return new TransientError(`The model server at ${place} sent JSON that is not an answer${issue && issue.path.length > 0 ? ` (at ${issue.path.join('.').slice(0, 80)})` : ''}.`)
}

/** An answer that stops before its end must not be acted on: its last call may be half of one. */
export function cutOff(place: string): Error {
  return new PermanentError(`The model at ${place} was cut off at its length limit before it had said its next action. Give it more output tokens, or use another model.`)
}

/** The server withheld the model's answer. */
export function filtered(place: string): Error {
  return new PermanentError(`The content filter of the model server at ${place} withheld the answer.`)
}
