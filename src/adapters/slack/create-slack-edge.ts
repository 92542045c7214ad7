import { App } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import type { Hono } from 'hono'
import { z } from 'zod'
import type { Desk, FeedbackDesk } from '../../core/desk.ts'
import { ConfigurationError, TransientError } from '../../core/errors.ts'
import type { Store } from '../../core/store.ts'
import type { Threads } from '../../core/thread.ts'
import type { Clock } from '../../core/time.ts'
import { createBackground } from './background.ts'
import { slackLogger } from './edge-log.ts'
import type { EdgeLog } from './edge-log.ts'
import { listenToActions } from './listeners/actions.ts'
import { listenToCommands } from './listeners/commands.ts'
import { listenToMentions } from './listeners/mentions.ts'
import { listenToMessages } from './listeners/messages.ts'
import type { ListenerParts, RecognisePost } from './listeners/parts.ts'
import { listenToSessions } from './listeners/sessions.ts'
import { listenToShortcuts } from './listeners/shortcuts.ts'
import { createTell } from './listeners/tell.ts'
import { listenToViews } from './listeners/views.ts'
import { createHttpReceiver } from './receive/http-receiver.ts'
import { createSocketReceiver } from './receive/socket-receiver.ts'
import type { HealthyReceiver, SocketTimes } from './receive/socket-receiver.ts'
import { createSanitiser } from './sanitise.ts'
import { callRepeatably, clientOptions, createClient, defaultPatience } from './slack-calls.ts'
import type { Patience, SlackConnection } from './slack-calls.ts'
import { createPostOnce } from './threads/post-once.ts'
import { createThreads } from './threads/create-threads.ts'

export interface SlackEdgeDependencies {
  readonly connection: SlackConnection
  readonly desk: Desk
  readonly feedback: FeedbackDesk
  readonly store: Pick<Store, 'runInThread' | 'outboxBegin' | 'outboxSent'>
  readonly recognisePost: RecognisePost
  /** Hosts that posts may link to, with the hosts below them; everything else leaves as text. */
  readonly linkHosts: readonly string[]
  readonly clock: Clock
  readonly newId: () => string
  readonly log: EdgeLog
  /** False for a process that only writes in threads. */
  readonly takesEvents?: boolean
  readonly times?: Partial<EdgeTimes>
}

export interface EdgeTimes {
  /** Milliseconds between two edits of one progress post. */
  readonly editEveryMs: number
  readonly patience: Patience
  readonly socket: SocketTimes
}

export interface SlackEdge {
  readonly threads: Threads
  /** Slack's request URL (`/slack/events`), to be mounted on the web server; undefined with Socket Mode. */
  readonly routes: Hono | undefined
  /** Checks the token and begins to listen. Throws `ConfigurationError` when Slack refuses a token. */
  start(): Promise<void>
  /** Rejects with what is wrong while Slack does not reach us. */
  health(): Promise<void>
  /** Takes nothing new; threads can still be written. */
  stop(): Promise<void>
  /** Resolves when everything begun is said. */
  close(): Promise<void>
}

const Identity = z.looseObject({ user_id: z.string(), bot_id: z.string(), team_id: z.string() })
type Identity = z.infer<typeof Identity>

/** The bot in a Slack workspace: what people and Sentry post comes in to the desk, runs are shown in threads. */
export function createSlackEdge(deps: SlackEdgeDependencies): SlackEdge {
  const { connection, store, clock, log } = deps
  const background = createBackground(log)
  const sanitiser = createSanitiser(deps.linkHosts)
  const client = createClient(connection, log)
  const patience = deps.times?.patience ?? defaultPatience
  const receiver = deps.takesEvents === false ? undefined : createReceiver(deps)
  let identity: Identity | undefined
  const { alertChannel } = connection
  const threads = createThreads({
    postOnce: createPostOnce({ client, store, clock, patience }),
    editClient: createClient(connection, log),
    alertChannel: alertChannel === undefined ? undefined : { id: alertChannel, team: () => identity?.team_id ?? '' },
    sanitiser, background, log, editEveryMs: deps.times?.editEveryMs ?? 1000,
  })
  return {
    threads,
    routes: receiver && 'routes' in receiver ? receiver.routes : undefined,
    start: async () => {
      identity = await identify(client, patience)
      if (!receiver) return
      const tell = createTell({ client, sanitiser, log })
      const parts: ListenerParts = { ...deps, client, tell, background, sanitiser, botUserId: identity.user_id }
      await createApp(deps, receiver, identity, parts).start()
    },
    health: async () => {
      const trouble = receiver?.trouble()
      if (trouble !== undefined) throw new TransientError(trouble)
    },
    stop: async () => {
      await receiver?.stop()
    },
    close: () => background.drained(),
  }
}

function createReceiver({ connection, log, times }: SlackEdgeDependencies): HealthyReceiver & { routes?: Hono } {
  const { appToken, signingSecret } = connection
  if (appToken !== undefined) return createSocketReceiver({ ...connection, appToken }, log, times?.socket)
  if (signingSecret !== undefined) return createHttpReceiver({ signingSecret, log })
  throw new ConfigurationError(['SLACK_APP_TOKEN: not set. Slack needs it (Socket Mode), or SLACK_SIGNING_SECRET (events over HTTP), beside SLACK_BOT_TOKEN.'])
}

async function identify(client: WebClient, patience: Patience): Promise<Identity> {
  return Identity.parse(await callRepeatably('auth.test', () => client.auth.test(), patience))
}

/** Bolt on our receiver. We know who we are already, so it asks Slack nothing before a listener runs. */
function createApp({ connection, log }: SlackEdgeDependencies, receiver: HealthyReceiver, identity: Identity, parts: ListenerParts): App {
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: connection.botToken, botId: identity.bot_id, botUserId: identity.user_id, teamId: identity.team_id }),
    clientOptions: clientOptions(connection, log),
    logger: slackLogger(log),
    convoStore: false,
  })
  // Thrown on to the receiver, which then does not acknowledge.
  app.error(async (error) => {
    throw error.original ?? error
  })
  for (const listen of [listenToMessages, listenToMentions, listenToCommands, listenToShortcuts, listenToActions, listenToViews, listenToSessions]) listen(app, parts)
  return app
}
