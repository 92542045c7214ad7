import { composedBlocks } from './composed-text.ts'
import { blocksOf, chosen, elementsOf } from './elements.ts'
import type { Acknowledgement, EventFeed } from './events.ts'
import type { Interactions } from './interactions.ts'
import type { Modals } from './modals.ts'
import { authorFields, type Posting } from './posting.ts'
import type { InstalledApp, SlackChannel, SlackMessage, SlackUser, WireBlock } from './records.ts'
import type { ResponseUrls } from './response-urls.ts'
import { issueAlertPost, metricAlertPost, type IssueAlert, type MetricAlert } from './sentry-posts.ts'
import { directChannel, findChannel, findMessage, findUser, threadKey, type WorkspaceState } from './state.ts'
import type { Stream } from './streams.ts'
import { react } from './web-api/reactions.ts'

/** A message by place: the channel's id or name, and the timestamp. */
export interface MessagePlace {
  readonly channel: string
  readonly ts: string
}

/** What people, and Sentry, do in the workspace. Users and channels go by id or name; unknown ones throw, naming the known. */
export interface People {
  postAs(
    user: string,
    channel: string,
    text: string,
    options?: { readonly threadTs?: string; readonly broadcast?: boolean },
  ): SlackMessage
  /** Posts Sentry's alert. With `threadTs` it is a repeat: a reply in its thread that also shows in the channel. */
  postSentryAlert(channel: string, alert: IssueAlert, options?: { readonly threadTs?: string }): SlackMessage
  postSentryMetricAlert(channel: string, alert: MetricAlert): SlackMessage
  /** Any other message of Sentry's bot: digests, confirmations, replies to its own alerts. */
  postAsSentry(
    channel: string,
    text: string,
    options?: { readonly threadTs?: string; readonly blocks?: readonly WireBlock[] },
  ): SlackMessage
  editAs(user: string, place: MessagePlace, text: string): SlackMessage
  deleteMessage(place: MessagePlace): void
  react(user: string, place: MessagePlace, emoji: string): void
  /** Uses an element of a message: `value` picks the side of feedback buttons or the option of a select. */
  click(user: string, place: MessagePlace, actionId: string, value?: string): Promise<Acknowledgement>
  /** Uses an element of an open modal. */
  clickInView(user: string, viewId: string, actionId: string, value?: string): Promise<Acknowledgement>
  /** Runs a slash command; what the app answers appears to the person (or in the channel), a missing answer as Slack's notice. */
  slash(user: string, channel: string, command: string, text: string): Promise<Acknowledgement>
  /** Runs a message shortcut, or a global one without a message. */
  shortcut(user: string, callbackId: string, place?: MessagePlace): Promise<Acknowledgement>
  submitView: Modals['submit']
  closeView: Modals['close']
  /** Opens the app's Home or Messages tab. */
  openHome(user: string, tab: 'home' | 'messages'): void
  /** Presses Stop on a thread's agent session. */
  stopSession(user: string, channel: string, threadTs: string): void
}

export interface PeopleParts {
  readonly state: WorkspaceState
  readonly posting: Posting
  readonly feed: EventFeed
  readonly interactions: Interactions
  readonly modals: Modals
  readonly responseUrls: ResponseUrls
  readonly streams: Map<string, Stream>
  readonly app: InstalledApp
  readonly sentry: InstalledApp
}

function mustFindUser(state: WorkspaceState, reference: string): SlackUser {
  const user = findUser(state, reference)
  if (!user)
    throw new Error(
      `Nobody is called ${reference} here; there are ${[...state.users.values()].map(({ name }) => name).join(', ')}.`,
    )
  return user
}

function mustFindChannel(state: WorkspaceState, reference: string): SlackChannel {
  const channel = findChannel(state, reference)
  if (!channel)
    throw new Error(
      `No channel is called ${reference} here; there are ${[...state.channels.values()].map(({ name, id }) => name || id).join(', ')}.`,
    )
  return channel
}

