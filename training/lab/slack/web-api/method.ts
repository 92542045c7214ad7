import type { z } from 'zod'
import { refuseWith } from '../blocks/check.ts'
import type { EventFeed } from '../events.ts'
import type { Posting } from '../posting.ts'
import type { Tier } from '../rate-limits.ts'
import type { Answer, InstalledApp, Refusal } from '../records.ts'
import type { WorkspaceState } from '../state.ts'
import type { Stream } from '../streams.ts'
import type { Triggers } from '../triggers.ts'

/** What the methods work on. */
export interface MethodContext {
  readonly state: WorkspaceState
  readonly posting: Posting
  readonly feed: EventFeed
  readonly triggers: Triggers
  /** Streams by message ts, open and closed. */
  readonly streams: Map<string, Stream>
  /** How long a native stream may be appended to, in milliseconds (about five minutes in Slack). */
  readonly streamLifeMs: number
  /** How long an assistant status stands without a message, in milliseconds (two minutes in Slack). */
  readonly statusLifeMs: number
  /** The address the workspace is served at, without a trailing slash. */
  baseUrl(): string
  /** A Socket Mode URL for this app, good for one connection. */
  socketUrl(app: InstalledApp): string
}

/** One call of one method by one app. */
export interface Call extends MethodContext {
  readonly app: InstalledApp
}

export interface Method {
  readonly name: string
  readonly tier: Tier
  readonly token: 'bot' | 'app'
  /** The scope a token needs before arguments are looked at; conversation methods check theirs by channel kind. */
  readonly scope?: string
  run(call: Call, given: Record<string, unknown>): Answer | Promise<Answer>
}

interface MethodDefinition<Arguments extends z.ZodType> extends Omit<Method, 'run' | 'token'> {
  readonly token?: 'bot' | 'app'
  readonly args: Arguments
  run(call: Call, args: z.output<Arguments>): Answer | Promise<Answer>
}

/** A method whose arguments are parsed first; arguments that do not fit are refused with `invalid_arguments` and each fault named. */
export function defineMethod<Arguments extends z.ZodType>(definition: MethodDefinition<Arguments>): Method {
  return {
    ...definition,
    token: definition.token ?? 'bot',
    run: (call, given) => {
      const parsed = definition.args.safeParse(given, { reportInput: true })
      if (parsed.success) return definition.run(call, parsed.data)
      return refuseWith(
        'invalid_arguments',
        parsed.error.issues.map((issue) =>
          issue.input === undefined
            ? `missing required field: ${issue.path.join('.')}`
            : `${issue.message} [json-pointer:/${issue.path.join('/')}]`,
        ),
      )
    },
  }
}

/** A refusal with this error code. */
export function refuse(error: string, detail: Record<string, unknown> = {}): Refusal {
  return { ok: false, error, ...detail }
}

/** `missing_scope`, naming what is needed and what the token has. */
export function refuseScope(app: InstalledApp, needed: string): Refusal {
  return refuse('missing_scope', { needed, provided: [...app.scopes].join(',') })
}
