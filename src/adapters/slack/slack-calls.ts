import { setTimeout as sleep } from 'node:timers/promises'
import { WebClient, WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api'
import { ConfigurationError, PermanentError, TransientError } from '../../core/errors.ts'
import type { EdgeLog } from './edge-log.ts'
import { slackLogger } from './edge-log.ts'

export interface SlackConnection {
  readonly botToken: string
  /** For Socket Mode; without it events come over HTTP and `signingSecret` is needed. */
  readonly appToken?: string
  readonly signingSecret?: string
  /** Slack's Web API elsewhere (a simulation); ends with a slash. */
  readonly apiUrl?: string
  /** Where alerts that came by webhook are posted. */
  readonly alertChannel?: string
}

/** Slack answers within a second or two; a call that hangs longer is taken as lost. */
const callTimeoutMs = 10_000

/** Options for every client of ours: it tries once and says so. Whether to try again depends on what was asked. */
export function clientOptions({ apiUrl }: SlackConnection, log: EdgeLog) {
  return {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: callTimeoutMs,
    logger: slackLogger(log),
  }
}

/** A client with a request queue of its own. */
export function createClient(connection: SlackConnection, log: EdgeLog): WebClient {
  return new WebClient(connection.botToken, clientOptions(connection, log))
}

/** Slack's error code of a refusal, or undefined when the call failed another way. */
export function refusalCode(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined
}

/** Seconds Slack asks to wait, when that is why the call failed. */
export function throttledSeconds(error: unknown): number | undefined {
  return error instanceof WebAPIRateLimitedError ? error.retryAfter : undefined
}

const invite = 'I am not in this channel. Invite me with /invite, then try again.'
/** What a refusal means and what to do, for whoever reads it. */
const meanings: Readonly<Record<string, string>> = {
  channel_not_found: `${invite} (A private channel is invisible to me until then.)`,
  not_in_channel: invite,
  is_archived: 'This channel is archived, so nobody can post in it.',
  thread_not_found: 'The message this thread hangs on was deleted, so I cannot answer in it.',
  restricted_action: 'The workspace does not let me post here; an administrator can allow it.',
  msg_too_long: 'The answer is longer than Slack takes.',
}
const unconfigured = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope', 'not_allowed_token_type'])

/** A failed call as an error that says who must act: `ConfigurationError`, `PermanentError` or `TransientError`. */
export function asForemanError(error: unknown, what: string): Error {
  const code = refusalCode(error)
  if (code !== undefined && unconfigured.has(code)) return new ConfigurationError([`Slack refuses the bot token (${code}) at ${what}. Reinstall the app from deploy/slack/manifest.json and set SLACK_BOT_TOKEN anew.`])
  if (code !== undefined && !['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited'].includes(code)) {
    return new PermanentError(meanings[code] ?? `Slack refuses ${what}: ${code}.`, { cause: error })
  }
  const seconds = throttledSeconds(error)
  const why = code ?? (seconds === undefined ? undefined : `throttled for ${seconds} s`) ?? (error instanceof WebAPIHTTPError ? `HTTP ${error.statusCode}` : 'no answer')
  return new TransientError(`Slack did not take ${what} (${why}).`, { cause: error })
}

/** How patient a call is: waits before each further try, in milliseconds, and the longest throttling it sits out. */
export interface Patience {
  readonly pausesMs: readonly number[]
  readonly longestThrottleMs: number
}

export const defaultPatience: Patience = { pausesMs: [250, 1000, 3000], longestThrottleMs: 30_000 }

/**
 * Calls Slack until it answers or patience ends; only for calls that may happen twice. Refusals are not tried again.
 * Throws what `asForemanError` makes of the last failure.
 */
export async function callRepeatably<Answer>(what: string, call: () => Promise<Answer>, patience: Patience = defaultPatience): Promise<Answer> {
  for (const pause of [...patience.pausesMs, undefined]) {
    try {
      return await call()
    } catch (error) {
      const failure = asForemanError(error, what)
      const throttledMs = (throttledSeconds(error) ?? 0) * 1000
      if (!(failure instanceof TransientError) || pause === undefined || throttledMs > patience.longestThrottleMs) throw failure
      await sleep(Math.max(pause, throttledMs))
    }
  }
  throw new TransientError(`Slack did not take ${what}.`)
}