function mustFindMessage(
  state: WorkspaceState,
  place: MessagePlace,
): { channel: SlackChannel; message: SlackMessage; ephemeral: boolean } {
  const channel = mustFindChannel(state, place.channel)
  const message = findMessage(state, channel.id, place.ts)
  if (message) return { channel, message, ephemeral: false }
  const whispered = state.ephemerals.find(
    (candidate) => candidate.channel === channel.id && candidate.message.ts === place.ts,
  )
  if (!whispered) throw new Error(`There is no message ${place.ts} in ${place.channel}.`)
  return { channel, message: whispered.message, ephemeral: true }
}

/** The action a click on an element makes. */
function actionOn(blocks: readonly WireBlock[], actionId: string, value: string | undefined): Record<string, unknown> {
  const elements = elementsOf(blocks)
  for (const { blockId, element } of elements) {
    if (element['action_id'] !== actionId) continue
    const said = chosen(element, value)
    if (said) return { action_id: actionId, block_id: blockId, ...said }
  }
  const known = elements.map(({ element }) => String(element['action_id'])).join(', ')
  throw new Error(
    `Nothing here has action_id ${actionId}${value === undefined ? '' : ` with value ${value}`}; there are: ${known || 'no elements'}.`,
  )
}

function speaking({
  state,
  posting,
  feed,
  sentry,
}: PeopleParts): Pick<
  People,
  'postAs' | 'postSentryAlert' | 'postSentryMetricAlert' | 'postAsSentry' | 'editAs' | 'deleteMessage' | 'react'
> {
  const postAsSentry: People['postAsSentry'] = (channel, text, { threadTs, blocks } = {}) =>
    posting.post(mustFindChannel(state, channel), {
      author: authorFields(state, sentry),
      text,
      ...(blocks ? { blocks } : {}),
      ...(threadTs === undefined ? {} : { threadTs }),
    })
  return {
    postAs: (user, channel, text, { threadTs, broadcast } = {}) => {
      const author = mustFindUser(state, user)
      const draft = { author: { user: author.id }, text, blocks: composedBlocks(text), broadcast: broadcast ?? false }
      return posting.post(mustFindChannel(state, channel), threadTs === undefined ? draft : { ...draft, threadTs })
    },
    postSentryAlert: (channel, alert, { threadTs } = {}) => {
      const draft = { ...issueAlertPost(alert), author: authorFields(state, sentry) }
      return posting.post(
        mustFindChannel(state, channel),
        threadTs === undefined ? draft : { ...draft, threadTs, broadcast: true },
      )
    },
    postSentryMetricAlert: (channel, alert) =>
      posting.post(mustFindChannel(state, channel), { ...metricAlertPost(alert), author: authorFields(state, sentry) }),
    postAsSentry,
    editAs: (user, place, text) => {
      const { channel, message } = mustFindMessage(state, place)
      return posting.change(channel, message, {
        text,
        blocks: composedBlocks(text),
        edited: { user: mustFindUser(state, user).id, ts: state.ids.ts() },
      })
    },
    deleteMessage: (place) => {
      const { channel, message } = mustFindMessage(state, place)
      posting.remove(channel, message)
    },
    react: (user, place, emoji) => {
      const { channel, message } = mustFindMessage(state, place)
      react({ state, feed }, 'added', channel, message, mustFindUser(state, user).id, emoji)
    },
  }
}

