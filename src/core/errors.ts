import { z } from 'zod'

/** Somebody who uses the bot must act: the message is shown to them as it is. */
export class UserError extends Error {
  override name = 'UserError'
}

/** Whoever runs the bot must act: configuration or credentials. Carries every problem found, not the first. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Nobody must act: the same work is worth another try later. */
export class TransientError extends Error {
  override name = 'TransientError'
}

/** Another try of the same work cannot help. */
export class PermanentError extends Error {
  override name = 'PermanentError'
}

/** Another process has taken this run over; whoever holds the old fence must stop and write nothing. */
export class FencedError extends PermanentError {
  override name = 'FencedError'
}

/** Why a tool or a worker has no answer. Failures are data in the record; our words only, never a service's raw text. */
export const FailureKind = z.enum([
  'invalid_input', 'unauthorized', 'forbidden', 'not_found', 'gone', 'conflict', 'rate_limited', 'unavailable', 'timeout',
  'bad_response', 'refused_write', 'unknown_tool', 'budget', 'stopped', 'defect',
])
export type FailureKind = z.infer<typeof FailureKind>

export const Failure = z.object({
  kind: FailureKind,
  message: z.string().max(600),
  status: z.number().int().optional(),
  retryAfterSeconds: z.number().nonnegative().optional(),
})
export type Failure = z.infer<typeof Failure>

/** Carries a `Failure` through code that cannot return one; caught once, where the tool is invoked. */
export class FailureError extends Error {
  override name = 'FailureError'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Throws a `FailureError`; for handlers, so that they read as one line. */
export function fail(kind: FailureKind, message: string, extra: Omit<Failure, 'kind' | 'message'> = {}): never {
  throw new FailureError({ kind, message, ...extra })
}
