import { Hono } from 'hono'
import { systemClock, type Clock } from '../../../src/core/time.ts'
import { createHttpDelivery } from './delivery/http-requests.ts'
import { slackDeliveryTimes, type DeliveryTimes } from './delivery/retries.ts'
import { createSocketMode, type SocketControls } from './delivery/socket-mode.ts'
import { createEventFeed, type Dispatch, type EventFeed } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { createIdentifiers } from './identifiers.ts'
import { createInteractions } from './interactions.ts'
import { createModals } from './modals.ts'
import { createPeople, type People } from './people.ts'
import { createPosting } from './posting.ts'
import { createRateLimits } from './rate-limits.ts'
import type { InstalledApp, SlackMessage, WorkspaceChange } from './records.ts'
import { createResponseUrls } from './response-urls.ts'
import { seedState, type WorkspaceSeed } from './seed.ts'
import { listenOn } from './server.ts'
import { findChannel, messagesOf, threadOf, type WorkspaceState } from './state.ts'
import { createTriggers } from './triggers.ts'
import { createWebApi, type ApiCall } from './web-api/endpoint.ts'
import type { MethodContext } from './web-api/method.ts'

export interface WorkspaceOptions extends WorkspaceSeed {
  /** Dates messages and events; signatures, limits and timeouts go by real time. */
  readonly clock?: Clock
  /** Multiplies every rate limit; Infinity switches them off. */
  readonly rateLimitScale?: number
  readonly delivery?: Partial<DeliveryTimes>
  /** How long a native stream takes appends; Slack's is about five minutes. */
  readonly streamLifeMs?: number
  readonly statusLifeMs?: number
  readonly triggerLifeMs?: number
}

/** What the app under test is configured with. */
export interface AppCredentials extends Pick<
  InstalledApp,
  'botToken' | 'appToken' | 'signingSecret' | 'botUserId' | 'botId'
> {
  readonly appId: string
  readonly teamId: string
}

export interface ServedWorkspace {
  readonly url: string
  /** What Bolt's `clientOptions.slackApiUrl` is set to; ends in a slash, as it must. */
  readonly apiUrl: string
  close(): Promise<void>
}

export interface SlackWorkspace {
  /** The Web API, uploads and response URLs. Sockets need `listen`. */
  readonly app: Hono
  /** Serves a page where the workspace itself has nothing; also after requests were answered, which Hono's own routes do not allow. */
  mount(page: Hono): void
  readonly credentials: AppCredentials
  readonly state: WorkspaceState
  readonly people: People
  readonly faults: Faults
  readonly sockets: SocketControls
  readonly feed: EventFeed
  /** Every Web API call so far, refused ones included. */
  readonly calls: readonly ApiCall[]
  /** The messages of a channel by id or name, oldest first; with `threadTs` that thread's, root first. */
  messages(channel: string, threadTs?: string): readonly SlackMessage[]
  /** Resolves with the first message, there already or still to come (or an edit of one), that fits; rejects after `timeoutMs` telling what there was. */
  waitForMessage(
    fits: (message: SlackMessage, channel: string) => boolean,
    options?: { readonly timeoutMs?: number },
  ): Promise<SlackMessage>
  /** Turns Socket Mode off and sends events to this URL, after the app answered the challenge there; throws if it does not. */
  useRequestUrl(url: string): Promise<void>
  listen(options?: { readonly port?: number }): Promise<ServedWorkspace>
}

function waitForMessage(
  state: WorkspaceState,
  fits: (message: SlackMessage, channel: string) => boolean,
  timeoutMs: number,
): Promise<SlackMessage> {
  for (const [channel, messages] of state.messages) {
    const there = messages.find((message) => fits(message, channel))
    if (there) return Promise.resolve(there)
  }
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      unsubscribe()
      clearTimeout(timer)
      settle()
    }
    const unsubscribe = state.subscribe((change: WorkspaceChange) => {
      if (!('message' in change) || change.kind === 'message_deleted' || !fits(change.message, change.channel)) return
      const { message } = change
      finish(() => {
        resolve(message)
      })
    })
    const timer = setTimeout(() => {
      const texts = [...state.messages.values()]
        .flat()
        .map((message) => `${message.user}: ${message.text.slice(0, 80)}`)
      finish(() => {
        reject(new Error(`No fitting message within ${timeoutMs} ms. There were ${texts.length}:\n${texts.join('\n')}`))
      })
    }, timeoutMs)
  })
}