function interacting(
  parts: PeopleParts,
): Pick<People, 'click' | 'clickInView' | 'slash' | 'shortcut' | 'submitView' | 'closeView'> {
  const { state, interactions, posting, responseUrls, modals } = parts
  const appOf = (message: SlackMessage): InstalledApp => {
    const app = state.apps.get(message.app_id ?? '')
    if (!app) throw new Error(`Message ${message.ts} was not posted by an app, so it has nothing to click.`)
    return app
  }
  return {
    click: (user, place, actionId, value) => {
      const { channel, message, ephemeral } = mustFindMessage(state, place)
      return interactions.action(
        appOf(message),
        mustFindUser(state, user).id,
        { channel, message, ephemeral },
        actionOn(blocksOf(message), actionId, value),
      )
    },
    clickInView: (user, viewId, actionId, value) => {
      const view = state.views.get(viewId)
      const app = view ? state.apps.get(view.app_id) : undefined
      if (!view || !app) throw new Error(`There is no open view ${viewId}.`)
      return interactions.action(app, mustFindUser(state, user).id, { view }, actionOn(view.blocks, actionId, value))
    },
    slash: async (user, channelName, command, text) => {
      const app = [...state.apps.values()].find((candidate) => candidate.commands.includes(command))
      if (!app)
        throw new Error(
          `No app has the command ${command}; there are ${[...state.apps.values()].flatMap(({ commands }) => commands).join(', ')}.`,
        )
      const person = mustFindUser(state, user).id
      const channel = mustFindChannel(state, channelName)
      const answer = await interactions.command(app, person, channel, command, text)
      if (!answer.acknowledged) {
        posting.whisper(channel, person, {
          author: { user: 'USLACKBOT' },
          text: `${command} failed with the error "${answer.reason === 'timeout' ? 'operation_timeout' : 'dispatch_failed'}"`,
        })
      } else if (answer.body && (typeof answer.body === 'string' || Object.keys(answer.body).length > 0)) {
        responseUrls.answer({ app, channel, user: person }, answer.body)
      }
      return answer
    },
    shortcut: (user, callbackId, place) => {
      const app = [...state.apps.values()].find((candidate) =>
        candidate.shortcuts.some((shortcut) => shortcut.callbackId === callbackId),
      )
      if (!app) throw new Error(`No app has the shortcut ${callbackId}.`)
      const person = mustFindUser(state, user).id
      if (!place) return interactions.globalShortcut(app, person, callbackId)
      const { channel, message } = mustFindMessage(state, place)
      return interactions.messageShortcut(app, person, callbackId, channel, message)
    },
    submitView: (user, viewId, entered) => modals.submit(mustFindUser(state, user).id, viewId, entered),
    closeView: (user, viewId) => {
      modals.close(mustFindUser(state, user).id, viewId)
    },
  }
}

/** Everything people can do, over one workspace. */
export function createPeople(parts: PeopleParts): People {
  const { state, feed, app, streams, posting } = parts
  return {
    ...speaking(parts),
    ...interacting(parts),
    openHome: (user, tab) => {
      const person = mustFindUser(state, user)
      const channel = directChannel(state, person.id, app.botUserId)
      const view = state.homeViews.get(person.id)
      feed.toApp(app, {
        type: 'app_home_opened',
        user: person.id,
        channel: channel.id,
        tab,
        event_ts: state.ids.ts(),
        ...(view && tab === 'home' ? { view } : {}),
      })
    },
    stopSession: (user, channelName, threadTs) => {
      const channel = mustFindChannel(state, channelName)
      const session = state.sessions.get(threadKey(channel.id, threadTs))
      const owner = session ? state.apps.get(session.appId) : undefined
      if (!session || !owner) throw new Error(`Thread ${threadTs} in ${channelName} has no agent session to stop.`)
      const open = session.streams.filter((ts) => streams.get(ts)?.closed === false)
      // Slack closes the streams first; the app must not append to them any more.
      for (const ts of open) {
        const stream = streams.get(ts)
        const message = findMessage(state, channel.id, ts)
        if (stream) Object.assign(stream, { closed: true, stoppedByUser: true })
        if (message) posting.change(channel, message, { streaming_state: 'completed' })
      }
      feed.toApp(owner, {
        type: 'agent_session_stopped',
        channel: channel.id,
        user: mustFindUser(state, user).id,
        thread_ts: threadTs,
        streaming_message_ts: open,
        event_ts: state.ids.ts(),
      })
    },
  }
}