function credentialsOf(app: InstalledApp, state: WorkspaceState): AppCredentials {
  const { botToken, appToken, signingSecret, botUserId, botId } = app
  return { botToken, appToken, signingSecret, botUserId, botId, appId: app.id, teamId: state.team.id }
}

function messagesIn(state: WorkspaceState, reference: string, threadTs: string | undefined): readonly SlackMessage[] {
  const channel = findChannel(state, reference)
  if (!channel) throw new Error(`No channel is called ${reference} here.`)
  return threadTs === undefined ? messagesOf(state, channel.id) : threadOf(state, channel.id, threadTs)
}

/** The parts of a workspace, connected. `address` is known once it listens. */
function assemble(options: WorkspaceOptions) {
  const times = { ...slackDeliveryTimes, ...options.delivery }
  const { state, app, sentry } = seedState(options, createIdentifiers(options.clock ?? systemClock))
  const socketMode = createSocketMode(times)
  const http = createHttpDelivery(times)
  const dispatch: Dispatch = (to, outgoing) => (to.requestUrl === undefined ? socketMode : http).dispatch(to, outgoing)
  const address = { baseUrl: 'http://slack.invalid' }
  const feed = createEventFeed(state, dispatch)
  const posting = createPosting(state, feed)
  const triggers = createTriggers(options.triggerLifeMs ?? 3000)
  const responseUrls = createResponseUrls(state, posting, () => address.baseUrl)
  const interactions = createInteractions({ state, triggers, responseUrls, dispatch })
  const streams: MethodContext['streams'] = new Map()
  const modals = createModals(state, interactions)
  const people = createPeople({ state, posting, feed, interactions, modals, responseUrls, streams, app, sentry })
  const context: MethodContext = {
    state,
    posting,
    feed,
    triggers,
    streams,
    streamLifeMs: options.streamLifeMs ?? 300_000,
    statusLifeMs: options.statusLifeMs ?? 120_000,
    baseUrl: () => address.baseUrl,
    socketUrl: (owner) =>
      `${address.baseUrl.replace(/^http/, 'ws')}/link/?ticket=${socketMode.ticket(owner)}&app_id=${owner.id}`,
  }
  return { state, app, socketMode, http, address, feed, responseUrls, people, context }
}

/**
 * A Slack workspace that real Bolt talks to with nothing changed but `slackApiUrl`: Web API, Socket Mode, signed HTTP
 * requests, interactivity, limits and errors (docs.slack.dev), and methods for what people and Sentry do in it.
 */
export function createSlackWorkspace(options: WorkspaceOptions = {}): SlackWorkspace {
  const { state, app, socketMode, http, address, feed, responseUrls, people, context } = assemble(options)
  const faults = createFaults()
  const calls: ApiCall[] = []
  const limits = createRateLimits({ scale: options.rateLimitScale ?? 1 })
  const hono = new Hono()
  hono.route('/', createWebApi({ context, limits, faults, calls }))
  hono.route('/', responseUrls.app)
  const pages: Hono[] = []
  hono.notFound(async (context) => {
    for (const page of pages) {
      const response = await page.fetch(context.req.raw)
      if (response.status !== 404) return response
    }
    return context.text('There is nothing here.', 404)
  })

  return {
    app: hono,
    mount: (page) => {
      pages.push(page)
    },
    credentials: credentialsOf(app, state),
    state,
    people,
    faults,
    sockets: socketMode.controls,
    feed,
    calls,
    messages: (reference, threadTs) => messagesIn(state, reference, threadTs),
    waitForMessage: (fits, { timeoutMs = 5000 } = {}) => waitForMessage(state, fits, timeoutMs),
    useRequestUrl: async (url) => {
      if (!(await http.verify(app, url)))
        throw new Error(`${url} did not answer the url_verification challenge, so it was not saved.`)
      app.requestUrl = url
    },
    listen: async ({ port = 0 } = {}) => {
      const server = await listenOn(hono, socketMode, port)
      address.baseUrl = server.url
      return {
        url: server.url,
        apiUrl: `${server.url}/api/`,
        close: async () => {
          faults.release()
          http.close()
          await server.close()
        },
      }
    },
  }
}
